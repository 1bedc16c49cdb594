// Router: which function answers which method and path.
//
// Patterns are "/api/production-data/:id"; a parameter takes one whole segment, a fixed segment
// goes before a parameter, and ":path*" at the end takes the rest. Of all patterns that fit, the
// closest decides: unknown paths answer 404, unknown methods of a known path 405 with Allow; GET
// routes answer HEAD too. Filled once before
// the server starts, not changed afterwards. Handlers run on the io thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/channel.hpp"
#include "http/event_stream.hpp"
#include "http/message.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

/// Functions that return a coroutine; never a lambda with captures that is itself a coroutine.
using Handler = std::function<Awaitable<Response>(Request)>;

/// Answers a Response to refuse; after stream.open() the return value is not used.
using StreamHandler = std::function<Awaitable<Response>(Request, EventStream&)>;

/// `accept` answers status 101 to go on, anything else refuses; `serve` then owns the channel.
struct SocketHandler {
  Handler accept;
  std::function<Awaitable<void>(Request, std::unique_ptr<Channel>)> serve;
};

/// Looked at before every handler (Host, same origin, headers); a Response ends the request.
using Filter = std::function<std::optional<Response>(const Request&)>;

struct RouteOptions {
  std::size_t body_bytes_max = 1024 * 1024;
};

struct Route {
  std::string method;
  std::string pattern;
  RouteOptions options;
  std::variant<Handler, StreamHandler, SocketHandler> handler;
};

struct RouteMatch {
  const Route* route = nullptr;  ///< nothing: see `refusal`. Lives as long as the router.
  std::vector<NamedText> path_parameters;
  Response refusal;  ///< 404 or 405
};

class Router {
 public:
  void add(std::string method, std::string pattern, Handler handler, RouteOptions options = {});
  void add_stream(std::string pattern, StreamHandler handler);
  void add_socket(std::string pattern, SocketHandler handler);
  void add_filter(Filter filter);

  /// `path` is decoded.
  RouteMatch match(std::string_view method, std::string_view path) const;

  /// The first filter's refusal, or nothing.
  std::optional<Response> refusal(const Request& request) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<Filter> filters_;
};

}  // namespace tracker::http

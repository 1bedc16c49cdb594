#include "http/client.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <map>

#include "http/dialer.hpp"
#include "http/names.hpp"
#include "runtime/with_timeout.hpp"

namespace tracker::http {
namespace {

namespace beast_http = boost::beast::http;
using runtime::as_result;
using std::chrono::steady_clock;

struct Idle {
  Transport transport;
  steady_clock::time_point since;
};

/// An idle connection on which something can be read was closed by the peer (or speaks unasked).
bool is_usable(Idle& idle) {
  if (steady_clock::now() - idle.since > std::chrono::seconds(30)) return false;
  char byte = 0;
  const auto got =
      ::recv(idle.transport.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

struct Exchange {
  ClientResponse response;
  bool keep_alive = false;
  bool closed_before_answer = false;  ///< the peer had closed this connection already
  Error error;                        ///< what is empty = it worked
};

beast_http::request<beast_http::string_body> to_beast(const ClientRequest& request,
                                                      const Address& address) {
  beast_http::request<beast_http::string_body> message;
  message.method_string(request.method);
  message.target(address.target);
  message.version(11);
  message.set(beast_http::field::host, address.host_header);
  message.set(beast_http::field::user_agent, "animation-tracker");
  for (const auto& [name, value] : request.headers) message.insert(name, value);
  message.body() = request.body;
  if (!request.body.empty() || request.method != "GET") message.prepare_payload();
  return message;
}

Awaitable<Exchange> exchange(Transport& transport, ClientRequest request, Address address) {
  Exchange result;
  const auto message = to_beast(request, address);
  const auto [write_error, written] =
      co_await beast_http::async_write(transport, message, as_result);
  if (write_error) {
    result.closed_before_answer = true;
    result.error = {ErrorCode::unavailable,
                    address.host_header + " closed the connection: " + write_error.message(),
                    {},
                    {}};
    co_return result;
  }
  boost::beast::flat_buffer buffer;
  beast_http::response_parser<beast_http::string_body> parser;
  parser.body_limit(request.answer_bytes_max);
  parser.header_limit(32 * 1024);
  if (request.method == "HEAD") parser.skip(true);
  const auto [read_error, size] =
      co_await beast_http::async_read(transport, buffer, parser, as_result);
  if (read_error) {
    result.closed_before_answer = !parser.got_some();
    const bool large = read_error == beast_http::error::body_limit;
    result.error =
        large ? Error{ErrorCode::too_large,
                      "the answer of " + address.host_header + " is larger than allowed",
                      {},
                      {}}
              : Error{ErrorCode::unavailable,
                      "no whole answer from " + address.host_header + ": " + read_error.message(),
                      {},
                      {}};
    co_return result;
  }
  result.keep_alive = parser.keep_alive() && buffer.size() == 0;
  auto answer = parser.release();
  result.response.status = static_cast<int>(answer.result_int());
  for (const auto& field : answer) {
    result.response.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  result.response.body = std::move(answer.body());
  co_return result;
}

}  // namespace

struct Client::State {
  asio::any_io_executor executor;
  ClientSettings settings;
  std::shared_ptr<asio::ssl::context> tls;
  std::map<std::string, std::vector<Idle>> idle;

  std::optional<Transport> take(const std::string& key) {
    auto& list = idle[key];
    while (!list.empty()) {
      auto candidate = std::move(list.back());
      list.pop_back();
      if (is_usable(candidate)) return std::move(candidate.transport);
    }
    return std::nullopt;
  }

  void put_back(const std::string& key, Transport transport) {
    auto& list = idle[key];
    if (list.size() < settings.idle_connections_max) {
      list.push_back({std::move(transport), steady_clock::now()});
    }
  }
};

namespace {

template <class State>
Awaitable<Result<ClientResponse>> send_once(std::shared_ptr<State> state, ClientRequest request,
                                            Address address) {
  const auto key = (address.secure ? "https " : "http ") + address.host_header;
  if (address.secure && !state->tls) {
    CO_TRY(state->tls, make_tls_context(state->settings));
  }
  auto transport = state->take(key);
  bool fresh = false;
  while (true) {
    if (!transport) {
      fresh = true;
      CO_TRY(auto opened, co_await open_transport(address, state->settings, state->tls));
      transport.emplace(std::move(opened));
    }
    auto result = co_await exchange(*transport, request, address);
    if (result.error.what.empty()) {
      if (result.keep_alive) state->put_back(key, std::move(*transport));
      co_return std::move(result.response);
    }
    if (fresh || !result.closed_before_answer) {
      co_return std::unexpected<Error>(std::move(result.error));
    }
    transport.reset();
  }
}

}  // namespace

Client::Client(asio::any_io_executor executor, ClientSettings settings)
    : state_(std::make_shared<State>()) {
  state_->executor = std::move(executor);
  state_->settings = std::move(settings);
}

Client::~Client() = default;

Awaitable<Result<ClientResponse>> Client::send(ClientRequest request) {
  const auto state = state_;
  CO_TRY(auto address, parse_address(request.url));
  const auto limit = request.timeout;
  const auto what = "the answer of " + address.host_header;
  co_return co_await runtime::with_timeout(send_once(state, std::move(request), std::move(address)),
                                           limit, what);
}

}  // namespace tracker::http

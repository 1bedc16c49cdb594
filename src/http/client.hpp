// Client: one HTTP/1.1 request at a time per connection, for calls between our own two roles.
//
// Promises: TLS >= 1.2 with the peer and its host name verified (no insecure switch); redirects are
// answers, never followed; the address is resolved once and pinned, link-local and metadata
// addresses are refused; answer and time are bounded. Idle connections are kept and used again;
// one that the peer closed meanwhile is replaced and the request sent again, so REQUIRES: requests
// are idempotent (all of ours are). Thread rule: the io thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/message.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

struct ClientSettings {
  std::string proxy;    ///< HTTPS_PROXY: "http://host:port", used by CONNECT for https; '' = no
  std::string ca_file;  ///< further certificates to trust (PEM); '' = the system's only
  std::size_t idle_connections_max = 4;  ///< per host
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  Headers headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  std::size_t answer_bytes_max = 32 * 1024 * 1024;
};

struct ClientResponse {
  int status = 0;
  Headers headers = {};
  std::string body = {};
};

class Client {
 public:
  explicit Client(asio::any_io_executor executor, ClientSettings settings = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Any answer with a status is a value. Error unavailable (not reached, `what` says how far we
  /// came), timeout, too_large, invalid_input (URL), forbidden (certificate or address refused).
  Awaitable<Result<ClientResponse>> send(ClientRequest request);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tracker::http

// Server: HTTP/1.1 on TCP, for people's browsers, scripts and the other role.
//
// Promises: every request passes the gate (gate.hpp) before the parser sees it; every answer has
// X-Request-Id and the security headers; nothing a client does holds more than the limits below or
// waits for ever. stop() drains: no new connections, idle ones closed, WebSockets closed with 1012,
// event streams ended, running requests finished, all within the given time; then the rest is cut.
// Thread rule: the io thread. REQUIRES: stop() was awaited before the server is destroyed, or the
// io_context runs no more.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/router.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

struct ServerLimits {
  std::size_t connections_max = 1000;
  std::size_t connections_per_address_max = 50;
  /// Loopback and private networks (a reverse proxy, the edge of a host, a bench) are not counted
  /// per address.
  bool spare_private_addresses = true;
  /// How many proxies stand before us whose X-Forwarded-For is believed.
  std::size_t trusted_proxies = 0;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t header_fields_max = 100;
  std::chrono::milliseconds header_time_max = std::chrono::seconds(10);
  std::chrono::milliseconds idle_time_max = std::chrono::seconds(75);  ///< edges keep 60 s
  std::chrono::milliseconds write_stall_max = std::chrono::seconds(30);
  std::size_t body_bytes_per_second_min = 1024;
};

struct ServerCounters {
  std::uint64_t requests = 0;
  std::uint64_t refused_by_gate = 0;
  std::uint64_t refused_connections = 0;
  std::size_t connections = 0;
};

class Server {
 public:
  Server(asio::any_io_executor executor, ServerLimits limits, Router router);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// `bind` "::" listens dual stack. Port 0 takes a free one. A taken port is one clear sentence.
  Status start(const std::string& bind, std::uint16_t port);
  std::uint16_t port() const;

  Awaitable<void> stop(std::chrono::milliseconds limit = std::chrono::seconds(10));

  ServerCounters counters() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tracker::http

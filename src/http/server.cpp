#include "http/server.hpp"

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <random>

#include "core/log.hpp"
#include "http/connection.hpp"
#include "http/server_core.hpp"
#include "http/transport.hpp"
#include "runtime/signal.hpp"

namespace tracker::http {

using asio::ip::tcp;
using runtime::as_result;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

bool is_private(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  if (address.is_loopback()) return true;
  if (address.is_v6()) return (address.to_v6().to_bytes()[0] & 0xFEU) == 0xFC;  // fc00::/7
  const auto bits = address.to_v4().to_uint();
  return (bits >> 24U) == 10 || (bits >> 20U) == 0xAC1 || (bits >> 16U) == 0xC0A8 ||
         (bits >> 22U) == 0x191;  // 10/8, 172.16/12, 192.168/16, 100.64/10 (inside of hosts)
}

std::string text_of(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

}  // namespace

ServerCore::ServerCore(asio::any_io_executor on, ServerLimits given_limits, Router given_router)
    : executor(std::move(on)), limits(given_limits), router(std::move(given_router)) {
  std::random_device random;
  char text[20];
  std::snprintf(text, sizeof text, "%08x-", static_cast<unsigned>(random()));
  request_id_prefix_ = text;
}

std::string ServerCore::next_request_id() {
  return request_id_prefix_ + std::to_string(++request_number_);
}

const std::string& ServerCore::date() {
  const auto now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    date_ = http_date(now);
  }
  return date_;
}

struct Server::State {
  State(asio::any_io_executor executor, ServerLimits limits, Router router)
      : core(std::make_shared<ServerCore>(executor, limits, std::move(router))),
        acceptor(executor),
        arrived(executor),
        service_tasks(executor),
        connection_tasks(executor) {}

  std::shared_ptr<ServerCore> core;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  runtime::Signal arrived;  ///< a connection
  runtime::TaskGroup service_tasks;
  runtime::TaskGroup connection_tasks;

  Awaitable<void> accept_connections();
  Awaitable<void> watch_deadlines();
  void admit(tcp::socket socket);
  Awaitable<void> close_web_sockets(milliseconds limit);
};

void Server::State::admit(tcp::socket socket) {
  boost::system::error_code gone;
  const auto peer = socket.remote_endpoint(gone);
  if (gone) return;
  const auto& limits = core->limits;
  const bool counts = !(limits.spare_private_addresses && is_private(peer.address()));
  auto address = text_of(peer.address());
  const auto place = core->connections_by_address.find(address);
  const auto of_address = place == core->connections_by_address.end() ? 0 : place->second;
  if (core->connections.size() >= limits.connections_max ||
      (counts && of_address >= limits.connections_per_address_max)) {
    ++core->counters.refused_connections;
    return;
  }
  tune(socket);
  connection_tasks.start("connection from " + address,
                         Connection::run(std::make_shared<Connection>(core, std::move(socket),
                                                                      std::move(address), counts)));
  arrived.notify();
}

Awaitable<void> Server::State::accept_connections() {
  while (true) {
    auto [error, socket] = co_await acceptor.async_accept(as_result);
    if (core->draining) co_return;
    if (!error) {
      admit(std::move(socket));
    } else if (error != asio::error::connection_aborted) {
      log::warning("no new connection can be taken: {}", error.message());
      co_await runtime::sleep_for(milliseconds(100));
    }
  }
}

Awaitable<void> Server::State::watch_deadlines() {
  const auto& limits = core->limits;
  const auto shortest =
      std::min({limits.header_time_max, limits.idle_time_max, limits.write_stall_max});
  const auto interval = std::clamp(shortest / 4, milliseconds(10), milliseconds(1000));
  while (true) {
    // A server that nobody talks to has nothing to wake for.
    if (core->connections.empty()) co_await arrived.wait_for(std::chrono::seconds(60));
    co_await runtime::sleep_for(interval);
    const auto now = steady_clock::now();
    for (auto* connection : core->connections) connection->check_deadline(now);
  }
}

Server::Server(asio::any_io_executor executor, ServerLimits limits, Router router)
    : state_(std::make_shared<State>(std::move(executor), limits, std::move(router))) {}

Server::~Server() = default;

Status Server::start(const std::string& bind, std::uint16_t port) {
  boost::system::error_code error;
  auto address = asio::ip::make_address(bind, error);
  if (error) {
    return fail(ErrorCode::invalid_input, "not an address to listen on: " + bind,
                "expected an IP address such as 127.0.0.1 or ::", "BIND");
  }
  auto& acceptor = state_->acceptor;
  acceptor.open(address.is_v6() ? tcp::v6() : tcp::v4(), error);
  if (error == asio::error::address_family_not_supported && address.is_unspecified()) {
    address = asio::ip::address_v4::any();
    acceptor.open(tcp::v4(), error);
  }
  if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind({address, port}, error);
  if (!error) acceptor.listen(1024, error);
  if (error) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    const bool taken = error == asio::error::address_in_use;
    return fail(taken ? ErrorCode::busy : ErrorCode::io,
                taken ? "port " + std::to_string(port) + " is taken by another program"
                      : "can't listen on " + bind + " port " + std::to_string(port) + ": " +
                            error.message(),
                taken ? "stop that program or choose another port" : "", "PORT");
  }
  state_->port = acceptor.local_endpoint().port();
  state_->service_tasks.start("accept", state_->accept_connections());
  state_->service_tasks.start("watch deadlines", state_->watch_deadlines());
  return {};
}

std::uint16_t Server::port() const { return state_->port; }

ServerCounters Server::counters() const { return state_->core->counters; }

Awaitable<void> Server::State::close_web_sockets(milliseconds limit) {
  runtime::TaskGroup closing(core->executor);
  for (auto* connection : core->connections) {
    if (const auto socket = connection->web_socket()) {
      closing.start("close WebSocket",
                    socket->close(CloseCode::service_restart, "the server restarts"));
    }
  }
  co_await closing.wait_until_empty(limit);
}

Awaitable<void> Server::stop(milliseconds limit) {
  const auto state = state_;
  const auto deadline = steady_clock::now() + limit;
  state->core->draining = true;
  boost::system::error_code ignored;
  state->acceptor.close(ignored);
  for (auto* connection : state->core->connections) connection->drain();
  co_await state->close_web_sockets(limit);
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  if (!co_await state->connection_tasks.wait_until_empty(std::max(left, milliseconds(0)))) {
    log::warning("{} connections are cut: their requests took too long to finish",
                 state->connection_tasks.running());
  }
  (void)co_await state->connection_tasks.stop(milliseconds(1000));
  (void)co_await state->service_tasks.stop(milliseconds(1000));
}

}  // namespace tracker::http

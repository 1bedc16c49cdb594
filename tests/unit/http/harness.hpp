// What the tests of sockets share: a server on a thread of its own, and a client that sends raw
// bytes with blocking calls, as a hostile or a slow one would.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "http/server.hpp"
#include "runtime/asio.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

namespace tracker::http {

/// Runs one coroutine to its end on an io_context of its own.
template <class T>
T run_alone(std::function<Awaitable<T>(asio::any_io_executor)> make) {
  asio::io_context io;
  std::optional<T> result;
  std::exception_ptr thrown;
  asio::co_spawn(io, make(io.get_executor()), [&](std::exception_ptr error, T value) {
    thrown = error;
    result.emplace(std::move(value));
  });
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

/// A server on a loopback port, on its own thread, until the end of the test.
class RunningServer {
 public:
  explicit RunningServer(Router router, ServerLimits limits = {}, std::uint16_t port = 0)
      : RunningServer(std::move(router), limits, port, std::make_shared<asio::io_context>(1)) {}
  /// On an io_context that others of the test use too.
  RunningServer(Router router, ServerLimits limits, std::uint16_t port,
                std::shared_ptr<asio::io_context> io)
      : io_(std::move(io)), server_(io_->get_executor(), limits, std::move(router)) {
    const auto started = server_.start("127.0.0.1", port);
    if (!started) throw std::runtime_error(describe(started.error()));
    thread_ = std::thread([this] { io_->run(); });
  }
  ~RunningServer() { stop(); }

  /// Drains and joins; returns how long that took.
  std::chrono::milliseconds stop() {
    if (!thread_.joinable()) return {};
    const auto start = std::chrono::steady_clock::now();
    asio::co_spawn(*io_, server_.stop(std::chrono::seconds(2)), [](std::exception_ptr) {});
    thread_.join();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start);
  }

  std::uint16_t port() const { return server_.port(); }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }

  ServerCounters counters() {
    std::promise<ServerCounters> answer;
    asio::post(*io_, [&] { answer.set_value(server_.counters()); });
    return answer.get_future().get();
  }

 private:
  std::shared_ptr<asio::io_context> io_;
  Server server_;
  std::thread thread_;
};

/// Blocking raw bytes.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
    const timeval limit{20, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Everything until the server closes.
  std::string read_all() {
    while (read_more()) {
    }
    return std::exchange(received_, {});
  }

  /// Up to and with `end`, or everything if the server closed before.
  std::string read_until(std::string_view end) {
    while (received_.find(end) == std::string::npos && read_more()) {
    }
    const auto place = received_.find(end);
    const auto size = place == std::string::npos ? received_.size() : place + end.size();
    auto text = received_.substr(0, size);
    received_.erase(0, size);
    return text;
  }

  /// One whole answer with Content-Length.
  std::string read_answer() {
    auto head = read_until("\r\n\r\n");
    const auto place = head.find("Content-Length: ");
    if (place == std::string::npos) return head;
    const auto size = std::stoul(head.substr(place + 16));
    while (received_.size() < size && read_more()) {
    }
    head += received_.substr(0, size);
    received_.erase(0, size);
    return head;
  }

  void close() { socket_.close(); }

 private:
  bool read_more() {
    char bytes[16384];
    const auto size = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  std::string received_;
};

inline int status_in(const std::string& answer) {
  return answer.size() > 12 && answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

}  // namespace tracker::http

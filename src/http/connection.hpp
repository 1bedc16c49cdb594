// One connection of the server: requests in turn, then perhaps a stream or a WebSocket.
// For server.cpp only; the io thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "http/gate.hpp"
#include "http/server_core.hpp"

namespace tracker::http {

class Connection {
 public:
  Connection(std::shared_ptr<ServerCore> core, asio::ip::tcp::socket socket, std::string address,
             bool counts_for_address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Until the peer or the server has enough. `self` keeps the connection alive meanwhile.
  static Awaitable<void> run(std::shared_ptr<Connection> self);

  /// Closes the connection if what it waits for took too long.
  void check_deadline(std::chrono::steady_clock::time_point now);

  /// The server is stopping: an idle connection and a stream end now, a request after its answer.
  void drain();
  /// The WebSocket to close, if this connection has become one.
  std::shared_ptr<Channel> web_socket() const { return web_socket_; }

 private:
  class Stream;
  friend class Stream;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Clock = std::chrono::steady_clock;
  enum class Phase { idle, receiving, answering, streaming, socket };

  /// What is known of the request that is being answered.
  struct Current {
    GateVerdict verdict;
    std::size_t header_size = 0;
    bool keep_alive = true;
    std::string request_id;
  };

  /// True: there may be another request.
  Awaitable<bool> serve_one();
  /// Size of the whole header in the buffer; 0 = the connection is over.
  Awaitable<std::size_t> receive_header();
  /// The request without its body; nothing if target or header can't be read.
  std::optional<Request> make_request(Parser& parser, const Current& current) const;
  Awaitable<bool> dispatch(const Route& route, Request request, Current current,
                           std::string received);
  Awaitable<bool> run_handler(const Handler& handler, Request request, Current current);
  Awaitable<bool> run_stream(const StreamHandler& handler, Request request, Current current);
  Awaitable<bool> run_socket(const SocketHandler& handler, Request request, Current current,
                             std::string received);
  Awaitable<void> peer_gone();
  Awaitable<bool> fill_buffer(std::size_t bytes_max);
  Awaitable<bool> write(std::string head, std::string body);
  Awaitable<bool> send(Response response, const Current& current, bool head_only);
  /// Sends the refusal and closes, letting the peer read it before the reset.
  Awaitable<bool> refuse(Response response, Current current);
  Awaitable<void> linger();
  /// 0, or the status of the refusal; -1: the connection is over.
  Awaitable<int> receive_body(Parser& parser, const Current& current);
  std::string remote_address(const Headers& headers) const;
  std::string_view buffered() const;

  std::shared_ptr<ServerCore> core_;
  asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  std::string address_;
  bool counts_for_address_;
  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  std::shared_ptr<Channel> web_socket_;
};

}  // namespace tracker::http

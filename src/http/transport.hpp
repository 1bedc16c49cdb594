// Transport: a TCP connection, with TLS on it or without, as one type that Beast can read and
// write, so that what stands on it is compiled once. Errors are Asio's. Thread rule: the io thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <utility>

#include "runtime/asio.hpp"

namespace tracker::http {

class Transport {
 public:
  using executor_type = asio::any_io_executor;
  using Socket = asio::ip::tcp::socket;
  using Tls = asio::ssl::stream<Socket>;

  explicit Transport(Socket plain) : plain_(std::make_unique<Socket>(std::move(plain))) {}
  explicit Transport(std::unique_ptr<Tls> secure) : secure_(std::move(secure)) {}

  executor_type get_executor() { return socket().get_executor(); }
  Socket& socket() { return secure_ ? secure_->next_layer() : *plain_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (secure_) return secure_->async_read_some(buffers, std::forward<Token>(token));
    return plain_->async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (secure_) return secure_->async_write_some(buffers, std::forward<Token>(token));
    return plain_->async_write_some(buffers, std::forward<Token>(token));
  }

  void close();

 private:
  std::unique_ptr<Socket> plain_;
  std::unique_ptr<Tls> secure_;
};

/// Beast's hook for its own timeouts.
inline void beast_close_socket(Transport& transport) { transport.close(); }

/// No delay of small messages, keep-alive, and an end to a dead peer after 30 s (TCP_USER_TIMEOUT).
void tune(Transport::Socket& socket);

}  // namespace tracker::http

#include "http/transport.hpp"

#include <netinet/tcp.h>

namespace tracker::http {

void Transport::close() {
  // After an error of its own a TLS peer gets no close_notify: the bytes before it are what counts.
  boost::system::error_code ignored;
  socket().close(ignored);
}

void tune(Transport::Socket& socket) {
  using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(UserTimeout(30'000), ignored);
}

}  // namespace tracker::http

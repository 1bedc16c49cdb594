// The server's half of WebSocket, for connection.cpp only.
#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/channel.hpp"
#include "http/transport.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

/// A WebSocket that was accepted: the channel for the handler, and a way to close it from outside.
struct AcceptedSocket {
  std::unique_ptr<Channel> channel;
  /// The same connection for the drain: close() works although the handler owns `channel`.
  std::shared_ptr<Channel> handle;
};

/// `received` is the request's header and whatever came behind it.
Awaitable<Result<AcceptedSocket>> accept_web_socket(Transport transport, std::string received,
                                                    std::string request_id);

}  // namespace tracker::http

// Channel: whole messages of text, both ways, in order, until one side closes.
//
// send() may be called by several coroutines at once (the messages keep the order of the calls);
// receive() by one. A message is at most 8 MiB. After a failure every call fails with the same
// reason. Implementations: WebSocket (web_socket.hpp) and, for tests, a pair in memory.
// Thread rule: the io thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

inline constexpr std::size_t channel_message_bytes_max = 8 * 1024 * 1024;

/// Close codes of RFC 6455 that we send.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  policy = 1008,
  too_big = 1009,
  service_restart = 1012
};

class Channel {
 public:
  virtual ~Channel() = default;

  virtual Awaitable<Status> send(std::string message) = 0;
  /// The next message; Error unavailable when the channel ended, with the reason in `what`.
  virtual Awaitable<Result<std::string>> receive() = 0;
  /// Says goodbye and waits at most 2 s for the answer; afterwards receive() ends.
  virtual Awaitable<void> close(CloseCode code, std::string reason) = 0;
  virtual bool is_open() const = 0;
};

/// Two channels, each other's peer, without any socket. For tests and for one process.
std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> make_channel_pair(
    asio::any_io_executor executor);

}  // namespace tracker::http

// Channel: whole messages of text, both ways, in order, until one side closes.
//
// send() may be called by several coroutines at once (the messages keep the order of the calls);
// receive() by one. What goes to a server is at most 8 MiB (anybody may connect), what comes from
// one at most 64 MiB (a snapshot of the whole table, from the server that we chose): a larger
// message is Error too_large and the channel goes on. After any other failure every call fails with
// the same reason. Implementation: web_socket.hpp. Thread rule: the io thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

inline constexpr std::size_t to_server_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t from_server_bytes_max = 64 * 1024 * 1024;

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

}  // namespace tracker::http

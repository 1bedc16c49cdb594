// The socket between us and the media worker: one packet a message, descriptors travel along.
//
// A request is one byte (what is wanted) and one open file, or ten to draw a strip of; the answer
// is the text of an Answer, or the bytes of a picture. Nothing is trusted: sizes are bounded,
// unexpected descriptors are closed. Interrupted calls are repeated.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace tracker::probe {

/// An open descriptor, closed at the end of its life. -1 = none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { reset(); }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void reset();

 private:
  int number_ = -1;
};

inline constexpr std::size_t message_size_max = 131'072;
inline constexpr std::size_t message_files_max = 10;
/// Where the worker finds its end of the socket.
inline constexpr int worker_socket = 3;

struct Channel {
  Descriptor ours;
  Descriptor theirs;
};
Result<Channel> make_channel();

/// Sends `text` and `files`. REQUIRES: at most message_files_max. Fails with `unavailable` if
/// nobody listens.
Status send_message(int socket, std::string_view text, std::span<const Descriptor> files = {});

struct Message {
  std::string text;
  std::vector<Descriptor> files;
};
/// The next message; nothing if the other side is gone. Blocks if the socket does; on a socket
/// that does not, `busy` is returned while there is nothing.
Result<std::optional<Message>> receive_message(int socket);

}  // namespace tracker::probe

#include "probe/channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tracker::probe {
namespace {

/// Room for descriptors, aligned as the kernel wants it.
union Control {
  cmsghdr align;
  std::array<char, CMSG_SPACE(message_files_max * sizeof(int))> bytes;
};

std::unexpected<Error> refused_by_system(const char* what) {
  return fail(ErrorCode::io, std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void Descriptor::reset() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Result<Channel> make_channel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return refused_by_system("cannot make a socket for the media worker");
  }
  return Channel{Descriptor(ends[0]), Descriptor(ends[1])};
}

Status send_message(int socket, std::string_view text, std::span<const Descriptor> files) {
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Control control{};
  if (!files.empty()) {
    const std::size_t size = std::min(files.size(), message_files_max) * sizeof(int);
    header.msg_control = control.bytes.data();
    header.msg_controllen = CMSG_SPACE(size);
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    for (std::size_t at = 0; at < size; at += sizeof(int)) {
      const int file = files[at / sizeof(int)].number();
      std::memcpy(CMSG_DATA(rights) + at, &file, sizeof file);
    }
  }
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket, &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    return fail(ErrorCode::unavailable, std::string("the media worker: ") + std::strerror(errno));
  }
  return {};
}

Result<std::optional<Message>> receive_message(int socket) {
  std::array<char, message_size_max> buffer;
  iovec part{buffer.data(), buffer.size()};
  Control control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes.data();
  header.msg_controllen = control.bytes.size();
  ssize_t got = -1;
  do {
    got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    return fail(ErrorCode::busy, "no message yet");
  }
  if (got < 0 && errno == ECONNRESET) return std::nullopt;
  if (got < 0) return refused_by_system("the media worker's socket");
  Message message;
  for (cmsghdr* one = CMSG_FIRSTHDR(&header); one != nullptr; one = CMSG_NXTHDR(&header, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; CMSG_LEN(at + sizeof(int)) <= one->cmsg_len; at += sizeof(int)) {
      int file = -1;
      std::memcpy(&file, CMSG_DATA(one) + at, sizeof file);
      message.files.emplace_back(file);
    }
  }
  if (got == 0) return std::nullopt;
  message.text.assign(buffer.data(), static_cast<std::size_t>(got));
  return message;
}

}  // namespace tracker::probe

#include "probe/file_bytes.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tracker::probe {
namespace {

std::unexpected<Error> past_the_end() {
  return fail(ErrorCode::corrupt, "the file ends before its own index says");
}

}  // namespace

FileBytes::FileBytes(int fd) : fd_(fd) {
  struct stat facts{};
  if (::fstat(fd, &facts) == 0 && facts.st_size > 0) {
    size_ = static_cast<std::uint64_t>(facts.st_size);
  }
}

Status FileBytes::fill(std::uint64_t offset, std::size_t count) {
  const std::uint64_t window_end = window_begin_ + window_length_;
  const bool goes_on = offset >= window_begin_ && offset <= window_end && window_length_ > 0;
  read_size_ = goes_on ? std::min(read_size_ * 4, window_size) : read_size_min;
  const std::size_t wanted = std::max(read_size_, count);
  window_begin_ = offset;
  window_length_ = 0;
  while (window_length_ < wanted) {
    const ssize_t got = ::pread(fd_, window_.data() + window_length_, wanted - window_length_,
                                static_cast<off_t>(offset + window_length_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::io, std::string("cannot read: ") + std::strerror(errno));
    if (got == 0) break;
    window_length_ += static_cast<std::size_t>(got);
  }
  return {};
}

Result<std::span<const unsigned char>> FileBytes::window(std::uint64_t offset, std::size_t count) {
  if (offset > size_ || count > size_ - offset || count > window_size) return past_the_end();
  const bool inside = offset >= window_begin_ && offset - window_begin_ <= window_length_ &&
                      count <= window_length_ - (offset - window_begin_);
  if (!inside) {
    CHECK_OK(fill(offset, count));
    if (window_length_ < count) return past_the_end();
  }
  return std::span<const unsigned char>(window_.data() + (offset - window_begin_), count);
}

Result<std::vector<unsigned char>> FileBytes::load(std::uint64_t offset, std::size_t count) {
  if (offset > size_ || count > size_ - offset) return past_the_end();
  std::vector<unsigned char> out(count);
  CHECK_OK(read(offset, out));
  return out;
}

Status FileBytes::read(std::uint64_t offset, std::span<unsigned char> out) {
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), window_size);
    TRY(const auto bytes, window(offset, count));
    std::ranges::copy(bytes, out.begin());
    out = out.subspan(count);
    offset += count;
  }
  return {};
}

}  // namespace tracker::probe

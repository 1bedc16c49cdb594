// Bytes written by hand, and files made of them, for tests of the index readers.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "probe/file_bytes.hpp"

namespace tracker::probe {

/// A file in memory that holds `content`.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : fd_(::memfd_create("media", MFD_CLOEXEC)) {
    (void)!::write(fd_, content.data(), content.size());
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  int number() const { return fd_; }

 private:
  int fd_;
};

/// What `read` says of a file that holds `content`.
auto read_as(auto read, std::string_view content) {
  const MemoryFile file(content);
  FileBytes bytes(file.number());
  return read(bytes);
}

inline std::string big(std::uint64_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}
inline std::string big32(std::uint64_t value) { return big(value, 4); }

inline std::string little(std::uint64_t value, int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}
inline std::string little32(std::uint64_t value) { return little(value, 4); }

}  // namespace tracker::probe

// An anonymous file in memory, reachable by a path of this process: libxlsxwriter writes to paths
// only. Gone with the object. Thread rule: one thread at a time.
#pragma once

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>

#include "core/result.hpp"

namespace tracker::report {

class MemoryFile {
 public:
  MemoryFile() : handle_(memfd_create("workbook", MFD_CLOEXEC)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (handle_ >= 0) close(handle_);
  }

  bool is_open() const { return handle_ >= 0; }
  std::string path() const { return fmt::format("/proc/self/fd/{}", handle_); }

  Result<std::string> read() const {
    std::string bytes;
    std::array<char, 65536> buffer{};
    for (off_t at = 0;;) {
      const ssize_t got = pread(handle_, buffer.data(), buffer.size(), at);
      if (got < 0) return fail(ErrorCode::io, "the new workbook can't be read back");
      if (got == 0) return bytes;
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
      at += got;
    }
  }

 private:
  int handle_;
};

}  // namespace tracker::report

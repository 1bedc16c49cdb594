// The bytes of an open file, read through one small window: what every index reader reads from.
//
// Reads grow from 1 KiB to the whole window while they go on where the last one ended, and are
// small where a reader hops from head to head: an index costs a few KiB of reading.
//
// A read outside of the file is an error, never a crash; numbers are big or little endian as the
// function's name says. Blocking; one thread. Does not own the descriptor. A view returned by
// window() stays valid until the next call of anything.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tracker::probe {

class FileBytes {
 public:
  /// REQUIRES: `fd` is open for reading.
  explicit FileBytes(int fd);

  std::uint64_t size() const { return size_; }

  /// Exactly out.size() bytes from `offset`, or an error (corrupt: past the end; io).
  Status read(std::uint64_t offset, std::span<unsigned char> out);

  /// `count` bytes at `offset`. REQUIRES: count <= window_size.
  Result<std::span<const unsigned char>> window(std::uint64_t offset, std::size_t count);

  /// `count` bytes at `offset`, in memory of their own. The caller bounds `count`; more than the
  /// file holds is an error before anything is allocated.
  Result<std::vector<unsigned char>> load(std::uint64_t offset, std::size_t count);

  static constexpr std::size_t window_size = 65536;

 private:
  static constexpr std::size_t read_size_min = 1024;
  Status fill(std::uint64_t offset, std::size_t count);

  int fd_;
  std::uint64_t size_ = 0;
  std::uint64_t window_begin_ = 0;
  std::size_t window_length_ = 0;
  std::size_t read_size_ = read_size_min;
  std::array<unsigned char, window_size> window_;
};

constexpr std::uint64_t big_endian(std::span<const unsigned char> bytes) {
  std::uint64_t value = 0;
  for (unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

constexpr std::uint64_t little_endian(std::span<const unsigned char> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

/// Four bytes as they stand: "ftyp".
inline std::string_view tag(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tracker::probe

// Reads numbers out of bytes that nobody vouches for: the one way in which the index readers touch
// a file's content.
//
// A read past the end gives 0 (or nothing) and makes the cursor fail for good: a reader may take a
// whole record and ask ok() once. No allocation, no exceptions. Views live as long as the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tracker::probe {

class Cursor {
 public:
  explicit Cursor(std::span<const unsigned char> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size() - position_; }
  std::size_t position() const { return position_; }

  /// The next `count` bytes.
  std::span<const unsigned char> take(std::size_t count) {
    if (count > left()) {
      ok_ = false;
      position_ = bytes_.size();
      return {};
    }
    position_ += count;
    return bytes_.subspan(position_ - count, count);
  }
  void skip(std::size_t count) { (void)take(count); }
  std::span<const unsigned char> rest() { return take(left()); }

  /// REQUIRES: size <= 8.
  std::uint64_t big(std::size_t size) {
    std::uint64_t value = 0;
    for (unsigned char byte : take(size)) value = value << 8 | byte;
    return value;
  }
  std::uint64_t little(std::size_t size) {
    std::uint64_t value = 0;
    std::size_t shift = 0;
    for (unsigned char byte : take(size)) {
      value |= static_cast<std::uint64_t>(byte) << shift;
      shift += 8;
    }
    return value;
  }
  std::uint32_t big32() { return static_cast<std::uint32_t>(big(4)); }
  std::int32_t signed_big32() { return static_cast<std::int32_t>(big32()); }
  std::uint32_t little32() { return static_cast<std::uint32_t>(little(4)); }

  /// As the bytes stand: "ftyp".
  std::string_view text(std::size_t count) {
    const auto bytes = take(count);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  std::span<const unsigned char> bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace tracker::probe

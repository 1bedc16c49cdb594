// Where the fields of zip's records stand, and little-endian access to them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tracker::workbook::zip {

inline constexpr std::uint32_t local_signature = 0x04034b50;
inline constexpr std::uint32_t central_signature = 0x02014b50;
inline constexpr std::uint32_t end_signature = 0x06054b50;
inline constexpr std::uint32_t end64_signature = 0x06064b50;
inline constexpr std::uint32_t locator64_signature = 0x07064b50;
inline constexpr std::size_t local_size = 30;
inline constexpr std::size_t central_size = 46;
inline constexpr std::size_t end_size = 22;
inline constexpr std::size_t end64_size = 56;
inline constexpr std::size_t locator64_size = 20;
inline constexpr std::uint16_t zip64_extra = 0x0001;
inline constexpr std::uint16_t flag_encrypted = 0x0001;
inline constexpr std::uint16_t flag_descriptor = 0x0008;
inline constexpr std::uint32_t in_zip64 = 0xFFFFFFFF;

/// REQUIRES: at + width <= bytes.size().
template <class Number>
Number get(std::string_view bytes, std::size_t at) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    value = static_cast<Number>(
        value | static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(bytes[at + i]))
                                    << (8 * i)));
  }
  return value;
}

template <class Number>
void put(std::string& bytes, std::size_t at, Number value) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    bytes[at + i] = static_cast<char>((value >> (8 * i)) & 0xFFU);
  }
}

template <class Number>
void add(std::string& bytes, Number value) {
  bytes.resize(bytes.size() + sizeof(Number));
  put(bytes, bytes.size() - sizeof(Number), value);
}

}  // namespace tracker::workbook::zip

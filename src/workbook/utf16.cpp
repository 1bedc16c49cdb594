#include "workbook/utf16.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

constexpr std::uint32_t replacement = 0xFFFD;

bool is_big_endian(std::string_view bytes) {
  return bytes.starts_with("\xFE\xFF") || bytes.starts_with(std::string_view("\0<", 2));
}

}  // namespace

bool is_utf16(std::string_view bytes) {
  return bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE") ||
         bytes.starts_with(std::string_view("\0<\0?", 4)) ||
         bytes.starts_with(std::string_view("<\0?\0", 4));
}

std::string utf8_from_utf16(std::string_view bytes) {
  const bool big = is_big_endian(bytes);
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(big ? first << 8U | second : second << 8U | first);
  };
  std::string out;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    std::uint32_t code = unit_at(at);
    if (code == 0xFEFF) continue;
    if (code >= 0xD800 && code <= 0xDFFF) {
      const std::uint32_t low = at + 3 < bytes.size() ? unit_at(at + 2) : 0;
      if (code < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
        at += 2;
      } else {
        code = replacement;
      }
    }
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else {
      out += decode_xml(fmt::format("&#{};", code));
    }
  }
  return out;
}

}  // namespace tracker::workbook

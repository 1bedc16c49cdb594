// What the readers of file names share about single characters and digits. Pure; safe on any
// thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tracker::media {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// ASCII only, as on the file systems that tell other letters' cases apart.
inline bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// 20YYMMDD: such digits are a date, never a frame or a shot.
inline bool is_date(std::string_view digits) {
  if (digits.size() != 8 || !digits.starts_with("20")) return false;
  const std::string_view month = digits.substr(4, 2);
  const std::string_view day = digits.substr(6, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

/// The integer that the text begins with ("12b" is 12).
inline std::optional<std::int64_t> leading_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() ? std::optional(value) : std::nullopt;
}

}  // namespace tracker::media

#include "probe/picture_head.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "probe/cursor.hpp"

namespace tracker::probe {
namespace {

constexpr std::size_t attributes_max = 1000;
constexpr std::size_t exr_name_max = 255;
constexpr std::size_t dpx_film_rate_at = 1724;
constexpr std::size_t dpx_television_rate_at = 1940;
constexpr double rate_max = 1000;

std::optional<Rational> believable(double rate, Rational exact) {
  if (!(rate >= 1) || rate > rate_max) return std::nullopt;
  return nearest_known_rate(rate).value_or(exact);
}

/// Up to the NUL; a name that is too long fails the cursor.
std::string exr_name(Cursor& cursor) {
  std::string name;
  while (cursor.ok()) {
    const auto letter = static_cast<char>(cursor.little(1));
    if (letter == '\0') break;
    name += letter;
    if (name.size() > exr_name_max) cursor.skip(cursor.left() + 1);
  }
  return name;
}

std::optional<Rational> exr_rate(Cursor cursor) {
  cursor.skip(8);  // mark and version
  for (std::size_t i = 0; i < attributes_max && cursor.ok(); ++i) {
    const std::string name = exr_name(cursor);
    if (name.empty()) break;  // the head's end
    const std::string type = exr_name(cursor);
    Cursor value(cursor.take(cursor.little32()));
    if (name != "framesPerSecond" || type != "rational") continue;
    const auto numerator = static_cast<std::int32_t>(value.little32());
    const std::uint32_t denominator = value.little32();
    if (!value.ok() || numerator <= 0 || denominator == 0) break;
    const Rational exact = reduced(numerator, denominator);
    return believable(exact.value(), exact);
  }
  return std::nullopt;
}

std::optional<Rational> dpx_rate(std::span<const unsigned char> head, bool big) {
  for (const std::size_t at : {dpx_film_rate_at, dpx_television_rate_at}) {
    if (head.size() < at + 4) break;
    const std::uint64_t bits =
        big ? big_endian(head.subspan(at, 4)) : little_endian(head.subspan(at, 4));
    const double rate = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (!(rate >= 1) || rate > rate_max) continue;  // all bits set, a NaN: not stated
    return believable(rate, reduced(std::llround(rate * 1000), 1000));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Rational> stated_rate(FileBytes& bytes) {
  const auto size = std::min<std::uint64_t>(bytes.size(), FileBytes::window_size);
  const auto head = bytes.window(0, static_cast<std::size_t>(size));
  if (!head || head->size() < 8) return std::nullopt;
  const std::string_view mark = tag(head->first(4));
  if (mark == "\x76\x2F\x31\x01") return exr_rate(Cursor(*head));
  if (mark == "SDPX" || mark == "XPDS") return dpx_rate(*head, mark == "SDPX");
  return std::nullopt;
}

}  // namespace tracker::probe

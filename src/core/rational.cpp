#include "core/rational.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace tracker {
namespace {

constexpr std::array<Rational, 12> known_rates{{{12, 1},
                                                {25, 2},
                                                {15, 1},
                                                {24000, 1001},
                                                {24, 1},
                                                {25, 1},
                                                {30000, 1001},
                                                {30, 1},
                                                {48, 1},
                                                {50, 1},
                                                {60000, 1001},
                                                {60, 1}}};

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Rational reduced(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t divisor = std::gcd(numerator, denominator);
  if (divisor == 0) return {0, 1};
  const std::int64_t sign = denominator < 0 ? -1 : 1;
  return {sign * numerator / divisor, sign * denominator / divisor};
}

std::string to_string(Rational rational) {
  return std::to_string(rational.numerator) + "/" + std::to_string(rational.denominator);
}

std::optional<Rational> parse_frame_rate(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto numerator = integer(text.substr(0, slash));
    const auto denominator = integer(text.substr(slash + 1));
    if (!numerator || !denominator || *numerator <= 0 || *denominator <= 0) return std::nullopt;
    return reduced(*numerator, *denominator);
  }
  if (const auto whole = integer(text)) {
    return *whole > 0 ? std::optional<Rational>({*whole, 1}) : std::nullopt;
  }
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(value > 0) || value > 100000) return std::nullopt;
  if (const auto known = nearest_known_rate(value)) return known;
  return reduced(std::llround(value * 1000), 1000);
}

std::optional<Rational> nearest_known_rate(double rate) {
  std::optional<Rational> nearest;
  double distance = 0.001;
  for (const Rational& known : known_rates) {
    const double off = std::abs(known.value() - rate) / known.value();
    if (off >= distance) continue;
    distance = off;
    nearest = known;
  }
  return nearest;
}

}  // namespace tracker

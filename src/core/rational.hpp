// An exact fraction: frame rates such as 24000/1001, and durations. Never a double, so that a
// rate survives any number of trips between workbook, database and page. Plain value.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>

namespace tracker {

struct Rational {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;  ///< always > 0

  bool operator==(const Rational&) const = default;
  double value() const { return static_cast<double>(numerator) / static_cast<double>(denominator); }
};

/// Lowest terms, denominator positive. REQUIRES: denominator != 0.
Rational reduced(std::int64_t numerator, std::int64_t denominator);

/// "24/1".
std::string to_string(Rational rational);

/// "24", "24/1", "24000/1001", "23.976" (as the nearest of the film and video rates where it is
/// within 0.1 %, else as a decimal fraction); nothing for anything else, zero or negatives.
std::optional<Rational> parse_frame_rate(std::string_view text);

/// The film or video rate (12, 12.5, 15, 24000/1001, 24 … 60) that `rate` is within 0.1 % of.
std::optional<Rational> nearest_known_rate(double rate);

}  // namespace tracker

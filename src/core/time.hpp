// Time at the edges of the program: UTC, RFC 3339. Cores take a Time as an argument; only shells
// ask the clock. Pure functions; safe on any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tracker {

/// A moment in UTC, to the microsecond (PostgreSQL's resolution).
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// "2026-01-03T09:05:00.123Z": milliseconds, always UTC.
std::string format_rfc3339(Time time);

/// Also accepts an offset, a blank instead of T, and no fraction; nothing else.
std::optional<Time> parse_rfc3339(std::string_view text);

/// True for '' and for a real calendar date "YYYYMMDD" between 1900 and 2999.
bool is_week(std::string_view yyyymmdd);

struct IsoWeek {
  int year = 0;
  int week = 0;  ///< 1 to 53
  auto operator<=>(const IsoWeek&) const = default;
};

/// ISO 8601: 2024-12-30 belongs to 2025-W01. Nothing if the text is not a date YYYYMMDD.
std::optional<IsoWeek> iso_week(std::string_view yyyymmdd);

}  // namespace tracker

#include "workbook/dates.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace tracker::workbook {
namespace {

using namespace std::chrono;

constexpr double serial_max = 2958466;  // 10000-01-01
constexpr double seconds_in_day = 86400;
constexpr int false_leap_day = 60;  // 1900-02-29, which never was

sys_days first_day(DateBase base) {
  return base == DateBase::y1904 ? sys_days(year{1904} / 1 / 1) : sys_days(year{1899} / 12 / 30);
}

std::string digits_of(year_month_day date, const char* format) {
  return fmt::format(fmt::runtime(format), static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

/// Nothing for a day that no calendar has.
std::optional<std::string> day_text(int day, DateBase base, const char* format) {
  if (base == DateBase::y1900 && day == false_leap_day) return std::string("1900-02-29");
  if (base == DateBase::y1900 && day < false_leap_day) ++day;  // before the false day
  return digits_of(year_month_day(first_day(base) + days(day)), format);
}

std::string clock_text(std::int64_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

std::optional<std::string> date_digits(double serial, DateBase base) {
  const double lowest = base == DateBase::y1904 ? 0 : 1;
  if (!(serial >= lowest) || serial >= serial_max) return std::nullopt;
  const int day = static_cast<int>(serial);
  if (base == DateBase::y1900 && day == false_leap_day) return std::nullopt;
  return day_text(day, base, "{:04}{:02}{:02}");
}

std::optional<double> serial_of(std::string_view yyyymmdd, DateBase base) {
  if (yyyymmdd.size() != 8) return std::nullopt;
  int number = 0;
  for (const char c : yyyymmdd) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  const year_month_day date = year{number / 10000} / (number / 100 % 100) / (number % 100);
  if (!date.ok()) return std::nullopt;
  int day = static_cast<int>((sys_days(date) - first_day(base)).count());
  if (base == DateBase::y1900 && day <= false_leap_day) --day;
  if (day < (base == DateBase::y1904 ? 0 : 1)) return std::nullopt;
  return day;
}

std::string date_text(double serial, DateBase base) {
  if (!(serial >= 0) || serial >= serial_max) return fmt::format("{}", serial);
  const double whole = std::floor(serial);
  int day = static_cast<int>(whole);
  auto seconds = static_cast<std::int64_t>(std::llround((serial - whole) * seconds_in_day));
  if (seconds == static_cast<std::int64_t>(seconds_in_day)) {
    seconds = 0;
    ++day;
  }
  if (day == 0 && base == DateBase::y1900) return clock_text(seconds);
  std::string text = day_text(day, base, "{:04}-{:02}-{:02}").value_or("");
  if (seconds != 0) text += " " + clock_text(seconds);
  return text;
}

std::string elapsed_text(double days) {
  const auto seconds = static_cast<std::int64_t>(std::llround(std::abs(days) * seconds_in_day));
  return (days < 0 ? "-" : "") + clock_text(seconds);
}

}  // namespace tracker::workbook

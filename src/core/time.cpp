#include "core/time.hpp"

#include <fmt/format.h>

#include <charconv>

namespace tracker {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::optional<sys_days> civil(int y, int m, int d) {
  const year_month_day date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                            std::chrono::day(static_cast<unsigned>(d))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::optional<sys_days> date_of(std::string_view yyyymmdd) {
  if (yyyymmdd.size() != 8) return std::nullopt;
  const auto y = digits(yyyymmdd, 0, 4);
  const auto m = digits(yyyymmdd, 4, 2);
  const auto d = digits(yyyymmdd, 6, 2);
  if (!y || !m || !d || *y < 1900 || *y > 2999) return std::nullopt;
  return civil(*y, *m, *d);
}

/// The offset from UTC behind a time ("Z", "+01:00", "-0530"), in minutes.
std::optional<int> offset_minutes(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = digits(text, 1, 2);
  const std::size_t at = text.size() > 3 && text[3] == ':' ? 4 : 3;
  const auto minutes = text.size() == 3 ? std::optional<int>(0) : digits(text, at, 2);
  if (!hours || !minutes || (text.size() != 3 && text.size() != at + 2)) return std::nullopt;
  if (*hours > 23 || *minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
}

}  // namespace

std::string format_rfc3339(Time time) {
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const auto h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (!y || !mo || !d || !h || !mi || !s || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  std::size_t at = 19;
  long micros = 0;
  if (at < text.size() && text[at] == '.') {
    long scale = 100000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      micros += (text[at] - '0') * scale;
    }
  }
  const auto day = civil(*y, *mo, *d);
  const auto offset = offset_minutes(text.substr(at));
  if (!day || !offset) return std::nullopt;
  return Time(*day) + std::chrono::hours(*h) + std::chrono::minutes(*mi - *offset) +
         std::chrono::seconds(*s) + std::chrono::microseconds(micros);
}

bool is_week(std::string_view yyyymmdd) { return yyyymmdd.empty() || date_of(yyyymmdd); }

std::optional<IsoWeek> iso_week(std::string_view yyyymmdd) {
  const auto day = date_of(yyyymmdd);
  if (!day) return std::nullopt;
  const unsigned weekday = std::chrono::weekday(*day).iso_encoding();
  const sys_days thursday = *day + days(4 - static_cast<int>(weekday));
  const auto year = year_month_day(thursday).year();
  const sys_days first = sys_days(year / std::chrono::January / 1);
  return IsoWeek{static_cast<int>(year), static_cast<int>((thursday - first).count() / 7) + 1};
}

}  // namespace tracker

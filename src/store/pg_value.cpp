#include "store/pg_value.hpp"

#include <boost/json.hpp>
#include <charconv>

namespace tracker::store {
namespace {

/// As an element of an array literal: quoted, so that no text can end it.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::int64_t integer(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "2026-01-03 09:05:00.123456", as ISO date style gives it.
Time timestamp(std::string_view text) {
  if (text.size() < 19) return {};
  using namespace std::chrono;
  const auto field = [text](std::size_t from, std::size_t length) {
    return static_cast<int>(integer(text.substr(from, length)));
  };
  const sys_days day = year_month_day(year(field(0, 4)), month(static_cast<unsigned>(field(5, 2))),
                                      std::chrono::day(static_cast<unsigned>(field(8, 2))));
  std::int64_t micro = 0;
  if (text.size() > 20) {
    std::string fraction(text.substr(20, 6));
    fraction.resize(6, '0');
    micro = integer(fraction);
  }
  return Time(day) + hours(field(11, 2)) + minutes(field(14, 2)) + seconds(field(17, 2)) +
         microseconds(micro);
}

}  // namespace

Parameter parameter(std::string_view text) { return std::string(text); }
Parameter parameter(std::int64_t number) { return std::to_string(number); }
Parameter flag_parameter(bool flag) { return std::string(flag ? "true" : "false"); }

Parameter parameter(Time time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[48];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return std::string(text);
}

Parameter parameter(const std::optional<Time>& time) {
  return time ? parameter(*time) : Parameter();
}

Parameter json_parameter(const boost::json::value& json) {
  return json.is_null() ? Parameter() : Parameter(boost::json::serialize(json));
}

Parameter array_parameter(const std::vector<std::string>& texts) {
  std::string out = "{";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    append_quoted(out, text);
  }
  return out + "}";
}

Parameter array_parameter(const std::vector<std::int64_t>& numbers) {
  std::string out = "{";
  for (const std::int64_t number : numbers) {
    if (out.size() > 1) out += ',';
    out += std::to_string(number);
  }
  return out + "}";
}

Parameter array_parameter(const std::vector<Parameter>& elements) {
  std::string out = "{";
  for (const Parameter& element : elements) {
    if (out.size() > 1) out += ',';
    if (element) {
      append_quoted(out, *element);
    } else {
      out += "NULL";
    }
  }
  return out + "}";
}

std::int64_t Rows::affected() const { return result_ ? integer(PQcmdTuples(result_.get())) : 0; }

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::number(int row, int column) const { return integer(text(row, column)); }

std::optional<std::int64_t> Rows::optional_number(int row, int column) const {
  if (null(row, column)) return std::nullopt;
  return number(row, column);
}

Time Rows::time(int row, int column) const { return timestamp(text(row, column)); }

std::optional<Time> Rows::optional_time(int row, int column) const {
  if (null(row, column)) return std::nullopt;
  return time(row, column);
}

boost::json::value Rows::json(int row, int column) const {
  if (null(row, column)) return nullptr;
  boost::system::error_code problem;
  boost::json::value value = boost::json::parse(text(row, column), problem);
  return problem ? boost::json::value(nullptr) : value;
}

std::vector<std::int64_t> Rows::numbers(int row, int column) const {
  std::vector<std::int64_t> out;
  std::string_view rest = text(row, column);
  if (rest.size() < 2) return out;
  rest = rest.substr(1, rest.size() - 2);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    out.push_back(integer(rest.substr(0, comma)));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return out;
}

}  // namespace tracker::store

#include "workbook/cell_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "core/text.hpp"
#include "workbook/cell_codec.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

constexpr double exact_integers = 1e15;

std::optional<double> parse_double(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

/// No entity, escape, control, outer blank or letter beyond ASCII: the raw text is the canonical.
bool stands_as_it_is(std::string_view raw) {
  if (raw.empty() || raw.front() == ' ' || raw.back() == ' ') return raw.empty();
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '&' || c == '<' || c == '_') return false;
  }
  return true;
}

std::string shared_text(const SharedStrings& strings, std::string_view raw) {
  std::uint32_t number = 0;
  bool is_short = !raw.empty() && raw.size() < 9;
  for (const char c : raw) {
    is_short = is_short && c >= '0' && c <= '9';
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (!is_short || number >= strings.items.size()) return {};
  const SharedItem& item = strings.items[number];
  const std::string_view text = std::string_view(*strings.text).substr(item.begin, item.length);
  if (item.plain && stands_as_it_is(text)) return std::string(text);
  return canonical(strings.at(number));
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// t="d": "2026-01-05T00:00:00".
std::string iso_date_text(std::string_view raw, Meaning meaning) {
  std::string text(trimmed(raw));
  if (text.ends_with('Z')) text.pop_back();
  const std::size_t clock = text.find('T');
  if (clock != std::string::npos) {
    if (meaning == Meaning::week || text.substr(clock).starts_with("T00:00:00")) {
      text.resize(clock);
    } else {
      text[clock] = ' ';
    }
  }
  if (meaning == Meaning::week && text.size() == 10) std::erase(text, '-');
  return text;
}

std::string number_cell_text(std::string_view raw, NumberFormat format, Meaning meaning,
                             DateBase base) {
  raw = trimmed(raw);
  if (raw.empty()) return {};
  // the common case: a short integer that is shown as it is stored
  if (format.kind == NumberFormat::Kind::plain && raw.size() < 15 && raw[0] != '0' &&
      raw.find_first_not_of("0123456789") == std::string_view::npos) {
    return std::string(raw);
  }
  const std::optional<double> number = parse_double(raw);
  if (!number) return canonical(decode_xml(raw));
  return formatted_number(*number, format, meaning, base);
}

}  // namespace

std::string number_text(double number) {
  if (number == 0) return "0";
  const double size = std::abs(number);
  if (number == std::floor(number) && size < exact_integers) {
    return std::to_string(static_cast<long long>(number));
  }
  std::array<char, 64> buffer{};
  const bool fixed = size >= 1e-7 && size < 1e21;
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                    fixed ? std::chars_format::fixed : std::chars_format::scientific);
  return {buffer.data(), result.ptr};
}

std::string formatted_number(double number, NumberFormat format, Meaning meaning, DateBase base) {
  using Kind = NumberFormat::Kind;
  switch (format.kind) {
    case Kind::zeros:
      if (number >= 0 && number == std::floor(number) && number < exact_integers) {
        return fmt::format("{:0{}}", static_cast<long long>(number), format.width);
      }
      return number_text(number);
    case Kind::date:
      if (meaning == Meaning::week) {
        return date_digits(number, base).value_or(number_text(number));
      }
      return date_text(number, base);
    case Kind::elapsed:
      return elapsed_text(number);
    case Kind::plain:
    case Kind::text:
      break;
  }
  return number_text(number);
}

std::string CellReader::text(const RowIndex& row, const CellIndex& cell, Meaning meaning) const {
  const std::string_view raw = sheet.value(row, cell);
  if (raw.empty()) return {};
  switch (cell.type) {
    case CellType::number:
      return number_cell_text(raw, styles.format(cell.style), meaning, base);
    case CellType::shared_string:
      return shared_text(strings, trimmed(raw));
    case CellType::inline_string:
      return canonical(joined_text(raw));
    case CellType::formula_string:
      return canonical(decode_escapes(decode_xml(raw)));
    case CellType::boolean: {
      const std::string_view value = trimmed(raw);
      return value == "1" || value == "true" ? "TRUE" : "FALSE";
    }
    case CellType::error:
      return canonical(decode_xml(raw));
    case CellType::date:
      return iso_date_text(raw, meaning);
  }
  return {};
}

CellValue value_for(const std::string& text, NumberFormat format, Meaning meaning, DateBase base,
                    bool numeric, bool boolean) {
  using Kind = CellValue::Kind;
  if (text.empty()) return {};
  if (boolean && (text == "TRUE" || text == "FALSE")) {
    return {Kind::boolean, text == "TRUE" ? "1" : "0"};
  }
  if (numeric) {
    std::optional<double> number;
    if (format.kind == NumberFormat::Kind::date && meaning == Meaning::week) {
      number = serial_of(text, base);
    } else if (format.kind == NumberFormat::Kind::plain ||
               format.kind == NumberFormat::Kind::zeros) {
      number = parse_double(text);
    }
    if (number && formatted_number(*number, format, meaning, base) == text) {
      return {Kind::number, number_text(*number)};
    }
  }
  return {Kind::text, text};
}

}  // namespace tracker::workbook

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

constexpr std::size_t no_item = SIZE_MAX;

/// The item's number of a shared string's cell; past the end for anything else.
std::size_t item_number(std::string_view raw) {
  if (raw.empty() || raw.size() > 9) return no_item;
  std::size_t number = 0;
  for (const char c : raw) {
    if (c < '0' || c > '9') return no_item;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number;
}

/// A decimal of at most 15 digits without exponent or needless zeros: no shorter text is the same
/// double, so it is what number_text() gives.
bool is_shortest(std::string_view raw) {
  constexpr std::size_t longest = 16;  // 15 digits and a point
  if (raw.empty() || raw.size() > longest) return false;
  std::size_t point = raw.size();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '.' && point == raw.size()) {
      point = i;
    } else if (raw[i] < '0' || raw[i] > '9') {
      return false;
    }
  }
  if (point == raw.size()) return raw.size() < longest && (raw[0] != '0' || raw.size() == 1);
  // "0.00…" may be so small that it is written with an exponent
  return raw[0] != '0' && point > 0 && raw.back() != '0' && raw.back() != '.';
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
  const std::optional<double> number = parse_double(raw);
  if (!number) return canonical(raw);
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

std::optional<std::string_view> CellReader::text_in_place(const RowIndex& row,
                                                          const CellIndex& cell) const {
  const std::string_view raw = row.value(cell);
  if (raw.empty()) return raw;
  if (cell.type == CellType::shared_string) {
    const std::size_t number = item_number(raw);
    if (number >= strings.items.size()) return std::nullopt;
    const SharedItem& item = strings.items[number];
    if (!item.canonical) return std::nullopt;
    return std::string_view(*strings.text).substr(item.begin, item.length);
  }
  if (cell.type != CellType::number || !is_shortest(raw)) return std::nullopt;
  const NumberFormat::Kind kind = styles.format(cell.style).kind;
  const bool as_stored = kind == NumberFormat::Kind::plain || kind == NumberFormat::Kind::text;
  return as_stored ? std::optional(raw) : std::nullopt;
}

bool CellReader::names_missing_string() const {
  for (const RowIndex& row : sheet.rows) {
    for (const CellIndex& cell : row.cells()) {
      if (cell.type != CellType::shared_string) continue;
      const std::size_t number = item_number(trimmed(row.value(cell)));
      if (number >= strings.items.size() && number != no_item) return true;
    }
  }
  return false;
}

std::string CellReader::text(const RowIndex& row, const CellIndex& cell, Meaning meaning) const {
  if (const auto in_place = text_in_place(row, cell)) return std::string(*in_place);
  std::string_view raw = row.value(cell);
  std::string decoded;  // a number, however it is written
  const bool is_markup = cell.type == CellType::inline_string ||
                         cell.type == CellType::formula_string || cell.type == CellType::error;
  if (!is_markup && raw.find_first_of("&<") != std::string_view::npos) {
    decoded = decode_xml(raw);
    raw = decoded;
  }
  switch (cell.type) {
    case CellType::number:
      return number_cell_text(raw, styles.format(cell.style), meaning, base);
    case CellType::shared_string:
      return canonical(strings.at(item_number(trimmed(raw))));
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

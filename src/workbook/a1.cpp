#include "workbook/a1.hpp"

#include <algorithm>

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {

std::string column_letters(std::uint32_t column) {
  std::string letters;
  for (; column > 0; column = (column - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return letters;
}

std::optional<std::uint32_t> parse_column(std::string_view letters) {
  if (letters.empty() || letters.size() > 3) return std::nullopt;
  std::uint32_t column = 0;
  for (const char c : letters) {
    const auto letter = static_cast<unsigned char>(static_cast<unsigned char>(c) | 0x20U);
    if (letter < 'a' || letter > 'z') return std::nullopt;
    column = column * 26 + (letter - 'a' + 1U);
  }
  if (column > columns_max) return std::nullopt;
  return column;
}

std::optional<CellAddress> parse_cell(std::string_view text) {
  const std::size_t split = std::min(text.find_first_of("0123456789"), text.size());
  const std::optional<std::uint32_t> column = parse_column(text.substr(0, split));
  const std::optional<std::uint32_t> row = parse_number(text.substr(split), rows_max);
  if (!column || !row || *row == 0) return std::nullopt;
  return CellAddress{*row, *column};
}

std::string to_string(CellAddress address) {
  return column_letters(address.column) + std::to_string(address.row);
}

std::optional<CellRange> parse_range(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::optional<CellAddress> first = parse_cell(text.substr(0, colon));
  const std::optional<CellAddress> last =
      colon == std::string_view::npos ? first : parse_cell(text.substr(colon + 1));
  if (!first || !last) return std::nullopt;
  return CellRange{{std::min(first->row, last->row), std::min(first->column, last->column)},
                   {std::max(first->row, last->row), std::max(first->column, last->column)}};
}

std::string to_string(const CellRange& range) {
  if (range.first == range.last) return to_string(range.first);
  return to_string(range.first) + ":" + to_string(range.last);
}

std::optional<std::string> grown_spans(std::string_view spans, std::uint32_t first,
                                       std::uint32_t last) {
  const std::size_t colon = spans.find(':');
  const auto old_first = parse_number(spans.substr(0, colon));
  const auto old_last = colon == spans.npos ? old_first : parse_number(spans.substr(colon + 1));
  if (!old_first || !old_last) return std::nullopt;
  return std::to_string(std::min(*old_first, first)) + ":" +
         std::to_string(std::max(*old_last, last));
}

}  // namespace tracker::workbook

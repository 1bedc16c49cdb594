// Cell addresses as spreadsheet programs write them: "C7", "$B$2", "A1:J61". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tracker::workbook {

inline constexpr std::uint32_t rows_max = 1048576;
inline constexpr std::uint32_t columns_max = 16384;

struct CellAddress {
  std::uint32_t row = 0;     ///< 1-based
  std::uint32_t column = 0;  ///< 1-based
  bool operator==(const CellAddress&) const = default;
};

/// Both corners included.
struct CellRange {
  CellAddress first;
  CellAddress last;
  bool operator==(const CellRange&) const = default;
  bool has_column(std::uint32_t column) const {
    return first.column <= column && column <= last.column;
  }
};

/// "AB" of 28.
std::string column_letters(std::uint32_t column);

/// 28 of "AB" or "ab"; nothing beyond XFD or where something else stands.
std::optional<std::uint32_t> parse_column(std::string_view letters);

/// Without '$'. Nothing beyond XFD1048576.
std::optional<CellAddress> parse_cell(std::string_view text);
std::string to_string(CellAddress address);

/// "A1:C3" or "A1".
std::optional<CellRange> parse_range(std::string_view text);
std::string to_string(const CellRange& range);

/// A row's spans, "2:5", grown to hold these columns; nothing where several areas stand.
std::optional<std::string> grown_spans(std::string_view spans, std::uint32_t first,
                                       std::uint32_t last);

}  // namespace tracker::workbook

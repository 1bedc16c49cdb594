// Where the entries stand on a sheet: the header row found by its texts, the columns it names, the
// data rows below it. Title rows, total rows and legends stay outside. Pure; safe on any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "workbook/cell_text.hpp"
#include "workbook/document.hpp"
#include "workbook/state.hpp"

namespace tracker::workbook {

struct Region {
  std::uint32_t header_row = 0;
  std::array<std::uint32_t, field_count> field_columns{};  ///< 0 = no such column
  std::array<std::string, field_count> headers;
  std::array<std::uint32_t, measured_column_count> measured_columns{};
  std::uint32_t id_column = 0;
  std::vector<std::pair<std::uint32_t, std::string>> extra_columns;  ///< with header text
  const TableInfo* table = nullptr;      ///< the one whose header row it is
  std::vector<std::uint32_t> data_rows;  ///< indexes into SheetIndex::rows
  std::uint32_t last_row = 0;            ///< number of the last data row, or of the header
  std::vector<std::string> warnings;

  std::uint32_t column(Field field) const { return field_columns[index(field)]; }
  Meaning meaning(std::uint32_t sheet_column) const {
    return sheet_column != 0 && sheet_column == column(Field::week_yyyymmdd) ? Meaning::week
                                                                             : Meaning::plain;
  }
  /// The last row that belongs to the data: of the table, or the last data row.
  std::uint32_t body_end() const {
    return table != nullptr ? std::max(table->body_last(), last_row) : last_row;
  }
};

/// `not_found` if no row of the sheet looks like a header.
Result<Region> find_region(const CellReader& reader, const SheetState& sheet,
                           const ReadOptions& options);

/// How many fields this row names as headings; 0 = it can't be the header row.
std::size_t fields_named(const CellReader& reader, std::uint32_t row_number);

/// Is the cell blank for a person? Decodes only where it must.
bool is_blank_cell(const CellReader& reader, const RowIndex& row, const CellIndex& cell);

}  // namespace tracker::workbook

// Where every row and cell of a worksheet part stands in its XML: one pass over the bytes, no tree.
//
// Offsets of a cell are relative to its row, so that a change in one row leaves the others' cells
// valid. Offsets are into the part's text, which the index keeps alive. Immutable; safe on any
// thread. Errors: corrupt (broken XML), unsupported, too_large (more cells than the bound).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "workbook/a1.hpp"

namespace tracker::workbook {

inline constexpr std::size_t cells_max = 2'000'000;

enum class CellType : std::uint8_t {
  number,
  shared_string,
  inline_string,
  formula_string,  ///< t="str"
  boolean,
  error,
  date  ///< t="d"
};

enum class FormulaKind : std::uint8_t { none, plain, shared, fixed_area };  ///< array, data table

struct CellIndex {
  std::uint32_t offset = 0;  ///< of "<c", from the row's begin
  std::uint32_t length = 0;
  std::uint32_t value_offset = 0;  ///< of the raw value (inside <v> or <is>), from the cell
  std::uint32_t value_length = 0;
  std::uint32_t style = 0;
  std::uint16_t column = 0;
  CellType type = CellType::number;
  FormulaKind formula = FormulaKind::none;

  bool has_formula() const { return formula != FormulaKind::none; }
};

struct RowIndex {
  std::size_t begin = 0;         ///< of "<row"
  std::uint32_t length = 0;      ///< to past "</row>"
  std::uint32_t tag_length = 0;  ///< of "<row …>"
  std::uint32_t number = 0;
  std::uint32_t first_cell = 0;
  std::uint32_t cell_count = 0;
};

struct SheetIndex {
  std::shared_ptr<const std::string> text;
  std::string prefix;          ///< "x:" where elements are written so
  std::size_t data_open = 0;   ///< of "<sheetData"
  std::size_t data_begin = 0;  ///< past "<sheetData>"
  std::size_t data_end = 0;    ///< of "</sheetData>"; equal to data_begin if the element is empty
  std::size_t tail_begin = 0;  ///< past "</sheetData>"
  bool ascending = true;       ///< rows and cells are in order, none stands twice
  std::vector<RowIndex> rows;
  std::vector<CellIndex> cells;

  std::string_view row_text(const RowIndex& row) const {
    return std::string_view(*text).substr(row.begin, row.length);
  }
  std::string_view cell_text(const RowIndex& row, const CellIndex& cell) const {
    return std::string_view(*text).substr(row.begin + cell.offset, cell.length);
  }
  std::string_view value(const RowIndex& row, const CellIndex& cell) const {
    return std::string_view(*text).substr(row.begin + cell.offset + cell.value_offset,
                                          cell.value_length);
  }
  /// nullptr where the sheet has none.
  const RowIndex* find_row(std::uint32_t number) const;
  const CellIndex* find_cell(const RowIndex& row, std::uint32_t column) const;
  /// True if "<sheetData/>" is one empty tag.
  bool data_is_empty_tag() const { return tail_begin == data_begin; }
};

Result<SheetIndex> index_sheet(std::shared_ptr<const std::string> text);

/// Reads the row whose "<row" stands at `begin` of `text` and appends its cells. `expected` is the
/// number of a row without r. Returns the row; length 0 if the XML is broken.
RowIndex index_row(std::string_view text, std::size_t begin, std::string_view prefix,
                   std::uint32_t expected, std::vector<CellIndex>& cells);

}  // namespace tracker::workbook

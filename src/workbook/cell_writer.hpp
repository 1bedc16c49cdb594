// Cells as XML: which type a text takes, which style, which shared string. Collects all cells of a
// patch first, so that shared strings and styles are extended once. Pure; not shared by threads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workbook/cell_text.hpp"
#include "workbook/part_changes.hpp"
#include "workbook/sheet_rewrite.hpp"

namespace tracker::workbook {

/// A cell that will be written.
struct NewCell {
  std::uint32_t column = 0;
  CellValue value;
  std::uint32_t style = 0;
  CellType text_type = CellType::shared_string;  ///< how a text is stored
  std::string formula;                           ///< instead of a value
};

/// What a new cell takes its type and style from; each may be nullptr.
struct Surroundings {
  const RowIndex* row = nullptr;  ///< that it stands in, or that its row is made like
  const CellIndex* old = nullptr;
  const CellIndex* above = nullptr;
};

class CellWriter {
 public:
  CellWriter(PartChanges& changes, const SheetIndex& sheet) : changes_(changes), sheet_(sheet) {}

  /// The cell for a text: type and style of the old one; where there is none, of the one above, or
  /// else the style that its row or column has for blank cells.
  NewCell make(std::uint32_t column, const std::string& text, Meaning meaning, bool as_number,
               const Surroundings& around) const;

  /// A cell of an old row.
  void set(std::uint32_t old_row, NewCell cell) { cells_[old_row].push_back(std::move(cell)); }
  /// A row that is new under this number; `open_tag` is its "<row …>".
  void add_row(std::uint32_t new_row, std::string open_tag, std::vector<NewCell> cells) {
    rows_[new_row] = {std::move(open_tag), std::move(cells)};
  }

  /// Extends shared strings and styles, and writes everything into `change`. Rows of `set` that do
  /// not exist become new rows under the number that change.map gives them.
  Status finish(SheetChange& change);

  /// Corners of all cells written, in new row numbers; row 0 = none.
  const CellRange& extent() const { return extent_; }

 private:
  struct Row {
    std::string open_tag;
    std::vector<NewCell> cells;
  };
  template <class Use>
  void for_each_cell(Use use);
  Status add_strings();
  void add_quote_prefixes();
  std::string cell_xml(const NewCell& cell, std::uint32_t row) const;
  std::string row_xml(const Row& row, std::uint32_t number);
  void note(std::uint32_t row, std::uint32_t column);

  PartChanges& changes_;
  const SheetIndex& sheet_;
  std::map<std::uint32_t, std::vector<NewCell>> cells_;
  std::map<std::uint32_t, Row> rows_;
  std::map<std::string, std::uint32_t> string_index_;
  CellRange extent_{};
};

}  // namespace tracker::workbook

// Where every row and cell of a worksheet part stands in its XML: one pass over the bytes, no tree.
//
// The rows stand in blocks of about 64 KiB, each with its text and its cells. Offsets of a row are
// relative to its block, those of a cell to its row: a version of the sheet in which one row
// changed has one new block and shares all others with the version before. What stands around the
// rows is the frame. Immutable; safe on any thread. Errors: corrupt (broken XML), unsupported,
// too_large (more cells than the bound).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
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
  bool operator==(const CellIndex&) const = default;
};

/// What blocks that were made together look into.
struct RowMemory {
  std::shared_ptr<const std::string> text;
  std::vector<CellIndex> cells;
};

/// Rows that stand together, each with the white space before it.
struct RowBlock {
  std::shared_ptr<const RowMemory> memory;
  std::string_view text;
  std::span<const CellIndex> cells;
};
using BlockPointer = std::shared_ptr<const RowBlock>;

struct RowIndex {
  const RowBlock* block = nullptr;  ///< of the sheet that the row belongs to
  std::uint32_t begin = 0;          ///< of "<row" in the block
  std::uint32_t length = 0;         ///< to past "</row>"
  std::uint32_t tag_length = 0;     ///< of "<row …>"
  std::uint32_t number = 0;
  std::uint32_t first_cell = 0;  ///< in the block
  std::uint32_t cell_count = 0;

  std::string_view text() const { return block->text.substr(begin, length); }
  std::string_view tag() const { return block->text.substr(begin, tag_length); }
  std::span<const CellIndex> cells() const { return block->cells.subspan(first_cell, cell_count); }
  std::string_view text(const CellIndex& cell) const {
    return block->text.substr(begin + cell.offset, cell.length);
  }
  /// Raw, as it stands in <v> or <is>.
  std::string_view value(const CellIndex& cell) const {
    return block->text.substr(begin + cell.offset + cell.value_offset, cell.value_length);
  }
  /// nullptr where the row has none.
  const CellIndex* find(std::uint32_t column) const;
};

struct SheetIndex {
  std::string frame;           ///< the part without its rows
  std::string prefix;          ///< "x:" where elements are written so
  std::size_t data_open = 0;   ///< of "<sheetData", in the frame
  std::size_t data_begin = 0;  ///< past "<sheetData>": here the rows stand
  std::size_t tail_begin = 0;  ///< past "</sheetData>"
  bool ascending = true;       ///< rows and cells are in order, none stands twice
  std::vector<BlockPointer> blocks;
  std::vector<RowIndex> rows;

  /// nullptr where the sheet has none.
  const RowIndex* find_row(std::uint32_t number) const;
  /// True if "<sheetData/>" is one empty tag.
  bool data_is_empty_tag() const { return tail_begin == data_begin; }
  /// The part's text in the order in which it stands.
  std::vector<std::string_view> chunks() const;
};

using SheetPointer = std::shared_ptr<const SheetIndex>;

/// The same XML?
bool same_text(const SheetIndex& one, const SheetIndex& other);

/// Cuts rows into blocks. `rows` know their places in `memory`, from `begin` to `end` of its text,
/// and belong to their blocks from then on.
std::vector<BlockPointer> make_blocks(const std::shared_ptr<const RowMemory>& memory,
                                      std::size_t begin, std::size_t end, std::span<RowIndex> rows);

Result<SheetIndex> index_sheet(const std::shared_ptr<const std::string>& text);

/// Reads the row whose "<row" stands at `begin` of `text` and appends its cells. `expected` is the
/// number of a row without r. Returns the row, of no block yet; length 0 if the XML is broken.
RowIndex index_row(std::string_view text, std::size_t begin, std::string_view prefix,
                   std::uint32_t expected, std::vector<CellIndex>& cells);

}  // namespace tracker::workbook

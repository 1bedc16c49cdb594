// What a Document holds: the file's bytes, its directory, the text of its XML parts, and the
// indexes built from them. Parts and indexes are shared between documents that have them in common.
// Immutable once made; safe on any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/cell_text.hpp"
#include "workbook/deflate.hpp"
#include "workbook/document.hpp"
#include "workbook/package.hpp"
#include "workbook/zip_directory.hpp"

namespace tracker::workbook {

/// How a part that we wrote is deflated; nullptr if somebody else did.
using PiecesPointer = std::shared_ptr<const std::vector<DeflatedPiece>>;

struct PartText {
  std::size_t entry = 0;                    ///< in the directory
  std::shared_ptr<const std::string> text;  ///< nullptr: no XML (images, macros), or see `sheet`
  SheetPointer sheet;                       ///< the text of a worksheet that could be read
  bool was_utf16 = false;                   ///< transcoded: the workbook is for reading only
  PiecesPointer pieces;
};

/// A table on a sheet.
struct TableInfo {
  std::string part;
  CellRange ref;
  std::uint32_t header_rows = 1;
  std::uint32_t totals_rows = 0;
  /// By column of the ref: the calculated column's formula, '' = none.
  std::vector<std::string> formulas;

  std::uint32_t body_first() const { return ref.first.row + header_rows; }
  std::uint32_t body_last() const { return ref.last.row - totals_rows; }
};

struct SheetState {
  SheetEntry entry;
  SheetPointer index;  ///< that of its part; nullptr: see `problem`
  std::optional<Error> problem;
  std::vector<TableInfo> tables;
};

/// Formulas call the column by what stands there.
bool is_table_heading(const SheetState& sheet, std::uint32_t row, std::uint32_t column);

struct State {
  std::string bytes;
  ZipDirectory directory;
  std::map<std::string, PartText, std::less<>> parts;  ///< by key
  Package package;
  std::shared_ptr<const SharedStrings> strings;
  std::shared_ptr<const Styles> styles;
  std::vector<SheetState> sheets;

  bool has_utf16() const;
  /// nullptr where there is no such part, or it is a worksheet.
  const std::string* read(std::string_view key) const;
  PartReader reader() const;

  /// By name in any case; '' = the first visible worksheet.
  Result<const SheetState*> find_sheet(std::string_view name) const;

  CellReader cells_of(const SheetIndex& sheet) const {
    return {sheet, *strings, *styles, package.date_base};
  }
};

/// Reads directory and parts of `bytes`; what is equal in `previous` is shared.
Result<std::shared_ptr<const State>> load_state(std::string bytes, const State* previous);

/// A part whose text is known already, by key: a patch hands over what it wrote.
struct KnownPart {
  std::shared_ptr<const std::string> text;
  SheetPointer sheet;
  PiecesPointer pieces;
};
using KnownParts = std::map<std::string, KnownPart, std::less<>>;

/// As load_state, for bytes that we made ourselves: nothing is inflated.
Result<std::shared_ptr<const State>> patched_state(std::string bytes, const State& previous,
                                                   const KnownParts& known);

}  // namespace tracker::workbook

// Any text as a worksheet, as shared strings, as styles and as a formula: checksums shield these
// parsers from the fuzzer of whole files, so they have one of their own.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "well_formed.hpp"
#include "workbook/cell_text.hpp"
#include "workbook/formula.hpp"
#include "workbook/sheet_formulas.hpp"
#include "workbook/sheet_frame.hpp"
#include "workbook/sheet_rewrite.hpp"

namespace {

using namespace tracker::workbook;

/// A deleted row: everything moves, and the new text must be a sheet with the same index.
void delete_a_row(const SheetIndex& sheet) {
  SheetChange change;
  change.map.deleted = {2};
  const FormulaPlace place{true, "Sheet1", false, {}};
  change.cells = move_formulas(sheet, change.map, place).cells;
  change.frame = move_frame(sheet, change.map, place).edits;
  const SheetPointer moved = rewrite_sheet(sheet, change);
  std::string text;
  for (const std::string_view chunk : moved->chunks()) text += chunk;
  const auto again = index_sheet(std::make_shared<const std::string>(std::move(text)));
  if (!again || !same_text(*again, *moved) || again->rows.size() != moved->rows.size()) {
    std::abort();
  }
  for (std::size_t i = 0; i < again->rows.size(); ++i) {
    if (!std::ranges::equal(again->rows[i].cells(), moved->rows[i].cells())) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  const auto strings = index_shared_strings(text);
  if (strings) (void)add_shared_strings(*strings, {"new", "a"}, 2);
  const Styles styles = read_styles(text);
  if (!styles.cell_styles.empty()) (void)add_quote_styles(styles, {0});
  RowMap map;
  map.deleted = {3};
  (void)moved_formula(*text, map, FormulaPlace{true, "Sheet1", false, {}});
  const auto sheet = index_sheet(text);
  if (!sheet) return 0;
  const SharedStrings none;
  const CellReader reader{*sheet, strings ? *strings : none, styles};
  for (const RowIndex& row : sheet->rows) {
    for (const CellIndex& cell : row.cells()) (void)reader.text(row, cell, Meaning::week);
  }
  if (sheet->ascending && is_well_formed(*text)) delete_a_row(*sheet);
  return 0;
}

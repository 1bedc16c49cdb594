// Any text as the worksheet of a workbook, and one edit of it: what is read back is what was there,
// with that edit. The input's last bytes choose the edit, all others are the sheet's XML.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../../unit/workbook/sample_file.hpp"
#include "core/text.hpp"
#include "grids.hpp"
#include "well_formed.hpp"
#include "workbook/a1.hpp"

namespace {

using namespace tracker::workbook;
using Grid = std::vector<GridRow>;

struct Choice {
  std::uint32_t kind = 0;  ///< set, append, insert, delete
  std::uint32_t row = 1;
  std::string column;
  std::string text;
};

Choice choose(FuzzedDataProvider& data) {
  Choice choice;
  choice.kind = data.ConsumeIntegralInRange<std::uint32_t>(0, 3);
  choice.row = data.ConsumeIntegralInRange<std::uint32_t>(1, 12);
  choice.column = column_letters(data.ConsumeIntegralInRange<std::uint32_t>(1, 30));
  const std::string text = data.ConsumeBool()
                               ? data.ConsumeRandomLengthString(12)
                               : data.PickValueInArray<const char*>(
                                     {"text", "=1+1", "007", "10", "1e5", "_x0041_", "_xa_", "TRUE",
                                      "2026-01-05", "20260105", "a\nb", "36:00:00"});
  choice.text = tracker::canonical(text);
  return choice;
}

SheetEdit edit_of(const Choice& choice) {
  SheetEdit edit;
  switch (choice.kind) {
    case 0:
      edit.cells = {{choice.column + std::to_string(choice.row), choice.text}};
      break;
    case 1:
      edit.appended = {{{choice.column, choice.text}}};
      break;
    case 2:
      edit.inserted = {{choice.row, {{{choice.column, choice.text}}}}};
      break;
    default:
      edit.deleted_rows = {choice.row};
  }
  return edit;
}

/// Takes the cell out, and its row if nothing else stands there.
std::optional<GridCell> take_cell(Grid& grid, std::uint32_t number, const std::string& column) {
  const auto row = std::ranges::find(grid, number, &GridRow::row_number);
  if (row == grid.end()) return std::nullopt;
  const auto cell = std::ranges::find(row->cells, column, &GridCell::column);
  if (cell == row->cells.end()) return std::nullopt;
  const GridCell taken = *cell;
  row->cells.erase(cell);
  if (row->cells.empty()) grid.erase(row);
  return taken;
}

void move_rows(Grid& grid, std::uint32_t from, int by) {
  for (GridRow& row : grid) {
    if (row.row_number >= from) row.row_number += static_cast<std::uint32_t>(by);
  }
}

/// Takes the new row out. It holds the text, and besides formulas that it took over.
void take_new_row(Grid& grid, std::uint32_t number, const Choice& choice) {
  const std::optional<GridCell> cell = take_cell(grid, number, choice.column);
  must(choice.text.empty() ? !cell || (cell->formula && cell->text.empty())
                           : cell && cell->text == choice.text && !cell->formula);
  std::erase_if(grid, [number](const GridRow& row) {
    if (row.row_number != number) return false;
    for (const GridCell& other : row.cells) must(other.formula && other.text.empty());
    return true;
  });
}

/// Undoes the edit in both grids: then they are equal.
void must_be_planned(Grid before, Grid after, const Choice& choice) {
  switch (choice.kind) {
    case 0: {
      take_cell(before, choice.row, choice.column);
      const std::optional<GridCell> cell = take_cell(after, choice.row, choice.column);
      must(cell ? cell->text == choice.text : choice.text.empty());
      break;
    }
    case 1:
      take_new_row(after, before.empty() ? 1 : before.back().row_number + 1, choice);
      break;
    case 2:
      take_new_row(after, choice.row, choice);
      move_rows(before, choice.row, 1);
      break;
    default:
      std::erase_if(before, [&](const GridRow& row) { return row.row_number == choice.row; });
      move_rows(before, choice.row, -1);
  }
  must(is_equal(before, after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  const Choice choice = choose(data);
  const std::string sheet = data.ConsumeRemainingBytesAsString();
  if (!is_well_formed(sheet)) return 0;
  const auto document = Document::open(zip_of(parts_with(sheet)));
  if (!document) return 0;
  const auto before = document->grid("");
  if (!before) return 0;
  const auto patched = document->edit(edit_of(choice));
  must(patched.has_value());
  must_show_the_same(patched->document);
  const auto after = patched->document.grid("");
  if (patched->refusals.empty()) {
    must_be_planned(*before, *after, choice);
  } else if (!is_equal(*before, *after)) {  // a new row without the cell that was refused
    Choice without = choice;
    without.text.clear();
    must(choice.kind == 1 || choice.kind == 2);
    must_be_planned(*before, *after, without);
  }
  return 0;
}

#include "workbook/sheet_references.hpp"

#include <algorithm>
#include <iterator>

#include "workbook/sheet_formulas.hpp"
#include "workbook/sheet_frame.hpp"
#include "workbook/sheet_parts.hpp"

namespace tracker::workbook {
namespace {

void add_cells(std::map<std::uint32_t, std::vector<CellXml>>& target,
               std::map<std::uint32_t, std::vector<CellXml>> added) {
  for (auto& [row, cells] : added) {
    std::vector<CellXml>& all = target[row];
    std::ranges::move(cells, std::back_inserter(all));
    std::ranges::sort(all, {}, &CellXml::column);
  }
}

void move_other_sheet(PartChanges& changes, const SheetState& other, const RowMap& map,
                      const FormulaPlace& place) {
  if (!other.index || !other.index->ascending) return;
  SheetChange change;
  change.cells = move_formulas(*other.index, map, place).cells;
  change.frame = move_frame(*other.index, map, place).edits;
  if (!change.empty()) {
    changes.set(other.entry.part, rewrite_sheet(*other.index, change));
  }
}

}  // namespace

void move_references(PartChanges& changes, const SheetState& sheet, const TableInfo* data,
                     SheetChange& change) {
  const RowMap& map = change.map;
  if (!map.changes_references()) return;
  const FormulaPlace own{.own_sheet = true, .sheet_name = sheet.entry.name};
  add_cells(change.cells, move_formulas(*sheet.index, map, own).cells);
  std::ranges::move(move_frame(*sheet.index, map, own).edits, std::back_inserter(change.frame));
  for (const SheetState& other : changes.state().sheets) {
    if (&other != &sheet) {
      move_other_sheet(changes, other, map, {.sheet_name = sheet.entry.name});
    }
  }
  move_sheet_parts(changes, sheet, data, map);
  move_workbook_parts(changes, sheet, map);
  if (map.shifts()) drop_calc_chain(changes);
}

}  // namespace tracker::workbook

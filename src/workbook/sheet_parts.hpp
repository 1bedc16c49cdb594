// The other parts that name rows of a sheet: tables, what lies on it (sheet_drawings), charts,
// pivot sources, defined names, the calculation chain. Pure; safe on any thread.
#pragma once

#include <optional>
#include <string>

#include "workbook/formula.hpp"
#include "workbook/part_changes.hpp"

namespace tracker::workbook {

/// Why rows of this sheet can't move because of something outside the sheet's own part; or nothing.
std::optional<std::string> check_parts(const State& state, const SheetState& sheet,
                                       const RowMap& map);

/// Parts that belong to the sheet: tables, comments, pivot tables. `data` is the table that grows;
/// nullptr: any that covers the data.
void move_sheet_parts(PartChanges& changes, const SheetState& sheet, const TableInfo* data,
                      const RowMap& map);

/// Parts of the whole workbook: names, drawings, charts, pivot sources.
void move_workbook_parts(PartChanges& changes, const SheetState& sheet, const RowMap& map);

/// Programs build it anew; a stale entry makes Excel repair the file.
void drop_calc_chain(PartChanges& changes);

}  // namespace tracker::workbook

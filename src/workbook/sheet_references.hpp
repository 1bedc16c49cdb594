// Everything in the workbook that refers to rows of one sheet follows them. Pure.
#pragma once

#include "workbook/part_changes.hpp"
#include "workbook/sheet_rewrite.hpp"

namespace tracker::workbook {

/// Adds formulas and frame of `sheet` to `change`, and puts other sheets and parts into `changes`.
/// Does nothing if change.map moves nothing. `data` is the table that holds the data, if one does.
void move_references(PartChanges& changes, const SheetState& sheet, const TableInfo* data,
                     SheetChange& change);

}  // namespace tracker::workbook

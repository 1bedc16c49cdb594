// Rows that may be one: by their key, the same shot, typed on the page and in the workbook before
// either side saw the other's row; by their cells, one row at two times. Pure; safe on any thread;
// linear in the number of rows.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "merge/materialise.hpp"

namespace tracker::merge {

/// Entries by natural key; 0 where several have it.
using Twins = std::unordered_map<std::string, EntryId>;

/// The mirror's rows that came from the page and that nobody who looked at `base` can have seen.
Twins rows_unseen_in(const SheetState& base, const Mirror& mirror);

/// Filled cells that are equal.
int equal_cells(const Cells& one, const Cells& two);

/// Most of the filled cells of `one` stand in `two`: edited in one or two cells in between.
bool mostly_equal(const Cells& one, const Cells& two);

/// A third of them: edited a lot.
bool partly_equal(const Cells& one, const Cells& two);

}  // namespace tracker::merge

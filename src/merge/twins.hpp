// The same shot, typed on the page and in the workbook before either side saw the other's row.
// Pure; safe on any thread; linear in the number of rows.
#pragma once

#include <string>
#include <unordered_map>

#include "merge/materialise.hpp"

namespace tracker::merge {

/// Entries by natural key; 0 where several have it.
using Twins = std::unordered_map<std::string, EntryId>;

/// The mirror's rows that came from the page and that nobody who looked at `base` can have seen.
Twins rows_unseen_in(const SheetState& base, const Mirror& mirror);

}  // namespace tracker::merge

// Which row of the sheet is which row of its base? (design/sync.md §2, "Rows")
//
// Order of evidence: the content of a known row that has no id yet; a unique id that we may trust
// (a copied row shows the id of its original); equal content; a natural key that is unique on
// both sides; likeness of cells and neighbours with a clear margin. What is left is new (in the
// sheet) or gone (from the base). Sorting, cutting and pasting and inserting rows are no edits.
// Pure; linear in the number of rows but for the few that nothing else could pair.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "merge/sheet_state.hpp"

namespace tracker::merge {

/// For each row of `sheet`: the index of its row in `base`, or nothing for a new row. No index
/// stands twice. `trust_ids`: the workbook's token names this store, so Tracker IDs are ours.
/// `base_is_sure`: false if the base is only a guess; then a row that the base has and the sheet
/// lacks may never have been on the human's screen, and a new row in its place is a new row.
std::vector<std::optional<std::size_t>> align(const SheetState& base,
                                              std::span<const workbook::ImageRow> sheet,
                                              bool trust_ids, bool base_is_sure);

}  // namespace tracker::merge

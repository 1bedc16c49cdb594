// Which row of the sheet is which row of its base? (design/sync.md §2, "Rows")
//
// Order of evidence: the id that a row shows, if we may trust it (copied rows show one id: the
// nearest ones are paired); equal content; a natural key that is unique on both sides; likeness of
// cells and neighbours with a clear margin. What is left is new (in the sheet) or gone (from the
// base). Sorting, cutting and pasting and inserting rows are no edits.
// Pure; linear in the number of rows but for the few that nothing else could pair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "merge/sheet_state.hpp"

namespace tracker::merge {

/// What a Tracker ID in the sheet says.
enum class IdTrust : std::uint8_t {
  none,  ///< nothing: it may be another store's
  hint,  ///< it was ours, but parts came from a backup since: it tips the balance among alike rows
  full,  ///< the workbook's token names this store
};

/// For each row of `image`: the index of its row in `base`, or nothing for a new row. No index
/// stands twice.
/// `surely_seen`: false for a base row that may never have been on the human's screen; then a new
/// row in its place is a new row. Empty = all were.
std::vector<std::optional<std::size_t>> align(
    const SheetState& base, const workbook::Image& image, IdTrust ids,
    const std::function<bool(const SheetRow&)>& surely_seen);

}  // namespace tracker::merge

// Reasons not to believe a sheet: each is a sentence for the producer; '' means "go on".
// (design/sync.md §2, "Guards": nothing is deleted or flattened on doubt.) Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "merge/sheet_state.hpp"

namespace tracker::merge {

/// The sheet lacks what makes it readable at all: its key columns.
std::string why_unreadable(const workbook::Image& image);

/// No row left; deletes over max(5, 20 %) of the rows; half of the key cells changed; one column
/// permuted.
std::string why_doubtful(const SheetState& base, const workbook::Image& image,
                         std::span<const std::optional<std::size_t>> pairs, bool deletes_allowed);

/// More deletes than anybody should make unasked.
bool is_mass_delete(std::size_t deleted, std::size_t rows);

}  // namespace tracker::merge

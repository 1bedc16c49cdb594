#include "merge/twins.hpp"

#include <algorithm>
#include <unordered_set>

namespace tracker::merge {

Twins rows_unseen_in(const SheetState& base, const Mirror& mirror) {
  std::unordered_set<EntryId> seen;
  for (const SheetRow& row : base) seen.insert(row.id);
  Twins twins;
  for (const auto& [id, row] : mirror) {
    if (!row.uid.empty() || seen.contains(id)) continue;  // a uid: it came from the workbook
    const auto [twin, only] = twins.emplace(natural_key(row.cells), id);
    if (!only) twin->second = 0;
  }
  return twins;
}

int equal_cells(const Cells& one, const Cells& two) {
  return static_cast<int>(std::ranges::count_if(all_fields, [&](Field field) {
    return !at(one, field).empty() && at(one, field) == at(two, field);
  }));
}

bool mostly_equal(const Cells& one, const Cells& two) {
  return 2 * equal_cells(one, two) > equal_cells(one, one);
}

bool partly_equal(const Cells& one, const Cells& two) {
  return 3 * equal_cells(one, two) >= equal_cells(one, one);
}

}  // namespace tracker::merge

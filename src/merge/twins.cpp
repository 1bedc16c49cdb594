#include "merge/twins.hpp"

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

}  // namespace tracker::merge

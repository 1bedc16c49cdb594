// Rows of our tables as the domain's values, and the SQL fragments that select them. The order of
// the columns stands here and nowhere else.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "domain/entry.hpp"
#include "domain/op.hpp"
#include "store/pg_value.hpp"

namespace tracker::store {

/// An entry with what decides about conflicts: the change that touched each cell last.
struct StoredRow {
  Entry entry;
  std::array<ChangeNumber, field_count> cell_seq{};
};

/// "SELECT <columns> FROM production_summary p LEFT JOIN entry_state s …"; add WHERE and the rest.
extern const std::string select_entries;
/// The number of the first column that is added after those of select_entries.
inline constexpr int added_column = 18;
/// "SELECT <columns> FROM entry_change c"; add WHERE and the rest.
extern const std::string select_changes;

Entry read_entry(const Rows& rows, int row);
StoredRow read_stored_row(const Rows& rows, int row);
std::vector<Entry> read_entries(const Rows& rows);
Result<Change> read_change(const Rows& rows, int row);
Result<std::vector<Change>> read_changes(const Rows& rows);
std::optional<Measurement> read_measurement(const Rows& rows, int row, int column);

/// The eight columns of `rows` from `first_column` on.
Cells read_cells(const Rows& rows, int row, int first_column);

}  // namespace tracker::store

// Steps that several web transactions on entries share. Coroutines here borrow their arguments: the
// caller awaits them at once.
#pragma once

#include <map>
#include <vector>

#include "store/entries.hpp"
#include "store/pool.hpp"
#include "store/row_codec.hpp"
#include "store/row_writes.hpp"

namespace tracker::store {

std::unexpected<Error> no_such_entry(EntryId id);

/// forbidden if `who` is bound to own rows and this is none.
Status may_write(const Who& who, const Cells& cells);

/// What one web transaction does to rows. REQUIRES: updated and removed are locked.
struct RowWrites {
  std::vector<Cells> added{};
  std::vector<IdentifiedCells> restored{};
  std::vector<IdentifiedCells> updated{};
  std::vector<EntryId> removed{};
  std::vector<Statement> beside{};  ///< goes into the same transaction
  Origin origin = Origin::web;
  bool empty() const {
    return added.empty() && restored.empty() && updated.empty() && removed.empty();
  }
};

/// Writes, commits, and fills `written`: the rows as they are now, batch and head. A batch id that
/// stands there already is used.
Awaitable<Status> write_rows(Transaction& transaction, const Who& who, RowWrites writes,
                             Written& written);

/// Fills in who changed the conflicting cells, and when.
Awaitable<Status> name_the_others(Transaction& transaction, std::vector<RowConflict>& conflicts,
                                  const std::map<EntryId, StoredRow>& rows);

/// The last cells of those of `ids` that are removed: id, then the eight cells.
Statement read_removed(const std::vector<EntryId>& ids);
std::map<EntryId, Cells> removed_cells(const Rows& rows);

}  // namespace tracker::store

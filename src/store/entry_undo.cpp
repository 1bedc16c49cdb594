#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "store/entry_steps.hpp"
#include "store/once.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

Awaitable<Result<Written>> restore_once(Transaction& transaction, EntryId id, const Who& who,
                                        const Once& once) {
  const std::string batch_id = new_batch_id();
  CO_TRY(const std::optional<std::string> known,
         co_await claim_key(transaction, once, who, batch_id));
  if (known) {
    CO_TRY(Written before, co_await replay(transaction, *known));
    if (!before.entries.empty()) co_return std::move(before);
  }
  const std::vector<EntryId> ids{id};
  CO_TRY(const std::vector<Rows> read,
         co_await transaction.run(together(lock_rows(ids), read_rows(ids), read_removed(ids))));
  Written written;
  if (!read[1].empty()) {
    written.entries = read_entries(read[1]);
    co_return std::move(written);
  }
  const std::map<EntryId, Cells> removed = removed_cells(read[2]);
  const auto found = removed.find(id);
  if (found == removed.end()) co_return no_such_entry(id);
  CO_CHECK_OK(may_write(who, found->second));
  written.batch_id = known.value_or(batch_id);
  CO_CHECK_OK(co_await write_rows(transaction, who, {.restored = {{id, found->second}}}, written));
  co_return std::move(written);
}

/// What a batch made of one row, from before its first change to after its last.
struct Span {
  std::optional<Cells> before;
  std::optional<Cells> after;
};

std::map<EntryId, Span> spans_of(const std::vector<Change>& changes) {
  std::map<EntryId, Span> spans;
  for (const Change& change : changes) {
    const auto [span, first] = spans.try_emplace(change.entry_id, Span{change.before, {}});
    span->second.after = change.after;
  }
  return spans;
}

/// Decides for one row what taking back means, given what stands there now.
class Taker {
 public:
  Taker(const std::map<EntryId, StoredRow>& rows, RowWrites& writes,
        std::vector<RowConflict>& left_alone)
      : rows_(rows), writes_(writes), left_alone_(left_alone) {}

  void take_back(EntryId id, const Span& span) {
    const auto row = rows_.find(id);
    if (row == rows_.end()) {
      // Deleted by the batch: bring it back. Deleted by somebody since: their deletion stands.
      if (span.before && !span.after) writes_.restored.push_back({id, *span.before});
      return;
    }
    const Entry& current = row->second.entry;
    if (!span.before && span.after) {
      take_back_insert(current, *span.after);
    } else if (span.before && span.after) {
      take_back_edit(current, *span.before, *span.after);
    }
  }

 private:
  void take_back_insert(const Entry& current, const Cells& inserted) {
    if (current.cells == inserted) {
      writes_.removed.push_back(current.id);
      return;
    }
    RowConflict conflict{current, {}};
    for (Field field : all_fields) {
      if (at(current.cells, field) == at(inserted, field)) continue;
      conflict.cells.push_back({field, at(current.cells, field), {}, {}, Origin::web, {}});
    }
    left_alone_.push_back(std::move(conflict));
  }

  void take_back_edit(const Entry& current, const Cells& before, const Cells& after) {
    RowConflict conflict{current, {}};
    Cells cells = current.cells;
    for (Field field : all_fields) {
      const std::string& now = at(current.cells, field);
      if (at(before, field) == at(after, field) || now == at(before, field)) continue;
      if (now == at(after, field)) {
        at(cells, field) = at(before, field);
      } else {
        conflict.cells.push_back({field, now, at(before, field), {}, Origin::web, {}});
      }
    }
    if (cells != current.cells) writes_.updated.push_back({current.id, cells});
    if (!conflict.cells.empty()) left_alone_.push_back(std::move(conflict));
  }

  const std::map<EntryId, StoredRow>& rows_;
  RowWrites& writes_;
  std::vector<RowConflict>& left_alone_;
};

Awaitable<Result<std::vector<Change>>> changes_of(Transaction& transaction,
                                                  const std::string& batch_id) {
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.run(together(Statement{
             select_changes + "WHERE c.batch_id = $1 AND c.op <> 'media' ORDER BY c.seq "
                              "LIMIT $2::bigint",
             {parameter(batch_id), parameter(static_cast<std::int64_t>(rows_in_write_max) + 1)}})));
  if (rows[0].empty()) {
    co_return fail(ErrorCode::not_found, "there is no such batch of changes", {}, batch_id);
  }
  if (rows[0].size() > static_cast<int>(rows_in_write_max)) {
    co_return fail(ErrorCode::too_large, "this batch is too large to be undone at once");
  }
  co_return read_changes(rows[0]);
}

Awaitable<Result<UndoOutcome>> undo_once(Transaction& transaction, const std::string& batch_id,
                                         const Who& who) {
  CO_TRY(const std::vector<Change> changes, co_await changes_of(transaction, batch_id));
  const std::map<EntryId, Span> spans = spans_of(changes);
  std::vector<EntryId> ids;
  for (const auto& [id, span] : spans) ids.push_back(id);
  CO_TRY(const std::vector<Rows> read,
         co_await transaction.run(together(lock_rows(ids), read_rows(ids))));
  std::map<EntryId, StoredRow> rows;
  for (int row = 0; row < read[1].size(); ++row) {
    StoredRow stored = read_stored_row(read[1], row);
    rows.emplace(stored.entry.id, std::move(stored));
  }
  UndoOutcome outcome;
  RowWrites writes;
  Taker taker(rows, writes, outcome.left_alone);
  for (const auto& [id, span] : spans) {
    if (span.before) CO_CHECK_OK(may_write(who, *span.before));
    if (const auto row = rows.find(id); row != rows.end()) {
      CO_CHECK_OK(may_write(who, row->second.entry.cells));
    }
    taker.take_back(id, span);
  }
  CO_CHECK_OK(co_await name_the_others(transaction, outcome.left_alone, rows));
  if (!writes.empty()) {
    CO_CHECK_OK(co_await write_rows(transaction, who, std::move(writes), outcome.written));
  }
  co_return std::move(outcome);
}

}  // namespace

Store::Async<Written> Store::restore(EntryId id, Who who, Once once) {
  co_return co_await pool_->transact<Written>(Mode::write, [&](Transaction& transaction) {
    return restore_once(transaction, id, who, once);
  });
}

Store::Async<UndoOutcome> Store::undo(std::string batch_id, Who who) {
  co_return co_await pool_->transact<UndoOutcome>(
      Mode::write, [&](Transaction& transaction) { return undo_once(transaction, batch_id, who); });
}

}  // namespace tracker::store

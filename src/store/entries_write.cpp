#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "merge/guards.hpp"
#include "store/entry_steps.hpp"
#include "store/pool.hpp"
#include "store/row_codec.hpp"
#include "store/row_writes.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

/// What a batch created, as it was answered then: the feed keeps it, whatever became of the rows.
Result<Written> replayed(const Rows& rows) {
  Written written;
  written.replayed = true;
  for (int row = 0; row < rows.size(); ++row) {
    TRY(const Change change, read_change(rows, row));
    Entry entry;
    entry.id = change.entry_id;
    if (change.after) entry.cells = *change.after;
    entry.version = change.seq;
    entry.created_at = entry.updated_at = change.at;
    written.entries.push_back(std::move(entry));
    written.batch_id = change.batch_id;
    written.head = change.seq;
  }
  return written;
}

/// The answer that this key got before, or nothing if it is ours from now on.
Awaitable<Result<std::optional<Written>>> claim_key(Transaction& transaction, const Create& request,
                                                    const Who& who, const std::string& batch_id) {
  if (request.idempotency_key.empty()) co_return std::optional<Written>();
  const auto key = [&] { return parameter(request.idempotency_key); };
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.run(together(
             Statement{"INSERT INTO idempotency_key (scope, key, request_hash, batch_id) "
                       "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                       {parameter(who.name), key(), parameter(request.request_hash),
                        parameter(batch_id)}},
             Statement{"SELECT request_hash FROM idempotency_key WHERE scope = $1 AND key = $2",
                       {parameter(who.name), key()}},
             Statement{select_changes + "JOIN idempotency_key k ON k.batch_id = c.batch_id "
                                        "WHERE k.scope = $1 AND k.key = $2 ORDER BY c.seq",
                       {parameter(who.name), key()}})));
  if (rows[0].affected() == 1) co_return std::optional<Written>();
  if (rows[1].empty() || rows[1].text(0, 0) != request.request_hash) {
    co_return fail(ErrorCode::conflict, "this Idempotency-Key was used with another content",
                   "take a new key for a new request", "Idempotency-Key");
  }
  CO_TRY(Written written, replayed(rows[2]));
  co_return std::optional<Written>(std::move(written));
}

Awaitable<Result<Written>> create_once(Transaction& transaction, const Create& request,
                                       const Who& who) {
  Written written;
  written.batch_id = new_batch_id();
  CO_TRY(std::optional<Written> known,
         co_await claim_key(transaction, request, who, written.batch_id));
  if (known) co_return std::move(*known);
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.commit(together(
             acting_as(Origin::web, who.name, written.batch_id), insert_rows(request.rows), seal(),
             entries_of_batch(written.batch_id), head_of_batch(written.batch_id))));
  written.entries = read_entries(rows[3]);
  written.head = rows[4].number(0, 0);
  co_return std::move(written);
}

/// Applies one request to the row it means, or says which cells are newer than the editor saw.
RowConflict apply_edit(StoredRow& row, const RowEdit& edit) {
  RowConflict conflict;
  for (Field field : all_fields) {
    const auto& wanted = edit.changes[index(field)];
    std::string& current = at(row.entry.cells, field);
    if (!wanted || *wanted == current) continue;
    if (!edit.force && edit.seen && row.cell_seq[index(field)] > *edit.seen) {
      conflict.cells.push_back({field, current, *wanted, {}, Origin::web, {}});
    } else {
      current = *wanted;
    }
  }
  return conflict;
}

struct Editing {
  std::map<EntryId, StoredRow> before;
  std::map<EntryId, StoredRow> after;
};

Result<Editing> read_for_edit(const Rows& rows, const std::vector<RowEdit>& edits, const Who& who) {
  Editing editing;
  for (int row = 0; row < rows.size(); ++row) {
    StoredRow stored = read_stored_row(rows, row);
    editing.before.emplace(stored.entry.id, std::move(stored));
  }
  for (const RowEdit& edit : edits) {
    const auto found = editing.before.find(edit.id);
    if (found == editing.before.end()) return no_such_entry(edit.id);
    CHECK_OK(may_write(who, found->second.entry.cells));
  }
  editing.after = editing.before;
  return editing;
}

Awaitable<Result<EditOutcome>> edit_once(Transaction& transaction,
                                         const std::vector<RowEdit>& edits, const Who& who) {
  std::vector<EntryId> ids;
  for (const RowEdit& edit : edits) ids.push_back(edit.id);
  CO_TRY(const std::vector<Rows> read,
         co_await transaction.run(together(lock_rows(ids), read_rows(ids))));
  CO_TRY(Editing editing, read_for_edit(read[1], edits, who));
  EditOutcome outcome;
  for (const RowEdit& edit : edits) {
    RowConflict conflict = apply_edit(editing.after.at(edit.id), edit);
    if (conflict.cells.empty()) continue;
    conflict.current = editing.before.at(edit.id).entry;
    outcome.conflicts.push_back(std::move(conflict));
  }
  if (!outcome.conflicts.empty()) {
    CO_CHECK_OK(co_await name_the_others(transaction, outcome.conflicts, editing.before));
    co_return std::move(outcome);
  }
  std::vector<IdentifiedCells> changed;
  for (const auto& [id, row] : editing.after) {
    if (row.entry.cells == editing.before.at(id).entry.cells) continue;
    CO_CHECK_OK(may_write(who, row.entry.cells));
    changed.push_back({id, row.entry.cells});
  }
  std::map<EntryId, Entry> now;
  for (auto& [id, row] : editing.before) now.emplace(id, std::move(row.entry));
  if (!changed.empty()) {
    CO_CHECK_OK(
        co_await write_rows(transaction, who, {.updated = std::move(changed)}, outcome.written));
    for (Entry& entry : outcome.written.entries) now.insert_or_assign(entry.id, entry);
  }
  outcome.written.entries.clear();
  for (const RowEdit& edit : edits) outcome.written.entries.push_back(now.at(edit.id));
  co_return std::move(outcome);
}

Statement hold_rows(const std::vector<EntryId>& ids, const Who& who, std::int64_t rows) {
  return {
      "INSERT INTO held_batch (reason, author, entry_ids) VALUES ($1, $2, $3::int[]) "
      "RETURNING id",
      {parameter(fmt::format("{} of {} rows would be deleted at once", ids.size(), rows)),
       parameter(who.name), array_parameter(ids)}};
}

Awaitable<Result<RemoveOutcome>> remove_once(Transaction& transaction,
                                             const std::vector<EntryId>& ids, const Who& who) {
  CO_TRY(
      const std::vector<Rows> read,
      co_await transaction.run(together(lock_rows(ids), read_rows(ids),
                                        Statement{"SELECT count(*) FROM production_summary", {}})));
  std::map<EntryId, Entry> rows;
  for (Entry& entry : read_entries(read[1])) rows.emplace(entry.id, std::move(entry));
  RemoveOutcome outcome;
  for (const EntryId id : ids) {
    const auto found = rows.find(id);
    if (found == rows.end()) co_return no_such_entry(id);
    CO_CHECK_OK(may_write(who, found->second.cells));
    outcome.written.entries.push_back(found->second);
  }
  const std::int64_t all = read[2].number(0, 0);
  if (merge::is_mass_delete(ids.size(), static_cast<std::size_t>(all))) {
    CO_TRY(const std::vector<Rows> held,
           co_await transaction.commit(together(hold_rows(ids, who, all))));
    outcome.held_id = held[0].number(0, 0);
    co_return std::move(outcome);
  }
  std::vector<Entry> gone = std::move(outcome.written.entries);
  CO_CHECK_OK(co_await write_rows(transaction, who, {.removed = ids}, outcome.written));
  outcome.written.entries = std::move(gone);
  co_return std::move(outcome);
}

std::vector<EntryId> without_repeats(std::vector<EntryId> ids) {
  std::vector<EntryId> out;
  for (const EntryId id : ids) {
    if (std::ranges::find(out, id) == out.end()) out.push_back(id);
  }
  return out;
}

Status check_count(std::size_t rows) {
  if (rows == 0) return fail(ErrorCode::invalid_input, "no entries were given");
  if (rows > rows_in_write_max) {
    return fail(ErrorCode::too_large, fmt::format("at most {} entries at once", rows_in_write_max));
  }
  return {};
}

}  // namespace

Store::Async<Written> Store::create(Create request, Who who) {
  CO_CHECK_OK(check_count(request.rows.size()));
  for (const Cells& row : request.rows) CO_CHECK_OK(may_write(who, row));
  co_return co_await pool_->transact<Written>(Mode::write, [&](Transaction& transaction) {
    return create_once(transaction, request, who);
  });
}

Store::Async<EditOutcome> Store::edit(std::vector<RowEdit> rows, Who who) {
  CO_CHECK_OK(check_count(rows.size()));
  co_return co_await pool_->transact<EditOutcome>(
      Mode::write, [&](Transaction& transaction) { return edit_once(transaction, rows, who); });
}

Store::Async<RemoveOutcome> Store::remove(std::vector<EntryId> ids, Who who) {
  CO_CHECK_OK(check_count(ids.size()));
  const std::vector<EntryId> unique = without_repeats(std::move(ids));
  co_return co_await pool_->transact<RemoveOutcome>(
      Mode::write, [&](Transaction& transaction) { return remove_once(transaction, unique, who); });
}

}  // namespace tracker::store

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>

#include "merge/held.hpp"
#include "store/entry_steps.hpp"
#include "store/once.hpp"
#include "store/pool.hpp"
#include "store/row_codec.hpp"
#include "store/row_writes.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

Awaitable<Result<Written>> create_once(Transaction& transaction, const Create& request,
                                       const Who& who) {
  Written written;
  written.batch_id = new_batch_id();
  const Once once{request.idempotency_key, request.request_hash};
  CO_TRY(const std::optional<std::string> known,
         co_await claim_key(transaction, once, who, written.batch_id));
  if (known) co_return co_await replay(transaction, *known);
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

/// Rows to change and rows to add, as one batch.
struct Edit {
  std::vector<RowEdit> rows;
  std::vector<Cells> added;  ///< canonical and free of problem_with()
  Once once;
};

std::vector<EntryId> ids_of(const std::vector<RowEdit>& edits) {
  std::vector<EntryId> ids;
  for (const RowEdit& edit : edits) ids.push_back(edit.id);
  return ids;
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

/// The rows that an edit left, as they stand now: the ones asked for, then the ones it added.
Awaitable<Result<EditOutcome>> replayed_edit(Transaction& transaction, const Edit& request,
                                             const std::string& batch_id) {
  const std::vector<EntryId> ids = ids_of(request.rows);
  CO_TRY(const std::vector<Rows> read,
         co_await transaction.run(together(read_rows(ids), entries_of_batch(batch_id))));
  std::map<EntryId, Entry> there;
  for (Entry& entry : read_entries(read[0])) there.emplace(entry.id, std::move(entry));
  EditOutcome outcome;
  outcome.written.replayed = true;
  outcome.written.batch_id = batch_id;
  for (const EntryId id : ids) {
    if (const auto row = there.find(id); row != there.end()) {
      outcome.written.entries.push_back(row->second);
    }
  }
  for (Entry& entry : read_entries(read[1])) {
    if (!there.contains(entry.id)) outcome.written.entries.push_back(std::move(entry));
  }
  co_return std::move(outcome);
}

/// What `request` makes of the rows that it read, or the rows where somebody was quicker.
Result<std::vector<IdentifiedCells>> changed_rows(Editing& editing, const Edit& request,
                                                  const Who& who,
                                                  std::vector<RowConflict>& conflicts) {
  for (const RowEdit& edit : request.rows) {
    RowConflict conflict = apply_edit(editing.after.at(edit.id), edit);
    if (conflict.cells.empty()) continue;
    conflict.current = editing.before.at(edit.id).entry;
    conflicts.push_back(std::move(conflict));
  }
  std::vector<IdentifiedCells> changed;
  if (!conflicts.empty()) return changed;
  for (const auto& [id, row] : editing.after) {
    if (row.entry.cells == editing.before.at(id).entry.cells) continue;
    CHECK_OK(may_write(who, row.entry.cells));
    changed.push_back({id, row.entry.cells});
  }
  return changed;
}

Awaitable<Result<EditOutcome>> edit_once(Transaction& transaction, const Edit& request,
                                         const Who& who) {
  EditOutcome outcome;
  const std::string batch_id = new_batch_id();
  CO_TRY(const std::optional<std::string> known,
         co_await claim_key(transaction, request.once, who, batch_id));
  if (known) co_return co_await replayed_edit(transaction, request, *known);
  const std::vector<EntryId> ids = ids_of(request.rows);
  CO_TRY(const std::vector<Rows> read,
         co_await transaction.run(together(lock_rows(ids), read_rows(ids))));
  CO_TRY(Editing editing, read_for_edit(read[1], request.rows, who));
  CO_TRY(std::vector<IdentifiedCells> changed,
         changed_rows(editing, request, who, outcome.conflicts));
  if (!outcome.conflicts.empty()) {
    CO_CHECK_OK(co_await name_the_others(transaction, outcome.conflicts, editing.before));
    if (!request.once.key.empty()) {
      CO_TRY(const std::vector<Rows> gone,
             co_await transaction.run(together(forget_key(request.once, who))));
    }
    co_return std::move(outcome);
  }
  std::map<EntryId, Entry> now;
  for (auto& [id, row] : editing.before) now.emplace(id, std::move(row.entry));
  std::vector<Entry> added;
  if (!changed.empty() || !request.added.empty()) {
    outcome.written.batch_id = batch_id;
    CO_CHECK_OK(co_await write_rows(transaction, who,
                                    {.added = request.added, .updated = std::move(changed)},
                                    outcome.written));
    for (Entry& entry : outcome.written.entries) {
      if (!now.contains(entry.id)) added.push_back(entry);
      now.insert_or_assign(entry.id, entry);
    }
  }
  outcome.written.entries.clear();
  for (const EntryId id : ids) outcome.written.entries.push_back(now.at(id));
  std::ranges::move(added, std::back_inserter(outcome.written.entries));
  co_return std::move(outcome);
}

constexpr std::string_view held_prefix = "held:";

/// The key that asked for it, if there is one, then stands for what is held.
Statement hold_rows(const std::vector<Entry>& entries, const Who& who, const Once& once,
                    std::int64_t rows) {
  boost::json::array ops;
  for (const Entry& entry : entries) {
    ops.push_back(to_json(Op{OpKind::remove, {entry.id, {}}, {}, {}, {}, entry.cells, {}, {}}));
  }
  return {
      "WITH held AS (INSERT INTO held_batch (reason, author, ops) "
      "VALUES ($1, $2, $3::jsonb) RETURNING id), named AS (UPDATE idempotency_key "
      "SET batch_id = $5 || held.id FROM held WHERE scope = $2 AND key = $4) SELECT id FROM held",
      {parameter(fmt::format("{} of {} rows would be deleted at once", entries.size(), rows)),
       parameter(who.name), json_parameter(ops), parameter(once.key), parameter(held_prefix)}};
}

Awaitable<Result<RemoveOutcome>> replayed_removal(Transaction& transaction,
                                                  const std::string& became) {
  RemoveOutcome outcome;
  if (became.starts_with(held_prefix)) {
    const std::string_view number = std::string_view(became).substr(held_prefix.size());
    std::from_chars(number.data(), number.data() + number.size(), outcome.held_id);
    co_return std::move(outcome);
  }
  CO_TRY(outcome.written, co_await replay(transaction, became));
  co_return std::move(outcome);
}

Awaitable<Result<RemoveOutcome>> remove_once(Transaction& transaction,
                                             const std::vector<EntryId>& ids, const Who& who,
                                             const Once& once) {
  const std::string batch_id = new_batch_id();
  CO_TRY(const std::optional<std::string> known,
         co_await claim_key(transaction, once, who, batch_id));
  if (known) co_return co_await replayed_removal(transaction, *known);
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
    CO_TRY(
        const std::vector<Rows> held,
        co_await transaction.commit(together(hold_rows(outcome.written.entries, who, once, all))));
    outcome.held_id = held[0].number(0, 0);
    co_return std::move(outcome);
  }
  std::vector<Entry> gone = std::move(outcome.written.entries);
  outcome.written.batch_id = batch_id;
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

Store::Async<EditOutcome> Store::edit(std::vector<RowEdit> rows, Who who, Once once,
                                      std::vector<Cells> added) {
  const Edit request{std::move(rows), std::move(added), std::move(once)};
  CO_CHECK_OK(check_count(request.rows.size() + request.added.size()));
  for (const Cells& row : request.added) CO_CHECK_OK(may_write(who, row));
  co_return co_await pool_->transact<EditOutcome>(
      Mode::write, [&](Transaction& transaction) { return edit_once(transaction, request, who); });
}

Store::Async<RemoveOutcome> Store::remove(std::vector<EntryId> ids, Who who, Once once) {
  CO_CHECK_OK(check_count(ids.size()));
  const std::vector<EntryId> unique = without_repeats(std::move(ids));
  co_return co_await pool_->transact<RemoveOutcome>(Mode::write, [&](Transaction& transaction) {
    return remove_once(transaction, unique, who, once);
  });
}

}  // namespace tracker::store

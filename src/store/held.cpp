#include "store/held.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "store/entry_steps.hpp"
#include "store/push_writes.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

namespace json = boost::json;

constexpr std::size_t reason_length_max = 500;

const std::string select_held =
    "SELECT h.id, h.reason, h.author, h.at AT TIME ZONE 'UTC', h.store_id, h.push_number, h.ops "
    "FROM held_batch h WHERE h.state = 'held' ";

/// The newest batches; those behind $1 changes are listed once the newer ones are decided.
const std::string list_held =
    select_held +
    "AND (SELECT coalesce(sum(jsonb_array_length(n.ops)), 0) FROM held_batch n WHERE n.state = "
    "'held' AND n.id > h.id) < $1::bigint ORDER BY h.id DESC LIMIT 100";

Result<std::vector<Op>> read_ops(const Rows& rows, int row, int column) {
  TRY(merge::Held held, sync::parse_held(json::object{{"ops", rows.json(row, column)}}));
  return std::move(held.ops);
}

Result<HeldBatch> read_held(const Rows& rows, int row) {
  HeldBatch batch;
  batch.id = rows.number(row, 0);
  batch.reason = rows.string(row, 1);
  batch.author = rows.string(row, 2);
  batch.at = rows.time(row, 3);
  batch.from_workbook = !rows.text(row, 4).empty();
  batch.version = rows.number(row, 5);
  TRY(batch.ops, read_ops(rows, row, 6));
  return batch;
}

/// The ids of rows that ops name by the workbook's own names.
Statement read_uids(std::span<const Op> ops) {
  std::vector<std::string> uids;
  for (const Op& op : ops) {
    if (op.row.id == 0) uids.push_back(op.row.uid);
  }
  return {"SELECT uid, entry_id FROM entry_uid WHERE uid = ANY($1::text[])",
          {array_parameter(uids)}};
}

void name_by_id(std::vector<Op>& ops, const Rows& uids) {
  std::map<std::string, EntryId> ids;
  for (int row = 0; row < uids.size(); ++row) {
    ids.emplace(uids.string(row, 0), uids.number(row, 1));
  }
  for (Op& op : ops) {
    const auto known = op.row.id == 0 ? ids.find(op.row.uid) : ids.end();
    if (known != ids.end()) op.row = {known->second, {}};
  }
}

std::vector<EntryId> ids_in(std::span<const Op> ops) {
  std::set<EntryId> ids;
  for (const Op& op : ops) {
    if (op.row.id > 0) ids.insert(op.row.id);
  }
  return {ids.begin(), ids.end()};
}

/// Texts of the workbook that did not get through, each to be put back from sync_log.
struct Refused {
  std::vector<Op> edits;
  std::string status;   ///< 'open' stands in the list of conflicts; others are kept only
  std::string message;  ///< for sync_log
  std::string author;   ///< who typed them
  std::string winner;   ///< who decided
};

Statement keep_refused(const Refused& refused) {
  std::vector<std::int64_t> ids;
  std::vector<std::string> snapshots;
  for (const Op& op : refused.edits) {
    if (op.kind != OpKind::edit || op.row.id == 0) continue;
    ids.push_back(op.row.id);
    snapshots.push_back(json::serialize(json::object{{"entry_id", op.row.id},
                                                     {"field", spec(op.field).column_name},
                                                     {"winning", op.before},
                                                     {"losing", op.after},
                                                     {"row_deleted", false},
                                                     {"losing_origin", "excel"},
                                                     {"losing_author", refused.author},
                                                     {"winning_origin", "web"},
                                                     {"winning_author", refused.winner}}));
  }
  return {
      "INSERT INTO sync_log (sync_type, action, status, error_message, railway_record_id, "
      "data_snapshot, created_at) SELECT 'conflict', 'edit', $3, $4, x.i, x.d::jsonb || "
      "jsonb_build_object('losing_at', now()), now() AT TIME ZONE 'UTC' "
      "FROM unnest($1::bigint[], $2::text[]) AS x (i, d)",
      {array_parameter(ids), array_parameter(snapshots), parameter(refused.status),
       parameter(refused.message)}};
}

Statement log_decision(const HeldBatch& batch, std::string_view action, const Who& who) {
  const json::value snapshot = json::object{{"held", batch.id},
                                            {"reason", batch.reason},
                                            {"by", who.name},
                                            {"changes", batch.ops.size()}};
  return {
      "INSERT INTO sync_log (sync_type, action, status, data_snapshot, created_at) VALUES "
      "('held', $1, 'success', $2::jsonb, now() AT TIME ZONE 'UTC')",
      {parameter(action), json_parameter(snapshot)}};
}

/// No row = somebody decided already, or the workbook holds something else by now.
Statement decide_held(const HeldBatch& batch, std::string_view state, const Who& who) {
  return {
      "UPDATE held_batch SET state = $2, decided_by = $3, decided_at = now() WHERE id = $1 AND "
      "state = 'held' AND push_number = $4 RETURNING id",
      {parameter(batch.id), parameter(state), parameter(who.name), parameter(batch.version)}};
}

Statement tell_decided() { return {"SELECT pg_notify('tracker_link', 'held')", {}}; }

std::unexpected<Error> no_such_held() {
  return fail(ErrorCode::not_found, "nothing of this number is held", "reload the list");
}

std::unexpected<Error> other_by_now() {
  return fail(ErrorCode::conflict, "what is held has changed since you looked at it",
              "look at it again, then decide");
}

/// A held batch, decided and its rows locked.
struct Decided {
  HeldBatch batch;
  std::vector<merge::CloudRow> rows;
};

Awaitable<Result<Decided>> decide(Transaction& transaction, std::int64_t id,
                                  std::optional<std::int64_t> version, std::string_view state,
                                  const Who& who) {
  CO_TRY(const std::vector<Rows> found, co_await transaction.run(together(Statement{
                                            select_held + "AND h.id = $1", {parameter(id)}})));
  if (found[0].empty()) co_return no_such_held();
  Decided out;
  CO_TRY(out.batch, read_held(found[0], 0));
  if (version && *version != out.batch.version) co_return other_by_now();
  CO_TRY(const std::vector<Rows> uids,
         co_await transaction.run(together(read_uids(out.batch.ops))));
  name_by_id(out.batch.ops, uids[0]);
  const std::vector<EntryId> ids = ids_in(out.batch.ops);
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.run(together(lock_rows(ids), read_cloud_rows(ids),
                                           read_removed_cloud_rows(ids),
                                           decide_held(out.batch, state, who))));
  if (rows[3].empty()) co_return other_by_now();
  append_cloud_rows(rows[1], out.rows);
  append_removed_cloud_rows(rows[2], out.rows);
  co_return std::move(out);
}

/// `before` of each edit becomes what the cell shows instead of the held text.
void show_winners(std::vector<Op>& edits, const std::vector<merge::CloudRow>& rows) {
  std::map<EntryId, const Cells*> cells;
  for (const merge::CloudRow& row : rows) cells.emplace(row.id, &row.cells);
  for (Op& op : edits) {
    const auto row = cells.find(op.row.id);
    if (row != cells.end()) op.before = at(*row->second, op.field);
  }
}

Awaitable<Result<HeldOutcome>> approve_once(Transaction& transaction, std::int64_t id,
                                            std::optional<std::int64_t> version, const Who& who) {
  CO_TRY(Decided decided, co_await decide(transaction, id, version, "approved", who));
  merge::Settled settled = merge::settle(decided.batch.ops, decided.rows, {});
  const std::string& author = decided.batch.author;
  HeldOutcome outcome;
  outcome.left_alone = std::move(settled.left_alone);
  Refused refused{outcome.left_alone, "open",
                  "the cell had changed before the held value was approved", author, who.name};
  show_winners(refused.edits, decided.rows);
  RowWrites writes;
  writes.origin = decided.batch.from_workbook ? Origin::excel : Origin::web;
  for (auto& [row, cells] : settled.updated) writes.updated.push_back({row, std::move(cells)});
  writes.removed = std::move(settled.removed);
  writes.beside =
      together(keep_refused(refused), log_decision(decided.batch, "approve", who), tell_decided());
  if (writes.empty()) {
    CO_CHECK_OK(co_await transaction.commit(std::move(writes.beside)));
    co_return std::move(outcome);
  }
  const Who both{author == who.name ? author : fmt::format("{} (approved by {})", author, who.name),
                 {}};
  CO_CHECK_OK(co_await write_rows(transaction, both, std::move(writes), outcome.written));
  co_return std::move(outcome);
}

Awaitable<Result<HeldOutcome>> reject_once(Transaction& transaction, std::int64_t id,
                                           std::optional<std::int64_t> version, const Who& who) {
  CO_TRY(Decided decided, co_await decide(transaction, id, version, "rejected", who));
  Refused refused{decided.batch.ops, "rejected", "a producer rejected the held value",
                  decided.batch.author, who.name};
  show_winners(refused.edits, decided.rows);
  CO_CHECK_OK(co_await transaction.commit(
      together(keep_refused(refused), log_decision(decided.batch, "reject", who), tell_decided())));
  co_return HeldOutcome{};
}

}  // namespace

Statement read_held_of(const sync::Push& push) {
  return {"SELECT ops FROM held_batch WHERE store_id = $1 AND state = 'held' FOR UPDATE",
          {parameter(push.store)}};
}

merge::Held held_before(const Rows& rows) {
  merge::Held held;
  if (rows.empty()) return held;
  if (auto ops = read_ops(rows, 0, 0)) held.ops = std::move(*ops);
  return held;
}

std::vector<Statement> hold(const sync::Push& push, const merge::Held& before) {
  const std::string author = author_of(push);
  std::vector<Statement> out = together(
      keep_refused({merge::given_up(before, *push.held), "superseded",
                    "the workbook changed the cell again before anybody decided", author, author}));
  if (push.held->empty()) {
    out.push_back(
        {"UPDATE held_batch SET state = 'withdrawn', decided_by = $2, decided_at = now() "
         "WHERE store_id = $1 AND state = 'held'",
         {parameter(push.store), parameter(author)}});
    return out;
  }
  json::array ops;
  for (const Op& op : push.held->ops) ops.push_back(to_json(op));
  out.push_back(
      {"INSERT INTO held_batch (store_id, incarnation, push_number, reason, author, ops) "
       "VALUES ($1, $2, $3, $4, $5, $6::jsonb) ON CONFLICT (store_id) "
       "WHERE state = 'held' AND store_id <> '' DO UPDATE SET incarnation = EXCLUDED.incarnation, "
       "push_number = EXCLUDED.push_number, reason = EXCLUDED.reason, author = EXCLUDED.author, "
       "ops = EXCLUDED.ops, at = now()",
       {parameter(push.store), parameter(push.incarnation), parameter(push.number),
        parameter(push.held->reason.substr(0, reason_length_max)), parameter(author),
        json_parameter(ops)}});
  return out;
}

Store::Async<std::vector<HeldBatch>> Store::held() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{list_held, {parameter(static_cast<std::int64_t>(sync::held_ops_max))}})));
  std::vector<HeldBatch> batches;
  std::vector<Op> all;
  for (int row = 0; row < rows[0].size(); ++row) {
    CO_TRY(HeldBatch batch, read_held(rows[0], row));
    all.insert(all.end(), batch.ops.begin(), batch.ops.end());
    batches.push_back(std::move(batch));
  }
  if (batches.empty()) co_return std::move(batches);
  CO_TRY(const std::vector<Rows> uids, co_await pool_->run(together(read_uids(all))));
  name_by_id(all, uids[0]);
  CO_TRY(const std::vector<Rows> found, co_await pool_->run(together(read_rows(ids_in(all)))));
  const std::vector<Entry> entries = read_entries(found[0]);
  for (HeldBatch& batch : batches) {
    name_by_id(batch.ops, uids[0]);
    for (const EntryId id : ids_in(batch.ops)) {
      const auto entry = std::ranges::lower_bound(entries, id, {}, &Entry::id);
      if (entry != entries.end() && entry->id == id) batch.entries.push_back(*entry);
    }
  }
  co_return std::move(batches);
}

Store::Async<HeldOutcome> Store::approve(std::int64_t held_id, Who who,
                                         std::optional<std::int64_t> version) {
  co_return co_await pool_->transact<HeldOutcome>(Mode::write, [&](Transaction& transaction) {
    return approve_once(transaction, held_id, version, who);
  });
}

Store::Async<HeldOutcome> Store::decide(sync::Decide message) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(
             together(Statement{"SELECT id FROM held_batch WHERE store_id = $1 AND state = 'held'",
                                {parameter(message.store)}})));
  if (rows[0].empty()) co_return no_such_held();
  const Who studio{"the studio's local server", {}};
  const std::int64_t id = rows[0].number(0, 0);
  if (message.approve) co_return co_await approve(id, studio, message.number);
  co_return co_await reject(id, studio, message.number);
}

Store::Async<HeldOutcome> Store::reject(std::int64_t held_id, Who who,
                                        std::optional<std::int64_t> version) {
  co_return co_await pool_->transact<HeldOutcome>(Mode::write, [&](Transaction& transaction) {
    return reject_once(transaction, held_id, version, who);
  });
}

}  // namespace tracker::store

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "merge/decide.hpp"
#include "store/duplicates.hpp"
#include "store/held.hpp"
#include "store/pool.hpp"
#include "store/push_writes.hpp"
#include "store/row_codec.hpp"
#include "store/row_writes.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

std::vector<const Op*> inserts_of(const sync::Push& push) {
  std::vector<const Op*> inserts;
  for (const Op& op : push.ops) {
    if (op.kind == OpKind::insert) inserts.push_back(&op);
  }
  return inserts;
}

/// The lease first, then the store's own row: every message takes them in this order.
std::vector<Statement> look_up(const sync::Push& push) {
  std::vector<std::string> uids;
  for (const Op& op : push.ops) {
    if (!op.row.uid.empty()) uids.push_back(op.row.uid);
  }
  std::vector<Statement> statements = together(
      Statement{"SELECT set_config('statement_timeout', '15000', true)", {}},
      Statement{"SELECT store_id, epoch FROM link_lease FOR SHARE", {}},
      Statement{"SELECT incarnation, applied_n FROM local_store WHERE store_id = $1 FOR UPDATE",
                {parameter(push.store)}},
      Statement{"SELECT hash FROM push_result WHERE store_id = $1 AND incarnation = $2 AND n = $3",
                {parameter(push.store), parameter(push.incarnation), parameter(push.number)}},
      Statement{"SELECT uid, entry_id FROM entry_uid WHERE uid = ANY($1::text[])",
                {array_parameter(uids)}});
  const std::vector<const Op*> inserts = inserts_of(push);
  if (!inserts.empty()) statements.push_back(find_twins(inserts, push.based_on));
  return statements;
}

/// What to answer without touching a row; nothing = this push is next.
std::optional<sync::PushAnswer> answer_at_once(const std::vector<Rows>& rows,
                                               const sync::Push& push) {
  const Rows& lease = rows[1];
  const Rows& store = rows[2];
  sync::PushAnswer answer{push.number, sync::PushOutcome::fenced, 0};
  if (store.empty() || lease.text(0, 0) != push.store || lease.number(0, 1) != push.epoch ||
      store.number(0, 0) != push.incarnation) {
    return answer;
  }
  answer.applied_number = store.number(0, 1);
  if (push.number > answer.applied_number + 1) {
    answer.outcome = sync::PushOutcome::gap;
    return answer;
  }
  if (push.number <= answer.applied_number) {
    // Its result may have been tidied away after 90 days: then it is taken as known.
    const bool same = rows[3].empty() || rows[3].text(0, 0) == sync::hash_of(push);
    answer.outcome = same ? sync::PushOutcome::known : sync::PushOutcome::mismatch;
    return answer;
  }
  return std::nullopt;
}

merge::DecideInput named_rows(const std::vector<Rows>& rows, const sync::Push& push,
                              std::set<EntryId>& ids) {
  merge::DecideInput input;
  input.based_on = push.based_on;
  input.ops = push.ops;
  for (int row = 0; row < rows[4].size(); ++row) {
    input.ids_by_uid.emplace(rows[4].string(row, 0), rows[4].number(row, 1));
    ids.insert(rows[4].number(row, 1));
  }
  for (const Op& op : push.ops) {
    if (op.row.id > 0) ids.insert(op.row.id);
  }
  if (rows.size() > 5) {
    for (int row = 0; row < rows[5].size(); ++row) ids.insert(rows[5].number(row, 0));
  }
  return input;
}

Awaitable<Result<sync::PushAnswer>> push_once(Transaction& transaction, const sync::Push& push) {
  CO_TRY(const std::vector<Rows> known, co_await transaction.run(look_up(push)));
  if (const auto answer = answer_at_once(known, push)) co_return *answer;

  std::set<EntryId> named;
  merge::DecideInput input = named_rows(known, push, named);
  const std::vector<EntryId> ids(named.begin(), named.end());
  const auto inserts = static_cast<std::int64_t>(inserts_of(push).size());
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.run(
             together(lock_rows(ids), read_cloud_rows(ids), read_removed_cloud_rows(ids),
                      Statement{"SELECT nextval('production_summary_id_seq') FROM "
                                "generate_series(1, $1::bigint)",
                                {parameter(inserts)}},
                      read_held_of(push))));
  append_cloud_rows(rows[1], input.rows);
  append_removed_cloud_rows(rows[2], input.rows);
  merge::Decision decision = merge::decide(input);
  int next = 0;
  for (merge::RowWrite& write : decision.writes) {
    if (write.id == 0) write.id = rows[3].number(next++, 0);
  }
  std::vector<Statement> writes = writes_of(push, decision);
  for (Statement& statement : remember_twins(push)) writes.push_back(std::move(statement));
  if (push.held) {
    std::vector<Statement> holds = hold(push, held_before(rows[4]));
    writes.insert(writes.begin(), std::make_move_iterator(holds.begin()),
                  std::make_move_iterator(holds.end()));
  }
  CO_CHECK_OK(co_await transaction.commit(std::move(writes)));
  co_return sync::PushAnswer{push.number, sync::PushOutcome::applied, push.number};
}

}  // namespace

Store::Async<sync::PushAnswer> Store::push(sync::Push message) {
  CO_CHECK_OK(co_await pool_->run(
      together(Statement{"UPDATE link_lease SET seen_at = now() WHERE store_id = $1 AND "
                         "seen_at < now() - interval '10 seconds'",
                         {parameter(message.store)}})));
  co_return co_await pool_->transact<sync::PushAnswer>(
      Mode::write, [&](Transaction& transaction) { return push_once(transaction, message); });
}

}  // namespace tracker::store

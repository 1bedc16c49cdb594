#include <boost/json.hpp>

#include "store/pool.hpp"
#include "store/row_codec.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

/// A store that was silent for longer may be replaced by another one.
constexpr std::string_view lease_time = "60 seconds";

Statement link_changed() { return {"SELECT pg_notify('tracker_link', 'link')", {}}; }

/// At most one write in 10 s: a message must not cost a commit of its own.
Statement keep_lease(const std::string& store) {
  return {
      "UPDATE link_lease SET seen_at = now() WHERE store_id = $1 AND "
      "seen_at < now() - interval '10 seconds'",
      {parameter(store)}};
}

struct Known {
  std::string holder;
  std::int64_t epoch = 0;
  bool alive = false;
  bool registered = false;
  std::int64_t incarnation = 0;
  std::int64_t applied_number = 0;
  ChangeNumber head = 0;
  std::string chain_at_cursor;
  std::string applied_hash;
};

Awaitable<Result<Known>> look_up(Transaction& transaction, const sync::Hello& message) {
  CO_TRY(
      const std::vector<Rows> rows,
      co_await transaction.run(together(
          Statement{"SELECT store_id, epoch, seen_at > now() - $1::interval FROM link_lease "
                    "FOR UPDATE",
                    {parameter(lease_time)}},
          Statement{"SELECT incarnation, applied_n FROM local_store WHERE store_id = $1 "
                    "FOR UPDATE",
                    {parameter(message.store)}},
          Statement{"SELECT seq FROM feed_head", {}},
          Statement{"SELECT encode(chain, 'hex') FROM entry_change WHERE seq = $1",
                    {parameter(message.cursor)}},
          Statement{"SELECT hash FROM push_result JOIN local_store USING (store_id, incarnation) "
                    "WHERE store_id = $1 AND n = applied_n",
                    {parameter(message.store)}})));
  Known known;
  known.holder = rows[0].string(0, 0);
  known.epoch = rows[0].number(0, 1);
  known.alive = rows[0].flag(0, 2);
  known.registered = !rows[1].empty();
  if (known.registered) {
    known.incarnation = rows[1].number(0, 0);
    known.applied_number = rows[1].number(0, 1);
  }
  known.head = rows[2].number(0, 0);
  if (!rows[3].empty()) known.chain_at_cursor = rows[3].string(0, 0);
  if (!rows[4].empty()) known.applied_hash = rows[4].string(0, 0);
  co_return std::move(known);
}

sync::HelloOutcome judge(const Known& known, const sync::Hello& message, bool take_over) {
  using sync::HelloOutcome;
  if (message.protocol != sync::protocol_version) return HelloOutcome::too_old;
  const bool held = !known.holder.empty() && known.holder != message.store && known.alive;
  if (held && !take_over) return HelloOutcome::leased;
  if (known.registered && message.incarnation < known.incarnation) return HelloOutcome::rewound;
  if (known.registered && message.incarnation == known.incarnation &&
      message.last_number < known.applied_number) {
    return HelloOutcome::rewound;
  }
  if (message.cursor > 0 && known.chain_at_cursor != message.chain) return HelloOutcome::diverged;
  return HelloOutcome::ok;
}

Awaitable<Result<sync::HelloAnswer>> hello_once(Transaction& transaction,
                                                const sync::Hello& message, bool take_over) {
  CO_TRY(const Known known, co_await look_up(transaction, message));
  sync::HelloAnswer answer;
  answer.outcome = judge(known, message, take_over || message.peek);
  answer.applied_number = known.applied_number;
  answer.applied_hash = known.applied_hash;
  answer.head = known.head;
  if (answer.outcome == sync::HelloOutcome::leased) answer.held_by = known.holder;
  if (answer.outcome != sync::HelloOutcome::ok) co_return std::move(answer);
  answer.epoch = known.epoch + 1;
  // A new incarnation counts its pushes from 1 again.
  if (!known.registered || message.incarnation > known.incarnation) {
    answer.applied_number = 0;
    answer.applied_hash.clear();
  }
  if (message.peek) co_return std::move(answer);
  CO_CHECK_OK(co_await transaction.commit(together(
      Statement{"UPDATE link_lease SET store_id = $1, epoch = $2, seen_at = now()",
                {parameter(message.store), parameter(answer.epoch)}},
      Statement{"INSERT INTO local_store (store_id, incarnation, applied_n) VALUES ($1, $2, $3) "
                "ON CONFLICT (store_id) DO UPDATE SET incarnation = EXCLUDED.incarnation, "
                "applied_n = EXCLUDED.applied_n",
                {parameter(message.store), parameter(message.incarnation),
                 parameter(answer.applied_number)}},
      Statement{"SELECT setval('production_summary_id_seq', $1) FROM production_summary_id_seq "
                "WHERE last_value < $1 AND $1 < 2147483647",
                {parameter(message.highest_id)}},
      link_changed())));
  co_return std::move(answer);
}

Statement pulled_rows(const sync::Pull& message) {
  if (message.snapshot) return {select_entries + "ORDER BY p.id", {}};
  return {
      select_changes + "WHERE c.seq > $1::bigint ORDER BY c.seq LIMIT $2::bigint",
      {parameter(message.after), parameter(static_cast<std::int64_t>(sync::changes_in_pull_max))}};
}

Awaitable<Result<sync::PullAnswer>> pull_once(Transaction& transaction, const sync::Pull& message) {
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.commit(
             together(Statement{"SELECT set_config('statement_timeout', '15000', true)", {}},
                      Statement{"SELECT seq, encode(chain, 'hex') FROM feed_head", {}},
                      Statement{"SELECT s.applied_n, (SELECT coalesce(max(h.push_number), 0) FROM "
                                "held_batch h WHERE h.store_id = s.store_id AND h.incarnation = "
                                "s.incarnation AND h.state IN ('approved', 'rejected')) "
                                "FROM local_store s WHERE s.store_id = $1",
                                {parameter(message.store)}},
                      pulled_rows(message))));
  sync::PullAnswer answer;
  answer.after = message.after;
  answer.snapshot = message.snapshot;
  answer.head = rows[1].number(0, 0);
  answer.chain = rows[1].string(0, 1);
  if (!rows[2].empty()) {
    answer.applied_number = rows[2].number(0, 0);
    answer.decided_number = rows[2].number(0, 1);
  }
  if (message.snapshot) {
    answer.rows = read_entries(rows[3]);
  } else {
    CO_TRY(answer.changes, read_changes(rows[3]));
  }
  co_return std::move(answer);
}

Statement read_link_state() {
  return {
      "SELECT l.store_id, l.seen_at AT TIME ZONE 'UTC', "
      "greatest(s.pushed_at, s.acked_at) AT TIME ZONE 'UTC', s.applied_n, s.acked_seq, "
      "s.generation, s.report, s.reported_at AT TIME ZONE 'UTC', h.seq, "
      "(SELECT count(*) FROM (SELECT FROM entry_change c WHERE c.seq > s.acked_seq AND "
      "c.origin <> 'excel' LIMIT 100000) waiting), "
      "(SELECT count(*) FROM sync_log WHERE sync_type = 'conflict' AND status = 'open'), "
      "(SELECT count(*) FROM held_batch WHERE state = 'held'), "
      "(SELECT coalesce(max(number), 0) FROM media_picture), "
      "coalesce((s.unmatched->>'total')::bigint, 0), "
      "(SELECT coalesce(max(number), 0) FROM media_pin) "
      "FROM link_lease l CROSS JOIN feed_head h "
      "LEFT JOIN local_store s ON s.store_id = l.store_id",
      {}};
}

}  // namespace

Store::Async<sync::HelloAnswer> Store::hello(sync::Hello message, bool take_over) {
  co_return co_await pool_->transact<sync::HelloAnswer>(Mode::write, [&](Transaction& transaction) {
    return hello_once(transaction, message, take_over);
  });
}

Store::Async<sync::PullAnswer> Store::pull(sync::Pull message) {
  CO_CHECK_OK(co_await pool_->run(together(keep_lease(message.store))));
  co_return co_await pool_->transact<sync::PullAnswer>(
      Mode::snapshot, [&](Transaction& transaction) { return pull_once(transaction, message); });
}

Store::AsyncStatus Store::applied(sync::Applied message) {
  CO_CHECK_OK(co_await pool_->run(together(
      keep_lease(message.store),
      Statement{"UPDATE local_store SET acked_seq = greatest(acked_seq, $2), "
                "generation = greatest(generation, $3), acked_at = now() WHERE store_id = $1",
                {parameter(message.store), parameter(message.seq), parameter(message.generation)}},
      link_changed())));
  co_return Status{};
}

Store::AsyncStatus Store::report(sync::Report message) {
  const boost::json::value json = to_json(message);
  CO_CHECK_OK(co_await pool_->run(
      together(keep_lease(message.store),
               Statement{"UPDATE local_store SET report = $2::jsonb, reported_at = now() "
                         "WHERE store_id = $1",
                         {parameter(message.store), json_parameter(json)}},
               link_changed())));
  co_return Status{};
}

Store::AsyncStatus Store::heartbeat(std::string store) {
  CO_CHECK_OK(co_await pool_->run(together(keep_lease(store))));
  co_return Status{};
}

Store::Async<LinkState> Store::link_state() {
  CO_TRY(const std::vector<Rows> answers, co_await pool_->run(together(read_link_state())));
  const Rows& rows = answers[0];
  LinkState state;
  state.store = rows.string(0, 0);
  state.head = rows.number(0, 8);
  state.conflicts = rows.number(0, 10);
  state.held = rows.number(0, 11);
  state.pictures = rows.number(0, 12);
  state.unmatched = rows.number(0, 13);
  state.pins = rows.number(0, 14);
  if (state.store.empty()) co_return std::move(state);
  state.seen_at = rows.optional_time(0, 1);
  state.last_sync_at = rows.optional_time(0, 2);
  state.applied_number = rows.number(0, 3);
  state.acked_seq = rows.number(0, 4);
  state.generation = rows.number(0, 5);
  if (!rows.null(0, 6)) {
    if (auto report = sync::parse_report(rows.json(0, 6))) state.report = std::move(*report);
  }
  state.reported_at = rows.optional_time(0, 7);
  state.pending_to_workbook = rows.number(0, 9);
  co_return std::move(state);
}

}  // namespace tracker::store

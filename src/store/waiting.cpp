#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "store/entry_steps.hpp"
#include "store/pictures.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Columns of every loser query: id, snapshot, created_at, status, the row's cells now or last.
const std::string select_losers =
    "SELECT l.id, l.data_snapshot, l.created_at, l.status, "
    "CASE WHEN p.id IS NOT NULL THEN tracker_cells(p.animator, p.project_type, p.episode_title, "
    "p.scene, p.shot, p.week_yyyymmdd, p.status, p.notes) ELSE c.before END, p.id IS NULL "
    "FROM sync_log l LEFT JOIN production_summary p ON p.id = l.railway_record_id "
    "LEFT JOIN entry_state s ON s.entry_id = l.railway_record_id "
    "LEFT JOIN entry_change c ON c.seq = s.version AND s.removed "
    "WHERE l.sync_type = 'conflict' ";

Result<Loser> read_loser(const Rows& rows, int row) {
  const json::value snapshot = rows.json(row, 1);
  const json::object* object = snapshot.if_object();
  if (object == nullptr) return fail(ErrorCode::corrupt, "a conflict in sync_log has no snapshot");
  Loser loser;
  loser.id = rows.number(row, 0);
  const json::value* id = object->if_contains("entry_id");
  if (id != nullptr && id->is_int64()) loser.entry_id = id->get_int64();
  loser.field = field_by_column(text_of(*object, "field"));
  loser.winning = text_of(*object, "winning");
  loser.losing = text_of(*object, "losing");
  loser.losing_origin = origin_by_name(text_of(*object, "losing_origin")).value_or(Origin::web);
  loser.losing_author = text_of(*object, "losing_author");
  loser.losing_at = parse_rfc3339(text_of(*object, "losing_at")).value_or(Time());
  loser.winning_author = text_of(*object, "winning_author");
  loser.at = rows.time(row, 2);
  loser.restored = rows.text(row, 3) == "restored";
  const json::value cells = rows.json(row, 4);
  if (cells.is_object()) loser.row = cells_from(cells.get_object());
  loser.row_deleted = rows.flag(row, 5);
  return loser;
}

Statement mark_restored(std::int64_t id, const Who& who) {
  return {
      "UPDATE sync_log SET status = 'restored', data_snapshot = data_snapshot || "
      "jsonb_build_object('restored_by', $2::text, 'restored_at', now()) WHERE id = $1",
      {parameter(id), parameter(who.name)}};
}

Awaitable<Result<Written>> restore_loser_once(Transaction& transaction, std::int64_t id,
                                              const Who& who) {
  CO_TRY(const std::vector<Rows> found,
         co_await transaction.run(together(
             Statement{"SELECT id FROM sync_log WHERE id = $1 FOR UPDATE", {parameter(id)}},
             Statement{select_losers + "AND l.id = $1", {parameter(id)}})));
  if (found[1].empty()) co_return fail(ErrorCode::not_found, "there is no such conflict");
  CO_TRY(const Loser loser, read_loser(found[1], 0));
  if (loser.restored) {
    co_return fail(ErrorCode::conflict, "this value was put back already");
  }
  const std::vector<EntryId> ids{loser.entry_id};
  CO_TRY(const std::vector<Rows> read,
         co_await transaction.run(together(lock_rows(ids), read_rows(ids), read_removed(ids))));
  const bool there = !read[1].empty();
  const std::map<EntryId, Cells> removed = removed_cells(read[2]);
  if (!there && !removed.contains(loser.entry_id)) co_return no_such_entry(loser.entry_id);
  Cells cells = there ? read_entry(read[1], 0).cells : removed.at(loser.entry_id);
  CO_CHECK_OK(may_write(who, cells));
  if (loser.field) at(cells, *loser.field) = loser.losing;
  RowWrites writes;
  (there ? writes.updated : writes.restored).push_back({loser.entry_id, std::move(cells)});
  writes.beside.push_back(mark_restored(id, who));
  Written written;
  CO_CHECK_OK(co_await write_rows(transaction, who, std::move(writes), written));
  co_return std::move(written);
}

LogRow read_log_row(const Rows& rows, int row) {
  LogRow out;
  out.id = rows.number(row, 0);
  out.sync_type = rows.string(row, 1);
  out.action = rows.string(row, 2);
  out.status = rows.string(row, 3);
  out.error_message = rows.string(row, 4);
  out.local_record_id = rows.optional_number(row, 5);
  out.railway_record_id = rows.optional_number(row, 6);
  out.data_snapshot = rows.json(row, 7);
  out.created_at = rows.time(row, 8);
  return out;
}

Parameter optional_parameter(std::optional<std::int64_t> number) {
  return number ? parameter(*number) : Parameter();
}

Parameter page_size(std::size_t limit) {
  return parameter(static_cast<std::int64_t>(std::min(limit, rows_in_write_max)));
}

}  // namespace

Store::Async<std::vector<Loser>> Store::conflicts(std::int64_t before, std::size_t limit) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{
             select_losers + "AND l.status = 'open' AND ($1::bigint = 0 OR l.id < $1::bigint) "
                             "ORDER BY l.id DESC LIMIT $2::bigint",
             {parameter(before), page_size(limit)}})));
  std::vector<Loser> losers;
  for (int row = 0; row < rows[0].size(); ++row) {
    CO_TRY(Loser loser, read_loser(rows[0], row));
    losers.push_back(std::move(loser));
  }
  co_return std::move(losers);
}

Store::Async<Written> Store::restore_loser(std::int64_t id, Who who) {
  co_return co_await pool_->transact<Written>(Mode::write, [&](Transaction& transaction) {
    return restore_loser_once(transaction, id, who);
  });
}

Store::AsyncStatus Store::append_log(LogRow row) {
  CO_CHECK_OK(co_await pool_->run(together(Statement{
      "INSERT INTO sync_log (sync_type, action, status, error_message, local_record_id, "
      "railway_record_id, data_snapshot, created_at) VALUES (left($1, 50), left($2, 20), "
      "left($3, 20), nullif($4, ''), $5::int, $6::int, $7::jsonb, now() AT TIME ZONE 'UTC')",
      {parameter(row.sync_type), parameter(row.action), parameter(row.status),
       parameter(row.error_message), optional_parameter(row.local_record_id),
       optional_parameter(row.railway_record_id), json_parameter(row.data_snapshot)}})));
  co_return Status{};
}

Store::Async<std::vector<LogRow>> Store::log(std::int64_t before, std::size_t limit) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{
             "SELECT id, sync_type, action, status, error_message, local_record_id, "
             "railway_record_id, data_snapshot, created_at FROM sync_log WHERE $1::bigint = 0 OR "
             "id < $1::bigint ORDER BY id DESC LIMIT $2::bigint",
             {parameter(before), page_size(limit)}})));
  std::vector<LogRow> log;
  for (int row = 0; row < rows[0].size(); ++row) log.push_back(read_log_row(rows[0], row));
  co_return std::move(log);
}

Store::AsyncStatus Store::tidy() {
  CO_CHECK_OK(co_await pool_->run(together(
      Statement{"DELETE FROM sync_log WHERE sync_type <> 'conflict' AND "
                "created_at < now() AT TIME ZONE 'UTC' - interval '90 days'",
                {}},
      Statement{"DELETE FROM push_result WHERE at < now() - interval '90 days'", {}},
      Statement{"DELETE FROM idempotency_key WHERE at < now() - interval '2 days'", {}},
      Statement{"DELETE FROM app_session WHERE expires_at < now()", {}},
      Statement{"DELETE FROM sign_in_link WHERE expires_at < now() - interval '7 days'", {}},
      Statement{"DELETE FROM media_pin WHERE entry_id IS NULL AND at < now() - interval '90 days'",
                {}},
      drop_old_pictures())));
  co_return Status{};
}

}  // namespace tracker::store

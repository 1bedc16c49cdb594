#include "store/push_writes.hpp"

#include <boost/json.hpp>

#include "domain/told.hpp"
#include "store/row_codec.hpp"
#include "store/row_writes.hpp"

namespace tracker::store {
namespace {

namespace json = boost::json;

/// The cells of a production_summary row p, as the feed holds them.
constexpr std::string_view cells_of_p =
    "tracker_cells(p.animator, p.project_type, p.episode_title, p.scene, p.shot, p.week_yyyymmdd, "
    "p.status, p.notes)";

void append_row_writes(const merge::Decision& decision, std::vector<Statement>& out) {
  std::vector<IdentifiedCells> inserted;
  std::vector<IdentifiedCells> updated;
  std::vector<EntryId> removed;
  for (const merge::RowWrite& write : decision.writes) {
    if (!write.before && write.after) inserted.push_back({write.id, *write.after});
    if (write.before && write.after && *write.before != *write.after) {
      updated.push_back({write.id, *write.after});
    }
    if (write.before && !write.after) removed.push_back(write.id);
  }
  if (!inserted.empty()) out.push_back(insert_rows(inserted));
  if (!updated.empty()) out.push_back(update_rows(updated));
  if (!removed.empty()) out.push_back(delete_rows(removed));
}

/// The uid goes with a change of its row, so that the workbook learns the id through the feed.
void append_uids(const merge::Decision& decision, std::vector<Statement>& out) {
  std::vector<std::int64_t> ids;
  std::vector<std::string> uids;
  std::vector<std::int64_t> unchanged_ids;
  std::vector<std::string> unchanged_uids;
  for (const merge::RowWrite& write : decision.writes) {
    for (const std::string& uid : write.uids) {
      ids.push_back(write.id);
      uids.push_back(uid);
      if (write.before != write.after) continue;
      unchanged_ids.push_back(write.id);
      unchanged_uids.push_back(uid);
    }
  }
  if (ids.empty()) return;
  out.push_back(
      {"INSERT INTO entry_uid (uid, entry_id) SELECT u, i FROM "
       "unnest($1::bigint[], $2::text[]) AS x (i, u)",
       {array_parameter(ids), array_parameter(uids)}});
  out.push_back(
      {"UPDATE entry_draft d SET uid = x.u FROM unnest($1::bigint[], $2::text[]) "
       "AS x (i, u) WHERE d.entry_id = x.i AND d.transaction_id = pg_current_xact_id()",
       {array_parameter(ids), array_parameter(uids)}});
  if (unchanged_ids.empty()) return;
  out.push_back(
      {"INSERT INTO entry_draft (opens, entry_id, op, before, after, uid) SELECT "
       "row_number() OVER () = 1, p.id, 'edit', " +
           std::string(cells_of_p) + ", " + std::string(cells_of_p) +
           ", x.u FROM unnest($1::bigint[], $2::text[]) AS x (i, u) "
           "JOIN production_summary p ON p.id = x.i",
       {array_parameter(unchanged_ids), array_parameter(unchanged_uids)}});
}

/// After the cells: these drafts carry the row as it then is.
void append_measured(const merge::Decision& decision, std::vector<Statement>& out) {
  std::vector<std::int64_t> ids;
  std::vector<Parameter> measurements;
  std::vector<std::int64_t> extra_ids;
  std::vector<std::string> extras;
  for (const merge::RowWrite& write : decision.writes) {
    if (!write.after) continue;
    if (write.measured) {
      ids.push_back(write.id);
      measurements.push_back(write.measurement
                                 ? Parameter(json::serialize(to_json(*write.measurement)))
                                 : Parameter());
    }
    if (write.extra) {
      extra_ids.push_back(write.id);
      extras.push_back(json::serialize(to_json(*write.extra)));
    }
  }
  const std::string cells(cells_of_p);
  if (!extra_ids.empty()) {
    out.push_back(
        {"INSERT INTO entry_draft (opens, entry_id, op, before, after, extra) SELECT "
         "row_number() OVER () = 1, p.id, 'edit', " +
             cells + ", " + cells +
             ", x.e::jsonb FROM unnest($1::bigint[], $2::text[]) AS x (i, e) "
             "JOIN production_summary p ON p.id = x.i",
         {array_parameter(extra_ids), array_parameter(extras)}});
  }
  if (!ids.empty()) {
    out.push_back(
        {"INSERT INTO entry_draft (opens, entry_id, op, before, after, measurement, "
         "origin) SELECT row_number() OVER () = 1, p.id, 'media', " +
             cells + ", " + cells +
             ", x.m::jsonb, 'media' FROM unnest($1::bigint[], $2::text[]) AS x (i, m) "
             "JOIN production_summary p ON p.id = x.i",
         {array_parameter(ids), array_parameter(measurements)}});
  }
}

void append_losers(const sync::Push& push, const merge::Decision& decision,
                   std::vector<Statement>& out) {
  if (decision.losers.empty()) return;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> numbers;
  std::vector<std::string> snapshots;
  for (const merge::DecidedLoser& loser : decision.losers) {
    ids.push_back(loser.id);
    numbers.push_back(loser.losing_seq);
    snapshots.push_back(json::serialize(json::object{{"entry_id", loser.id},
                                                     {"field", spec(loser.field).column_name},
                                                     {"winning", loser.winning},
                                                     {"losing", loser.losing},
                                                     {"losing_seq", loser.losing_seq},
                                                     {"row_deleted", loser.row_removed},
                                                     {"winning_origin", "excel"},
                                                     {"winning_author", author_of(push)},
                                                     {"batch_id", push.batch_id},
                                                     {"push_number", push.number}}));
  }
  out.push_back(
      {"INSERT INTO sync_log (sync_type, action, status, error_message, railway_record_id, "
       "data_snapshot, created_at) SELECT 'conflict', "
       "CASE WHEN (x.d::jsonb->>'row_deleted')::boolean THEN 'delete' ELSE 'edit' END, 'open', "
       "'the workbook overwrote a value that it had not seen', x.i, x.d::jsonb || "
       "jsonb_build_object('losing_origin', coalesce(c.origin, 'excel'), 'losing_author', "
       "coalesce(c.author, $4), 'losing_at', coalesce(c.at, now())), now() AT TIME ZONE 'UTC' "
       "FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS x (i, n, d) "
       "LEFT JOIN entry_change c ON c.seq = x.n",
       {array_parameter(ids), array_parameter(numbers), array_parameter(snapshots),
        parameter(author_of(push))}});
}

/// So many changes of a push are told in its row of the log.
constexpr std::size_t logged_changes_max = 5;

/// The first things that a push changed, for people, and how many more there are.
class LoggedChanges {
 public:
  explicit LoggedChanges(const merge::Decision& decision) {
    for (const merge::RowWrite& write : decision.writes) add(write);
  }

  json::array changes;
  std::int64_t more = 0;

 private:
  void add(const merge::RowWrite& write) {
    const std::optional<Cells>& known = write.after ? write.after : write.before;
    if (!known) return;
    const std::string name = name_of_row(*known);
    if (!write.before || !write.after) {
      add(json::object{{"op", write.after ? "insert" : "delete"}, {"name", name}});
      return;
    }
    for (const Field field : all_fields) {
      const std::string& value = at(*write.after, field);
      if (value == at(*write.before, field)) continue;
      add(json::object{{"op", "edit"},
                       {"name", name},
                       {"field", spec(field).column_name},
                       {"value", beginning_of(value)}});
    }
    if (write.measured) add(json::object{{"op", "media"}, {"name", name}});
  }

  void add(json::object change) {
    if (changes.size() < logged_changes_max) {
      changes.push_back(std::move(change));
    } else {
      ++more;
    }
  }
};

/// One row for what the push did, one for each op that could not be applied.
void append_log(const sync::Push& push, const merge::Decision& decision,
                std::vector<Statement>& out) {
  const auto add = [&](std::string_view action, std::string_view status, Parameter problem,
                       EntryId id, const json::value& snapshot) {
    out.push_back(
        {"INSERT INTO sync_log (sync_type, action, status, error_message, railway_record_id, "
         "data_snapshot, created_at) VALUES ('excel_to_cloud', $1, $2, $3, nullif($4::bigint, 0), "
         "$5::jsonb, now() AT TIME ZONE 'UTC')",
         {parameter(action), parameter(status), std::move(problem), parameter(id),
          json_parameter(snapshot)}});
  };
  for (const merge::OpRefusal& refusal : decision.refusals) {
    add("refuse", "refused", parameter(refusal.reason), refusal.row.id,
        json::object{{"push_number", push.number}, {"op", to_json(push.ops[refusal.op])}});
  }
  if (decision.writes.empty()) return;
  LoggedChanges logged(decision);
  add("push", "success", std::nullopt, 0,
      json::object{{"push_number", push.number},
                   {"batch_id", push.batch_id},
                   {"author", author_of(push)},
                   {"rows", decision.writes.size()},
                   {"changes", std::move(logged.changes)},
                   {"more", logged.more},
                   {"conflicts", decision.losers.size()}});
}

}  // namespace

std::string author_of(const sync::Push& push) {
  return push.author.empty() ? std::string("Excel") : push.author;
}

Statement find_twins(const std::vector<const Op*>& inserts, ChangeNumber based_on) {
  Statement out{
      "SELECT c.entry_id FROM entry_change c JOIN production_summary p ON p.id = c.entry_id "
      "WHERE c.seq > $1::bigint AND c.op = 'insert' AND c.origin <> 'excel' AND "
      "(p.project_type, p.episode_title, p.scene, p.shot, p.animator, p.week_yyyymmdd) IN "
      "(SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], "
      "$7::text[]))",
      {parameter(based_on)}};
  for (const Field field : natural_key_fields) {
    std::vector<std::string> column;
    for (const Op* op : inserts) column.push_back(at(op->cells, field));
    out.parameters.push_back(array_parameter(column));
  }
  return out;
}

Statement read_cloud_rows(const std::vector<EntryId>& ids) {
  std::string select = select_entries;
  select.insert(select.find(" FROM "), ", s.inserted_seq, s.inserted_origin");
  return {select + "WHERE p.id = ANY($1::bigint[])", {array_parameter(ids)}};
}

void append_cloud_rows(const Rows& rows, std::vector<merge::CloudRow>& out) {
  for (int row = 0; row < rows.size(); ++row) {
    StoredRow stored = read_stored_row(rows, row);
    merge::CloudRow cloud;
    cloud.id = stored.entry.id;
    cloud.cells = std::move(stored.entry.cells);
    cloud.cell_seq = stored.cell_seq;
    cloud.inserted_seq = rows.number(row, added_column);
    cloud.inserted_by_workbook = rows.text(row, added_column + 1) == "excel";
    cloud.measurement = std::move(stored.entry.measurement);
    cloud.extra = std::move(stored.entry.extra);
    out.push_back(std::move(cloud));
  }
}

Statement read_removed_cloud_rows(const std::vector<EntryId>& ids) {
  return {
      "SELECT s.entry_id, c.before, s.cell_seq, s.inserted_seq, s.inserted_origin, "
      "s.measurement, s.extra FROM entry_state s JOIN entry_change c ON c.seq = s.version "
      "WHERE s.entry_id = ANY($1::bigint[]) AND s.removed",
      {array_parameter(ids)}};
}

void append_removed_cloud_rows(const Rows& rows, std::vector<merge::CloudRow>& out) {
  for (int row = 0; row < rows.size(); ++row) {
    merge::CloudRow cloud;
    cloud.id = rows.number(row, 0);
    cloud.removed = true;
    const json::value cells = rows.json(row, 1);
    if (cells.is_object()) cloud.cells = cells_from(cells.get_object());
    const std::vector<std::int64_t> numbers = rows.numbers(row, 2);
    for (std::size_t i = 0; i < field_count && i < numbers.size(); ++i) {
      cloud.cell_seq[i] = numbers[i];
    }
    cloud.inserted_seq = rows.number(row, 3);
    cloud.inserted_by_workbook = rows.text(row, 4) == "excel";
    cloud.measurement = read_measurement(rows, row, 5);
    if (!rows.null(row, 6)) cloud.extra = extra_from(rows.json(row, 6));
    out.push_back(std::move(cloud));
  }
}

std::vector<Statement> writes_of(const sync::Push& push, const merge::Decision& decision) {
  std::vector<Statement> out;
  out.push_back(acting_as(Origin::excel, author_of(push), push.batch_id, push.number));
  append_row_writes(decision, out);
  append_uids(decision, out);
  append_measured(decision, out);
  append_losers(push, decision, out);
  append_log(push, decision, out);
  out.push_back({"UPDATE local_store SET applied_n = $2, pushed_at = now() WHERE store_id = $1",
                 {parameter(push.store), parameter(push.number)}});
  out.push_back({"INSERT INTO push_result (store_id, incarnation, n, hash) VALUES ($1, $2, $3, $4)",
                 {parameter(push.store), parameter(push.incarnation), parameter(push.number),
                  parameter(sync::hash_of(push))}});
  out.push_back({"SELECT pg_notify('tracker_link', 'link')", {}});
  out.push_back(seal());
  return out;
}

}  // namespace tracker::store

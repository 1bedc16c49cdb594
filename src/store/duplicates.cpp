#include "store/duplicates.hpp"

#include <algorithm>

#include "store/entry_steps.hpp"
#include "store/row_codec.hpp"
#include "store/row_writes.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

/// Pairs of which both rows are there.
const std::string list_pairs =
    "SELECT d.entry_id, d.twin_id, d.at AT TIME ZONE 'UTC' FROM possible_duplicate d "
    "JOIN production_summary p ON p.id = d.entry_id JOIN production_summary t ON t.id = d.twin_id "
    "WHERE d.settled_by IS NULL ORDER BY d.at DESC, d.entry_id DESC LIMIT $1::bigint";

const Entry* entry_of(const std::vector<Entry>& entries, EntryId id) {
  const auto found = std::ranges::lower_bound(entries, id, {}, &Entry::id);
  return found == entries.end() || found->id != id ? nullptr : &*found;
}

}  // namespace

std::vector<Statement> remember_twins(const sync::Push& push) {
  std::vector<std::int64_t> ids;
  std::vector<std::string> uids;
  std::vector<std::int64_t> twin_ids;
  std::vector<std::string> twin_uids;
  for (const Op& op : push.ops) {
    if (op.twin == RowRef()) continue;
    ids.push_back(op.row.id);
    uids.push_back(op.row.uid);
    twin_ids.push_back(op.twin.id);
    twin_uids.push_back(op.twin.uid);
  }
  if (ids.empty()) return {};
  std::vector<Statement> out;
  out.push_back(
      {"INSERT INTO possible_duplicate (entry_id, twin_id) "
       "SELECT DISTINCT ON (r.id) r.id, t.id FROM ("
       "  SELECT coalesce(u.entry_id, nullif(x.id, 0)) AS id,"
       "         coalesce(w.entry_id, nullif(x.twin_id, 0)) AS twin_id"
       "  FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[])"
       "       AS x (id, uid, twin_id, twin_uid)"
       "  LEFT JOIN entry_uid u ON u.uid = x.uid LEFT JOIN entry_uid w ON w.uid = x.twin_uid) pair "
       "JOIN production_summary r ON r.id = pair.id "
       "JOIN production_summary t ON t.id = pair.twin_id "
       "WHERE r.id <> t.id ON CONFLICT DO NOTHING",
       {array_parameter(ids), array_parameter(uids), array_parameter(twin_ids),
        array_parameter(twin_uids)}});
  return out;
}

Store::Async<std::vector<PossibleDuplicate>> Store::duplicates(std::size_t limit) {
  CO_TRY(const std::vector<Rows> pairs,
         co_await pool_->run(
             together(Statement{list_pairs, {parameter(static_cast<std::int64_t>(limit))}})));
  std::vector<EntryId> ids;
  for (int row = 0; row < pairs[0].size(); ++row) {
    ids.push_back(pairs[0].number(row, 0));
    ids.push_back(pairs[0].number(row, 1));
  }
  CO_TRY(const std::vector<Rows> found, co_await pool_->run(together(read_rows(ids))));
  const std::vector<Entry> entries = read_entries(found[0]);
  std::vector<PossibleDuplicate> duplicates;
  for (int row = 0; row < pairs[0].size(); ++row) {
    const Entry* const newer = entry_of(entries, pairs[0].number(row, 0));
    const Entry* const twin = entry_of(entries, pairs[0].number(row, 1));
    if (newer == nullptr || twin == nullptr) continue;  // deleted between the two questions
    duplicates.push_back({*newer, *twin, pairs[0].time(row, 2)});
  }
  co_return std::move(duplicates);
}

Store::AsyncStatus Store::keep_both(EntryId newer, Who who) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{"UPDATE possible_duplicate SET settled_by = $2 WHERE entry_id = $1 AND "
                       "settled_by IS NULL RETURNING entry_id",
                       {parameter(newer), parameter(who.name)}})));
  if (rows[0].empty()) {
    co_return fail(ErrorCode::not_found, "this row is not listed as a possible duplicate",
                   "reload the list");
  }
  co_return Status();
}

}  // namespace tracker::store

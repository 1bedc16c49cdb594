#include "store/row_writes.hpp"

#include <sodium.h>

#include <array>

#include "core/digest.hpp"
#include "store/row_codec.hpp"

namespace tracker::store {
namespace {

/// One array parameter for each of the eight columns.
template <class Row, class CellsOf>
void append_columns(std::vector<Parameter>& parameters, const std::vector<Row>& rows,
                    CellsOf cells_of) {
  for (Field field : all_fields) {
    std::vector<std::string> column;
    column.reserve(rows.size());
    for (const Row& row : rows) column.push_back(at(cells_of(row), field));
    parameters.push_back(array_parameter(column));
  }
}

std::vector<Parameter> identified(const std::vector<IdentifiedCells>& rows) {
  std::vector<std::int64_t> ids;
  ids.reserve(rows.size());
  for (const IdentifiedCells& row : rows) ids.push_back(row.id);
  std::vector<Parameter> parameters{array_parameter(ids)};
  append_columns(parameters, rows, [](const IdentifiedCells& row) { return row.cells; });
  return parameters;
}

}  // namespace

Statement acting_as(Origin origin, std::string_view author, std::string_view batch_id,
                    std::int64_t push_number) {
  return {
      "SELECT set_config('tracker.origin', $1, true), set_config('tracker.author', $2, true), "
      "set_config('tracker.batch', $3, true), set_config('tracker.push', $4, true), "
      "set_config('statement_timeout', '15000', true)",  // many rows need time; locks do not
      {parameter(name_of(origin)), parameter(author), parameter(batch_id), parameter(push_number)}};
}

Statement seal() { return {"SET CONSTRAINTS tracker_seal IMMEDIATE", {}}; }

Statement lock_rows(const std::vector<EntryId>& ids) {
  return {"SELECT id FROM production_summary WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE",
          {array_parameter(ids)}};
}

Statement read_rows(const std::vector<EntryId>& ids) {
  return {select_entries + "WHERE p.id = ANY($1::bigint[]) ORDER BY p.id", {array_parameter(ids)}};
}

Statement insert_rows(const std::vector<Cells>& rows) {
  Statement out{
      "INSERT INTO production_summary (animator, project_type, episode_title, scene, shot, "
      "week_yyyymmdd, status, notes) SELECT a, b, c, d, e, f, g, nullif(h, '') FROM "
      "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
      "$8::text[]) WITH ORDINALITY AS u (a, b, c, d, e, f, g, h, i) ORDER BY i",
      {}};
  append_columns(out.parameters, rows, [](const Cells& row) { return row; });
  return out;
}

Statement insert_rows(const std::vector<IdentifiedCells>& rows) {
  return {
      "INSERT INTO production_summary (id, animator, project_type, episode_title, scene, shot, "
      "week_yyyymmdd, status, notes) SELECT i, a, b, c, d, e, f, g, nullif(h, '') FROM "
      "unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
      "$8::text[], $9::text[]) AS u (i, a, b, c, d, e, f, g, h)",
      identified(rows)};
}

Statement update_rows(const std::vector<IdentifiedCells>& rows) {
  return {
      "UPDATE production_summary p SET animator = a, project_type = b, episode_title = c, "
      "scene = d, shot = e, week_yyyymmdd = f, status = g, notes = nullif(h, '') FROM "
      "unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
      "$8::text[], $9::text[]) AS u (i, a, b, c, d, e, f, g, h) WHERE p.id = u.i",
      identified(rows)};
}

Statement delete_rows(const std::vector<EntryId>& ids) {
  return {"DELETE FROM production_summary WHERE id = ANY($1::bigint[])", {array_parameter(ids)}};
}

std::string new_batch_id() {
  std::array<char, 16> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  return hex(std::string_view(bytes.data(), bytes.size()));
}

Statement entries_of_batch(std::string_view batch_id) {
  // As an array, so that the rows are looked up one by one: what the planner guesses of a new
  // batch from the size of older ones would have it read the whole table.
  return {select_entries +
              "WHERE p.id = ANY(ARRAY(SELECT entry_id FROM entry_change WHERE batch_id = $1)) "
              "ORDER BY p.id",
          {parameter(batch_id)}};
}

Statement head_of_batch(std::string_view batch_id) {
  return {"SELECT max(seq) FROM entry_change WHERE batch_id = $1", {parameter(batch_id)}};
}

}  // namespace tracker::store

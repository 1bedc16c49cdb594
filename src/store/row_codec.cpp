#include "store/row_codec.hpp"

#include <boost/json.hpp>

namespace tracker::store {

namespace json = boost::json;

const std::string select_entries =
    "SELECT p.id, p.animator, p.project_type, p.episode_title, p.scene, p.shot, p.week_yyyymmdd, "
    "p.status, p.notes, p.created_at, p.updated_at, s.version, s.measurement, s.extra, s.cell_seq, "
    "m.thumbnail IS NOT NULL, m.strip IS NOT NULL, tracker_retake_at(p.id) "
    "FROM production_summary p LEFT JOIN entry_state s ON s.entry_id = p.id LEFT JOIN "
    "media_picture m ON m.source_digest = "
    "s.measurement->>'source_digest' ";

const std::string select_changes =
    // A row that comes back is known to the workbook under the uid that it had before.
    "SELECT c.seq, c.entry_id, c.op, c.before, c.after, c.measurement, CASE WHEN c.op = 'restore' "
    "THEN coalesce(c.uid, (SELECT i.uid FROM entry_change i WHERE i.entry_id = c.entry_id "
    "AND i.uid IS NOT NULL ORDER BY i.seq DESC LIMIT 1)) ELSE c.uid END, c.origin, c.author, "
    "c.batch_id, c.push_number, c.at AT TIME ZONE 'UTC', encode(c.chain, 'hex') "
    "FROM entry_change c ";

Cells read_cells(const Rows& rows, int row, int first_column) {
  Cells cells;
  for (Field field : all_fields) {
    at(cells, field) = rows.string(row, first_column + static_cast<int>(index(field)));
  }
  return cells;
}

std::optional<Measurement> read_measurement(const Rows& rows, int row, int column) {
  if (rows.null(row, column)) return std::nullopt;
  auto measurement = parse_measurement(rows.json(row, column));
  if (!measurement) return std::nullopt;
  return std::move(*measurement);
}

Entry read_entry(const Rows& rows, int row) {
  Entry entry;
  entry.id = rows.number(row, 0);
  entry.cells = read_cells(rows, row, 1);
  entry.created_at = rows.time(row, 9);
  entry.updated_at = rows.time(row, 10);
  entry.version = rows.number(row, 11);
  entry.measurement = read_measurement(rows, row, 12);
  if (!rows.null(row, 13)) entry.extra = extra_from(rows.json(row, 13));
  entry.has_thumbnail = rows.flag(row, 15);
  entry.has_strip = rows.flag(row, 16);
  entry.retake_at = rows.optional_time(row, 17);
  return entry;
}

StoredRow read_stored_row(const Rows& rows, int row) {
  StoredRow stored{read_entry(rows, row), {}};
  const std::vector<std::int64_t> numbers = rows.numbers(row, 14);
  for (std::size_t i = 0; i < field_count && i < numbers.size(); ++i) {
    stored.cell_seq[i] = numbers[i];
  }
  return stored;
}

std::vector<Entry> read_entries(const Rows& rows) {
  std::vector<Entry> entries;
  entries.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) entries.push_back(read_entry(rows, row));
  return entries;
}

Result<Change> read_change(const Rows& rows, int row) {
  const auto cells = [&](int column) -> std::optional<Cells> {
    const json::value value = rows.json(row, column);
    if (!value.is_object()) return std::nullopt;
    return cells_from(value.get_object());
  };
  Change change;
  change.seq = rows.number(row, 0);
  change.entry_id = rows.number(row, 1);
  const auto kind = change_kind_by_name(rows.text(row, 2));
  const auto origin = origin_by_name(rows.text(row, 7));
  if (!kind || !origin) return fail(ErrorCode::corrupt, "entry_change holds an unknown word");
  change.kind = *kind;
  change.before = cells(3);
  change.after = cells(4);
  change.measurement = read_measurement(rows, row, 5);
  change.uid = rows.string(row, 6);
  change.origin = *origin;
  change.author = rows.string(row, 8);
  change.batch_id = rows.string(row, 9);
  change.push_number = rows.number(row, 10);
  change.at = rows.time(row, 11);
  change.chain = rows.string(row, 12);
  return change;
}

Result<std::vector<Change>> read_changes(const Rows& rows) {
  std::vector<Change> changes;
  changes.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    TRY(Change change, read_change(rows, row));
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace tracker::store

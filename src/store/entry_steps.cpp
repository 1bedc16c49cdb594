#include "store/entry_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "core/text.hpp"

namespace tracker::store {

std::unexpected<Error> no_such_entry(EntryId id) {
  return fail(ErrorCode::not_found, fmt::format("there is no entry {}", id),
              "it may have been deleted: restore brings it back", std::to_string(id));
}

Status may_write(const Who& who, const Cells& cells) {
  if (!who.own_animators) return {};
  const std::string& animator = at(cells, Field::animator);
  if (std::ranges::find(*who.own_animators, animator) != who.own_animators->end()) return {};
  return fail(ErrorCode::forbidden, fmt::format("this is a row of {}", animator),
              "you may change your own rows; ask a producer for the others", "animator");
}

Awaitable<Status> write_rows(Transaction& transaction, const Who& who, RowWrites writes,
                             Written& written) {
  if (written.batch_id.empty()) written.batch_id = new_batch_id();
  std::vector<Statement> statements;
  statements.push_back(acting_as(writes.origin, who.name, written.batch_id));
  if (!writes.restored.empty()) statements.push_back(insert_rows(writes.restored));
  if (!writes.added.empty()) statements.push_back(insert_rows(writes.added));
  if (!writes.updated.empty()) statements.push_back(update_rows(writes.updated));
  if (!writes.removed.empty()) statements.push_back(delete_rows(writes.removed));
  for (Statement& one : writes.beside) statements.push_back(std::move(one));
  statements.push_back(seal());
  statements.push_back(entries_of_batch(written.batch_id));
  statements.push_back(head_of_batch(written.batch_id));
  CO_TRY(const std::vector<Rows> rows, co_await transaction.commit(std::move(statements)));
  written.entries = read_entries(rows[rows.size() - 2]);
  written.head = rows.back().number(0, 0);
  co_return Status{};
}

Awaitable<Status> name_the_others(Transaction& transaction, std::vector<RowConflict>& conflicts,
                                  const std::map<EntryId, StoredRow>& rows) {
  std::vector<std::int64_t> numbers;
  for (const RowConflict& conflict : conflicts) {
    for (const CellConflict& cell : conflict.cells) {
      numbers.push_back(rows.at(conflict.current.id).cell_seq[index(cell.field)]);
    }
  }
  CO_TRY(const std::vector<Rows> found,
         co_await transaction.run(together(Statement{
             select_changes + "WHERE c.seq = ANY($1::bigint[])", {array_parameter(numbers)}})));
  CO_TRY(const std::vector<Change> changes, read_changes(found[0]));
  for (RowConflict& conflict : conflicts) {
    for (CellConflict& cell : conflict.cells) {
      const ChangeNumber seq = rows.at(conflict.current.id).cell_seq[index(cell.field)];
      const auto change = std::ranges::find(changes, seq, &Change::seq);
      if (change == changes.end()) continue;
      cell.changed_by = change->author;
      cell.origin = change->origin;
      cell.changed_at = change->at;
    }
  }
  co_return Status{};
}

Statement read_removed(const std::vector<EntryId>& ids) {
  return {
      "SELECT s.entry_id, c.before FROM entry_state s JOIN entry_change c ON c.seq = s.version "
      "WHERE s.entry_id = ANY($1::bigint[]) AND s.removed ORDER BY s.entry_id",
      {array_parameter(ids)}};
}

std::map<EntryId, Cells> removed_cells(const Rows& rows) {
  std::map<EntryId, Cells> out;
  for (int row = 0; row < rows.size(); ++row) {
    const boost::json::value cells = rows.json(row, 1);
    if (cells.is_object()) out.emplace(rows.number(row, 0), cells_from(cells.get_object()));
  }
  return out;
}

}  // namespace tracker::store

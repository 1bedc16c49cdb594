#include "journal/states.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "journal/row_json.hpp"

namespace tracker::journal {
namespace {

/// So many states stay in memory: all that one save can be compared with (Journal::bases). They
/// share the rows that they have in common.
constexpr std::size_t recent_max = 56;

/// A run of rows: states are compared without the equal rows at their start and end.
struct Run {
  const merge::SheetState& rows;
  std::size_t first = 0;
  std::size_t last = 0;

  std::int64_t uid_before(std::size_t i) const { return i == 0 ? 0 : rows[i - 1].uid; }
};

/// The runs in which two states may differ: outside of them they hold the very same rows.
std::pair<Run, Run> differing_runs(const merge::SheetState& before, const merge::SheetState& now) {
  const std::size_t shorter = std::min(before.size(), now.size());
  std::size_t head = 0;
  while (head < shorter && before.shared(head) == now.shared(head)) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head &&
         before.shared(before.size() - 1 - tail) == now.shared(now.size() - 1 - tail)) {
    ++tail;
  }
  // The first row of the tail may stand behind another row than before.
  if (tail > 0) --tail;
  return {{before, head, before.size() - tail}, {now, head, now.size() - tail}};
}

std::unordered_map<std::int64_t, std::size_t> places_of(const Run& run) {
  std::unordered_map<std::int64_t, std::size_t> places;
  places.reserve(run.last - run.first);
  for (std::size_t i = run.first; i < run.last; ++i) places.emplace(run.rows[i].uid, i);
  return places;
}

}  // namespace

std::int64_t States::newest_number() {
  SQLite::Statement query(database_, "SELECT coalesce(max(number), 0) FROM state");
  query.executeStep();
  return query.getColumn(0).getInt64();
}

std::int64_t States::append(StateKind kind, std::int64_t generation, const std::string& digest,
                            const sync::SharedState& rows, const std::string& at) {
  const std::int64_t previous = newest_number();
  const std::int64_t number = previous + 1;
  SQLite::Statement insert(database_,
                           "INSERT INTO state (number, kind, generation, digest, at) "
                           "VALUES (?, ?, ?, ?, ?)");
  insert.bind(1, number);
  insert.bind(2, kind == StateKind::written ? "S" : "O");
  insert.bind(3, generation);
  insert.bind(4, digest);
  insert.bind(5, at);
  insert.exec();
  const sync::SharedState before = previous == 0 ? nullptr : load(previous);
  store_difference(before ? *before : merge::SheetState(), *rows, number);
  recent_.insert_or_assign(number, rows);
  if (recent_.size() > recent_max) recent_.erase(recent_.begin());
  return number;
}

void States::store_difference(const merge::SheetState& before, const merge::SheetState& now,
                              std::int64_t number) {
  const auto [old_run, new_run] = differing_runs(before, now);
  const auto old_places = places_of(old_run);
  SQLite::Statement end(database_,
                        "UPDATE state_row SET to_state = ? WHERE uid = ? AND to_state IS NULL");
  SQLite::Statement insert(database_,
                           "INSERT INTO state_row (uid, from_state, after_uid, row) "
                           "VALUES (?, ?, ?, ?)");
  const auto close = [&](std::int64_t uid) {
    end.bind(1, number);
    end.bind(2, uid);
    end.exec();
    end.reset();
  };
  std::size_t kept = 0;
  for (std::size_t i = new_run.first; i < new_run.last; ++i) {
    const merge::SheetRow& row = now[i];
    const auto old = old_places.find(row.uid);
    const bool known = old != old_places.end();
    kept += known;
    if (known && old_run.uid_before(old->second) == new_run.uid_before(i) &&
        before[old->second] == row) {
      continue;
    }
    if (known) close(row.uid);
    insert.bind(1, row.uid);
    insert.bind(2, number);
    insert.bind(3, new_run.uid_before(i));
    insert.bind(4, sheet_row_text(row));
    insert.exec();
    insert.reset();
  }
  if (kept == old_run.last - old_run.first) return;
  const auto new_places = places_of(new_run);
  for (std::size_t i = old_run.first; i < old_run.last; ++i) {
    if (!new_places.contains(before[i].uid)) close(before[i].uid);
  }
}

sync::SharedState States::load(std::int64_t number) {
  Parsed parsed;
  return load(number, parsed);
}

std::vector<sync::SharedState> States::load(const std::vector<std::int64_t>& numbers) {
  Parsed parsed;
  std::vector<sync::SharedState> states;
  for (const std::int64_t number : numbers) states.push_back(load(number, parsed));
  return states;
}

sync::SharedState States::load(std::int64_t number, Parsed& parsed) {
  const auto known = recent_.find(number);
  if (known != recent_.end()) return known->second;
  sync::SharedState rows = read(number, parsed);
  if (recent_.size() < recent_max) recent_.emplace(number, rows);
  return rows;
}

sync::SharedState States::read(std::int64_t number, Parsed& parsed) {
  // In the order of the table: most of its rows are wanted, and one by one each would be sought.
  SQLite::Statement query(database_,
                          "SELECT after_uid, uid, from_state, row FROM state_row NOT INDEXED "
                          "WHERE from_state <= ?1 AND (to_state IS NULL OR to_state > ?1)");
  query.bind(1, number);
  std::unordered_map<std::int64_t, merge::SharedRow> row_after;
  while (query.executeStep()) {
    merge::SharedRow& row = parsed[{query.getColumn(1).getInt64(), query.getColumn(2).getInt64()}];
    if (row == nullptr) {
      auto read = parse_sheet_row(query.getColumn(3).getString());
      if (!read) throw std::runtime_error(describe(read.error()));
      row = std::make_shared<const merge::SheetRow>(std::move(*read));
    }
    row_after.emplace(query.getColumn(0).getInt64(), row);
  }
  auto rows = std::make_shared<merge::SheetState>();
  rows->reserve(row_after.size());
  for (auto next = row_after.find(0); next != row_after.end();) {
    const std::int64_t uid = next->second->uid;
    rows->push_back(std::move(next->second));
    next = row_after.find(uid);
  }
  if (rows->size() != row_after.size()) {
    throw std::runtime_error("the journal's rows do not form one sheet");
  }
  return rows;
}

void States::forget_all() {
  database_.exec("DELETE FROM state_row; DELETE FROM state;");
  drop_cache();
}

void States::prune(const std::string& before, std::int64_t kept_min) {
  SQLite::Statement query(database_,
                          "SELECT coalesce(max(number), 0) FROM state WHERE at < ? AND number <= "
                          "(SELECT max(number) FROM state) - ?");
  query.bind(1, before);
  query.bind(2, kept_min);
  query.executeStep();
  const std::int64_t last = query.getColumn(0).getInt64();
  if (last <= 0) return;
  SQLite::Statement rows(database_, "DELETE FROM state_row WHERE to_state <= ?");
  rows.bind(1, last + 1);
  rows.exec();
  SQLite::Statement states(database_, "DELETE FROM state WHERE number <= ?");
  states.bind(1, last);
  states.exec();
}

}  // namespace tracker::journal

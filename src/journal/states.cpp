#include "journal/states.hpp"

#include <stdexcept>
#include <unordered_map>

#include "journal/row_json.hpp"

namespace tracker::journal {
namespace {

struct Place {
  const merge::SheetRow* row = nullptr;
  std::int64_t after_uid = 0;
};

std::unordered_map<std::int64_t, Place> places_of(const merge::SheetState& rows) {
  std::unordered_map<std::int64_t, Place> places;
  places.reserve(rows.size());
  std::int64_t after = 0;
  for (const merge::SheetRow& row : rows) {
    places.emplace(row.uid, Place{&row, after});
    after = row.uid;
  }
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
  newest_ = rows;
  newest_number_ = number;
  return number;
}

void States::store_difference(const merge::SheetState& before, const merge::SheetState& now,
                              std::int64_t number) {
  const auto old_places = places_of(before);
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
  std::int64_t after = 0;
  std::size_t kept = 0;
  for (const merge::SheetRow& row : now) {
    const auto old = old_places.find(row.uid);
    const bool known = old != old_places.end();
    if (!known || old->second.after_uid != after || !(*old->second.row == row)) {
      if (known) close(row.uid);
      insert.bind(1, row.uid);
      insert.bind(2, number);
      insert.bind(3, after);
      insert.bind(4, sheet_row_text(row));
      insert.exec();
      insert.reset();
    }
    kept += known;
    after = row.uid;
  }
  if (kept == before.size()) return;
  const auto new_places = places_of(now);
  for (const merge::SheetRow& row : before) {
    if (!new_places.contains(row.uid)) close(row.uid);
  }
}

sync::SharedState States::load(std::int64_t number) {
  if (newest_ && number == newest_number_) return newest_;
  SQLite::Statement query(database_,
                          "SELECT after_uid, row FROM state_row WHERE from_state <= ?1 AND "
                          "(to_state IS NULL OR to_state > ?1)");
  query.bind(1, number);
  std::unordered_map<std::int64_t, merge::SheetRow> row_after;
  while (query.executeStep()) {
    auto row = parse_sheet_row(query.getColumn(1).getString());
    if (!row) throw std::runtime_error(describe(row.error()));
    row_after.emplace(query.getColumn(0).getInt64(), std::move(*row));
  }
  auto rows = std::make_shared<merge::SheetState>();
  rows->reserve(row_after.size());
  for (auto next = row_after.find(0); next != row_after.end();) {
    const std::int64_t uid = next->second.uid;
    rows->push_back(std::move(next->second));
    next = row_after.find(uid);
  }
  if (rows->size() != row_after.size()) {
    throw std::runtime_error("the journal's rows do not form one sheet");
  }
  if (number == newest_number()) {
    newest_ = rows;
    newest_number_ = number;
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

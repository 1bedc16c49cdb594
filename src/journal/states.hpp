// The line of sheet states inside the journal: storing one as its difference to the one before,
// loading any. Blocks; throws SQLite::Exception, which Journal turns into Result.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <deque>
#include <string>
#include <utility>

#include "sync/events.hpp"

namespace tracker::journal {

enum class StateKind { written, observed };

class States {
 public:
  explicit States(SQLite::Database& database) : database_(database) {}

  /// Appends a state inside the caller's transaction; its number is returned.
  std::int64_t append(StateKind kind, std::int64_t generation, const std::string& digest,
                      const sync::SharedState& rows, const std::string& at);
  /// The rows of a state; an empty pointer if the number is unknown.
  sync::SharedState load(std::int64_t number);
  std::int64_t newest_number();
  void forget_all();
  void prune(const std::string& before, std::int64_t kept_min);
  /// What append() stored did not become durable: read the states again when needed.
  void drop_cache() { recent_.clear(); }

 private:
  void store_difference(const merge::SheetState& before, const merge::SheetState& now,
                        std::int64_t number);
  void remember(std::int64_t number, sync::SharedState rows);

  SQLite::Database& database_;
  std::deque<std::pair<std::int64_t, sync::SharedState>> recent_;  ///< they share their rows
};

}  // namespace tracker::journal

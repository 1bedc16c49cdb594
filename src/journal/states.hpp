// The line of sheet states inside the journal: storing one as its difference to the one before,
// loading any. Blocks; throws SQLite::Exception, which Journal turns into Result.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sync/events.hpp"

namespace tracker::journal {

enum class StateKind { written, observed };

class States {
 public:
  explicit States(SQLite::Database& database) : database_(database) {}

  /// Appends a state inside the caller's transaction; its number is returned.
  std::int64_t append(StateKind kind, std::int64_t generation, const std::string& digest,
                      const sync::SharedState& rows, const std::string& at);
  /// The rows of a state that is there.
  sync::SharedState load(std::int64_t number);
  /// The same for several, in the order asked for; they share the rows that they have in common.
  std::vector<sync::SharedState> load(const std::vector<std::int64_t>& numbers);
  std::int64_t newest_number();
  void forget_all();
  void prune(const std::string& before, std::int64_t kept_min);
  /// What append() stored did not become durable: read the states again when needed.
  void drop_cache() { recent_.clear(); }

 private:
  /// Rows read from the database, by uid and first state: none is parsed twice.
  using Parsed = std::map<std::pair<std::int64_t, std::int64_t>, merge::SharedRow>;

  void store_difference(const merge::SheetState& before, const merge::SheetState& now,
                        std::int64_t number);
  sync::SharedState load(std::int64_t number, Parsed& parsed);
  sync::SharedState read(std::int64_t number, Parsed& parsed);

  SQLite::Database& database_;
  std::map<std::int64_t, sync::SharedState> recent_;  ///< they share their rows
};

}  // namespace tracker::journal

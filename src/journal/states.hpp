// The line of sheet states inside the journal: storing one as its difference to the one before,
// loading any. Blocks; throws SQLite::Exception, which Journal turns into Result.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

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
  /// What append() stored did not become durable: read the newest state again when needed.
  void drop_cache() { newest_.reset(); }

 private:
  void store_difference(const merge::SheetState& before, const merge::SheetState& now,
                        std::int64_t number);

  SQLite::Database& database_;
  sync::SharedState newest_;
  std::int64_t newest_number_ = 0;
};

}  // namespace tracker::journal

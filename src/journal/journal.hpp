// The local role's memory across a crash: SQLite in the data folder (design/sync.md §1, §5).
//
// Every save_* is one transaction, durable when it returns (WAL, synchronous=FULL). States of the
// sheet (S: written, O: observed) are kept as row versions: a new state costs its changed rows.
// All calls block: use them on the disk thread only. Errors: ErrorCode::io with SQLite's sentence
// and the file's name; a journal of a newer program is ErrorCode::unsupported.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "sync/engine.hpp"
#include "sync/events.hpp"

namespace tracker::journal {

/// A write of the workbook that was begun: what recovery needs to know (W2).
struct Intent {
  std::int64_t generation = 0;
  std::string old_digest;
  std::string new_digest;
  std::string temp_name;  ///< file name beside the workbook
};

class Journal {
 public:
  /// Opens or creates `folder`/journal.sqlite. `new_store` names a journal that is made now.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                               const std::string& new_store);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  Result<sync::Memory> load();

  Status save(const sync::SaveObservation& observation, Time now);
  Status save(const sync::SaveMirror& mirror);
  Status save(const sync::SavePushes& pushes, Time now);
  Status save(const sync::SaveRestart& restart);

  /// W2: S and the intent. The generation counts as used from now on.
  Status begin_write(const Intent& intent, const sync::SharedState& rows, std::int64_t next_uid,
                     Time now);
  /// The intent alone, of a write that leaves all rows and the token as they are (a sheet of our
  /// own): the new file is observed like a save in which nobody changed a row.
  Status begin_rewrite(const Intent& intent);
  Result<std::optional<Intent>> intent();
  /// W5 (written) or the end of an intent that did not come to pass.
  Status end_write(const Intent& intent, bool written);

  /// The remembered states that may be the base of a file with this digest and token.
  Result<sync::Bases> bases(const std::string& digest, const std::optional<workbook::Token>& token);
  Result<bool> knows(const std::string& digest);
  /// Known as a file that somebody else saved, and we read.
  Result<bool> has_observed(const std::string& digest);

  /// from-railway: was a request with this key carried out before?
  Result<bool> knows_command(const std::string& key);
  /// For a command that changed nothing; others are saved with their pushes.
  Status save_command(const std::string& key, Time now);

  /// Drops states older than `before`, but never the newest `states_kept_min`.
  Status prune(Time before, std::int64_t states_kept_min = 1000);

 private:
  class Body;
  explicit Journal(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace tracker::journal

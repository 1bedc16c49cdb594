// What the store knows about the database, the local side and the sync's steps. Plain values.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "domain/entry.hpp"
#include "domain/picture.hpp"
#include "sync/messages.hpp"

namespace tracker::store {

struct DatabaseFacts {
  std::string version;  ///< "PostgreSQL 15.20 …"
  std::string database_name;
  bool production_table_exists = false;
  Time now;  ///< the database's clock
};

/// The store that holds the lease, or held it last.
struct LinkState {
  std::string store;                 ///< '' = no local side ever said hello
  std::optional<Time> seen_at;       ///< its newest message, to 10 s: alive if under 60 s
  std::optional<Time> last_sync_at;  ///< its newest push, or change written to the workbook
  std::int64_t applied_number = 0;
  ChangeNumber acked_seq = 0;  ///< everything up to here is in the workbook on disk
  std::int64_t generation = 0;
  ChangeNumber head = 0;
  std::int64_t pending_to_workbook = 0;  ///< changes after acked_seq
  std::int64_t conflicts = 0;            ///< losers not restored
  std::int64_t held = 0;
  std::int64_t pictures = 0;   ///< number of the newest picture: see Store::pictures_since
  std::int64_t unmatched = 0;  ///< files of no shot
  std::int64_t pins = 0;       ///< MediaPins::number
  std::optional<sync::Report> report;
  std::optional<Time> reported_at;
};

/// Which pictures are kept of what was measured under this digest.
struct KeptPictures {
  std::string source_digest;
  bool thumbnail = false;
  bool strip = false;
};

struct PictureList {
  std::vector<KeptPictures> kept;
  std::int64_t number = 0;  ///< ask for what comes after this
};

/// One row of the guide's sync_log.
struct LogRow {
  std::int64_t id = 0;
  std::string sync_type;
  std::string action;
  std::string status;
  std::string error_message;  ///< '' = NULL
  std::optional<std::int64_t> local_record_id;
  std::optional<std::int64_t> railway_record_id;
  boost::json::value data_snapshot;  ///< null = NULL
  Time created_at;                   ///< ignored when appended
};

}  // namespace tracker::store

// The messages between the two roles, the same JSON over WebSocket and HTTP (design/sync.md §4).
//
// Every message may be lost, doubled or late: each is idempotent. Everything returns to local
// through `pull`; an answer to `push` carries no state. Plain values; pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/op.hpp"
#include "merge/held.hpp"

namespace tracker::sync {

inline constexpr int protocol_version = 1;
inline constexpr std::size_t ops_in_push_max = 5000;
inline constexpr std::size_t changes_in_pull_max = 2000;
inline constexpr std::size_t held_ops_max = 20'000;
/// The ops of a push, and what it holds back: each may be as long, as JSON.
inline constexpr std::size_t ops_bytes_in_push_max = 3'900'000;

/// local -> cloud, first on every connection.
struct Hello {
  std::string store;             ///< random id of this journal, made once
  std::int64_t incarnation = 1;  ///< grows when the journal had to start anew
  std::int64_t last_number = 0;  ///< highest push number ever made
  ChangeNumber cursor = 0;
  std::string chain;       ///< chain at the cursor; '' when cursor is 0
  EntryId highest_id = 0;  ///< ever seen here: a restored database must not give it again
  int protocol = protocol_version;
  Time clock;
  bool peek = false;  ///< a dry run asks: nothing is registered, no lease is taken or respected
};

enum class HelloOutcome { ok, leased, rewound, diverged, too_old };

struct HelloAnswer {
  HelloOutcome outcome = HelloOutcome::ok;
  std::int64_t epoch = 0;  ///< fencing number, goes with every push
  std::int64_t applied_number = 0;
  std::string applied_hash;  ///< hash_of that push; '' = not known any more
  ChangeNumber head = 0;
  std::string held_by;  ///< leased: which store holds this studio
};

struct Pull {
  std::string store;
  ChangeNumber after = 0;
  bool snapshot = false;
};

struct PullAnswer {
  ChangeNumber after = 0;           ///< applied by local only if this is its cursor
  std::vector<Change> changes;      ///< in order, at most changes_in_pull_max
  std::vector<Entry> rows;          ///< snapshot only
  ChangeNumber head = 0;            ///< newest change of the cloud when it answered
  std::int64_t applied_number = 0;  ///< newest push of this store applied at `head`
  /// What this push held back was approved or rejected, at `head`; 0 = nothing was decided yet.
  std::int64_t decided_number = 0;
  std::string chain;  ///< chain at `head` (snapshot)
  bool snapshot = false;
};

struct Push {
  std::string store;
  std::int64_t incarnation = 1;
  std::int64_t epoch = 0;
  std::int64_t number = 0;  ///< n: accepted only if it is applied_n + 1
  std::string batch_id;     ///< one save or one paste: one undo
  std::string author;       ///< who saved, as the workbook says; '' = unknown
  ChangeNumber based_on = 0;
  std::vector<Op> ops;
  /// Set: the whole of what the workbook holds back now; no ops = nothing any more.
  std::optional<merge::Held> held;
};

enum class PushOutcome { applied, known, gap, fenced, mismatch };

struct PushAnswer {
  std::int64_t number = 0;
  PushOutcome outcome = PushOutcome::applied;
  std::int64_t applied_number = 0;
};

/// cloud change `seq` and everything before it is in the workbook on disk.
struct Applied {
  std::string store;
  ChangeNumber seq = 0;
  std::int64_t generation = 0;
};

/// A producer in the studio decides what the workbook holds back.
struct Decide {
  std::string store;
  std::int64_t number = 0;  ///< of the push that said what is held
  bool approve = false;
};

/// A cell, row or file that waits for somebody, with the reason in plain words.
struct Waiting {
  std::string where;  ///< "Sheet1!C7", "row 12"
  std::string reason;
  bool operator==(const Waiting&) const = default;
};

/// State of the local side for the page; the last one wins.
struct Report {
  std::string store;
  bool workbook_available = false;
  std::int64_t rows = 0;
  std::string open_by;  ///< who has the workbook open; '' = nobody
  std::int64_t pending_to_workbook = 0;
  std::int64_t pending_to_cloud = 0;
  std::vector<Waiting> quarantined;  ///< cells that can't travel, drafts, refused writes
  std::string problem;               ///< '' = all well
  bool operator==(const Report&) const = default;
};

boost::json::object to_json(const Hello& message);
boost::json::object to_json(const HelloAnswer& message);
boost::json::object to_json(const Pull& message);
boost::json::object to_json(const PullAnswer& message);
boost::json::object to_json(const Push& message);
boost::json::object to_json(const PushAnswer& message);
boost::json::object to_json(const Applied& message);
boost::json::object to_json(const Decide& message);
boost::json::object to_json(const Report& message);

Result<Hello> parse_hello(const boost::json::value& json);
Result<HelloAnswer> parse_hello_answer(const boost::json::value& json);
Result<Pull> parse_pull(const boost::json::value& json);
Result<PullAnswer> parse_pull_answer(const boost::json::value& json);
Result<Push> parse_push(const boost::json::value& json);
Result<PushAnswer> parse_push_answer(const boost::json::value& json);
Result<Applied> parse_applied(const boost::json::value& json);
Result<Decide> parse_decide(const boost::json::value& json);
Result<Report> parse_report(const boost::json::value& json);

/// SHA-256 over what a push means (not over who may send it): a known number with another hash is
/// a mistake.
std::string hash_of(const Push& push);

/// About as many bytes as the op has as JSON.
std::size_t bytes_of(const Op& op);

/// {"reason":…,"ops":[…]}: in a push, in the journal and in the cloud's table.
boost::json::object to_json(const merge::Held& held);
Result<merge::Held> parse_held(const boost::json::value& json);

}  // namespace tracker::sync

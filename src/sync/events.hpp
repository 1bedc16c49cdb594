// What the engine is told (events) and what it asks the shell to do (effects).
//
// Effects are done in the order given; a Save effect is durable before the next effect starts
// (design/sync.md §5: X2 before X3, W2 before W3). Plain values.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "merge/held.hpp"
#include "merge/materialise.hpp"
#include "merge/observe.hpp"
#include "sync/messages.hpp"
#include "workbook/image.hpp"

namespace tracker::sync {

using SharedState = std::shared_ptr<const merge::SheetState>;
using SharedImage = std::shared_ptr<const workbook::Image>;

/// The states that the journal remembers of the workbook's past, for the file just read.
struct Bases {
  SharedState seen;                   ///< this very digest was observed or written before
  SharedState written;                ///< S[g] of the file's token
  std::vector<SharedState> observed;  ///< every O of g, oldest first
  SharedState newest;                 ///< the newest state of all; nothing on first contact
};

// ---- events

struct WorkbookSeen {
  std::string digest;
  SharedImage image;
  Bases bases;
  Time at;
  bool late = false;  ///< a save into a file that we had displaced: others may have saved since
  /// Late, and not the workbook: saves that came after it were read already, so many of its token.
  std::optional<std::size_t> newer_saves = {};
};
/// The workbook can't be read (gone, truncated, password-protected): cannot see, never "deleted".
struct WorkbookUnreadable {
  std::string reason;
};
struct LockSeen {
  std::string open_by;  ///< '' = nobody has the workbook open
};
struct WorkbookWritten {
  std::int64_t generation = 0;
  std::string digest;
  SharedImage image;
  SharedState rows;  ///< S, refusals applied
  std::vector<workbook::Refusal> refusals;
};
/// The write did not happen; whatever stands in the workbook now comes as WorkbookSeen.
struct WriteDropped {
  std::string reason;  ///< '' = a human saved in the window, or nothing was left to write
  std::vector<workbook::Refusal> refusals;  ///< the gate's, where it took nothing of the plan
};
struct LinkUp {
  HelloAnswer answer;
};
struct LinkDown {
  std::string reason;
};
struct Hinted {
  ChangeNumber head = 0;  ///< 0 = ask, whatever is known
};
struct Pulled {
  PullAnswer answer;
};
struct PullFailed {
  std::string reason;
};
struct Pushed {
  PushAnswer answer;
};
struct PushFailed {
  std::string reason;
};
/// Measurements of rows by entry id.
struct Measured {
  std::vector<std::pair<EntryId, std::optional<Measurement>>> rows;
};
/// What a webhook caller without a version asks for (design/sync.md §4, from-railway (2)).
struct Commanded {
  std::string action;  ///< create | update | delete
  EntryId id = 0;
  CellChanges cells;
  std::string key;  ///< of the request: a known key is never carried out again
};
/// A person said that the database is to become what the workbook shows.
struct ReplacementWanted {};

using Event = std::variant<WorkbookSeen, WorkbookUnreadable, LockSeen, WorkbookWritten,
                           WriteDropped, LinkUp, LinkDown, Hinted, Pulled, PullFailed, Pushed,
                           PushFailed, Measured, Commanded, ReplacementWanted>;

// ---- effects

/// What the sheet shows and the cloud has not taken, until a producer decides.
struct HeldBack {
  merge::Held held;
  std::int64_t number = 0;  ///< of the push that told the cloud; 0 = it was not told yet
};

/// One transaction: O, seen digest, numbered pushes (X2).
struct SaveObservation {
  SharedState rows;
  std::string digest;
  std::int64_t generation = 0;
  std::string author;  ///< who saved, as the file says
  std::vector<Push> pushes;
  std::optional<HeldBack> held;  ///< set = this is held back from now on
  std::int64_t next_number = 1;
  std::int64_t next_uid = 1;
};
/// One transaction: mirror rows, cursor, chain, applied number; queue trimmed (X5).
struct SaveMirror {
  bool replace = false;  ///< snapshot: drop all rows first
  std::vector<std::pair<EntryId, merge::MirrorRow>> upserted;
  std::vector<EntryId> removed;
  ChangeNumber cursor = 0;
  std::string chain;
  std::int64_t applied_number = 0;
  bool held_decided = false;  ///< nothing is held back any more
};
/// One transaction: pushes that come from media or commands.
struct SavePushes {
  std::vector<Push> pushes;
  std::int64_t next_number = 1;
  std::int64_t next_uid = 1;
  std::string command_key;  ///< the command that they carry out: never carried out again
};
/// The journal or the database was restored: numbers start anew, bases are forgotten.
struct SaveRestart {
  std::int64_t incarnation = 1;
  std::int64_t generation = 0;
  bool keep_mirror = false;  ///< the mirror's rows stay until they are pushed again
};
struct SendPull {
  Pull pull;
};
struct SendPush {
  Push push;
};
struct SendApplied {
  Applied applied;
};
/// W1–W7: patch, save S and the intent, exchange, finish.
struct WriteWorkbook {
  merge::SheetPlan plan;
  std::string expected_digest;
  std::int64_t generation = 0;
  std::int64_t next_uid = 1;
  bool keep_refused = false;  ///< W6: what a producer refused stays beside the workbook, as a copy
};
/// Say hello again: the cloud says that another epoch or store holds the lease.
struct Reconnect {};

using Effect = std::variant<SaveObservation, SaveMirror, SavePushes, SaveRestart, SendPull,
                            SendPush, SendApplied, WriteWorkbook, Reconnect>;
using Effects = std::vector<Effect>;

}  // namespace tracker::sync

// What the cloud asks the store about entries, and what it hears back. Plain values.
#pragma once

#include <array>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "domain/entry.hpp"
#include "domain/op.hpp"

namespace tracker::store {

inline constexpr std::size_t rows_in_list_max = 100'000;
inline constexpr std::size_t rows_in_write_max = 10'000;

/// Who acts: stands in the history, and may be bound to own rows.
struct Who {
  std::string name;  ///< as people read it in the history
  /// Set: only rows whose animator is in this list may be written (ErrorCode::forbidden).
  std::optional<std::vector<std::string>> own_animators;
};

struct ListQuery {
  std::array<std::optional<std::string>, field_count> equal;  ///< exact, canonical text
  std::string q;            ///< anywhere in any cell, letter case is free; '' = all
  std::string sort = "id";  ///< id, version, created_at, updated_at or a column; "-x" descends
  std::size_t limit = rows_in_list_max;
  std::string after;  ///< EntryList::next of the page before; '' = from the start
};

/// How new a list is: it changes no sooner than one of these does.
struct ListState {
  ChangeNumber head = 0;      ///< the feed's newest change when it was read, or a little older
  std::int64_t pictures = 0;  ///< number of the newest picture
};

struct EntryList : ListState {
  std::vector<Entry> entries;
  std::string next;  ///< goes into ListQuery::after; '' = this was the last page
};

/// A request that may arrive twice: the second time it gets the first one's answer.
struct Once {
  std::string key;           ///< Idempotency-Key; '' = none; scoped by Who::name
  std::string request_hash;  ///< what the key stands for
};

struct Create {
  std::vector<Cells> rows;      ///< canonical and free of problem_with()
  std::string idempotency_key;  ///< as Once::key
  std::string request_hash;
};

struct Written {
  std::vector<Entry> entries;  ///< in the order of the request; removed rows as they last stood
  std::string batch_id;        ///< for undo; '' = nothing had to be changed
  ChangeNumber head = 0;       ///< the newest of our own changes; 0 = none
  bool replayed = false;       ///< the stored answer of an idempotency key
};

struct RowEdit {
  EntryId id = 0;
  std::optional<ChangeNumber> seen;  ///< If-Match; nothing = has seen the head
  CellChanges changes;
  bool force = false;  ///< write over newer cells
};

/// A cell that somebody changed after the version that the editor had seen.
struct CellConflict {
  Field field = Field::animator;
  std::string current;
  std::string wanted;
  std::string changed_by;
  Origin origin = Origin::web;
  Time changed_at;
};

struct RowConflict {
  Entry current;
  std::vector<CellConflict> cells;
};

/// All or nothing: with conflicts nothing was written.
struct EditOutcome {
  Written written;
  std::vector<RowConflict> conflicts;
};

/// Deleting more than max(5, 20 %) of all rows at once waits for a producer (design/sync.md §2).
struct RemoveOutcome {
  Written written;
  std::int64_t held_id = 0;  ///< nothing was removed yet: this batch waits; 0 = done
};

/// Undo takes back what still stands as the batch left it; what moved on since stays.
struct UndoOutcome {
  Written written;
  std::vector<RowConflict> left_alone;
};

struct ChangePage {
  std::vector<Change> changes;  ///< in order, directly after the number asked for
  ChangeNumber head = 0;
};

/// A value that lost against the workbook, kept for ever; one click writes it again.
struct Loser {
  std::int64_t id = 0;  ///< of its sync_log row
  EntryId entry_id = 0;
  std::optional<Field> field;
  std::string winning;
  std::string losing;
  Origin losing_origin = Origin::web;
  std::string losing_author;
  Time losing_at;
  std::string winning_author;
  Time at;
  bool row_deleted = false;  ///< the workbook deleted the row; restoring brings it back
  bool restored = false;
  Cells row;  ///< the row as it stands, or as it last stood
};

/// A mass change that waits for a producer (merge/held.hpp).
struct HeldBatch {
  std::int64_t id = 0;
  std::string reason;
  std::string author;
  Time at;
  bool from_workbook = false;
  std::int64_t version = 0;    ///< grows when the workbook changes what it holds back
  std::vector<Op> ops;         ///< edits and removals, named by id where the row has one
  std::vector<Entry> entries;  ///< the rows that they name, as they stand now
};

struct HeldOutcome {
  Written written;
  std::vector<Op> left_alone;  ///< their rows had moved on
};

/// Two rows that may be one (store/duplicates.hpp).
struct PossibleDuplicate {
  Entry newer;
  Entry twin;
  Time at;
};

/// Something that the page keeps for everybody, as JSON.
struct SharedSetting {
  std::string name;
  boost::json::value value;
};

struct FootageGroup {
  std::string animator;       ///< '' in FootageSummary::episodes
  std::string project_type;   ///< '' in FootageSummary::weeks
  std::string episode_title;  ///< '' in FootageSummary::weeks
  std::string iso_week;       ///< "2025-W01"; '' = rows without a week; unused in episodes
  std::int64_t shots = 0;     ///< each shot once, in its latest row
  std::int64_t frames = 0;
  double seconds = 0;
  std::int64_t rows = 0;
  std::int64_t frames_all_rows = 0;
  std::int64_t shots_planned = 0;   ///< of `shots`, those whose planned length the workbook says
  std::int64_t frames_planned = 0;  ///< what it says, summed
  std::optional<std::int64_t> frames_target;  ///< of the week, or of the whole episode
};

struct FootageSummary {
  std::vector<FootageGroup> weeks;     ///< by animator and ISO week
  std::vector<FootageGroup> episodes;  ///< by project type and episode
};

/// How many frames an episode is meant to have.
struct EpisodeTarget {
  std::string project_type;
  std::string episode_title;
  std::int64_t frames = 0;
};

/// Frames a week that a producer expects from an animator, from a date on.
struct FootageTarget {
  std::string animator;
  std::string from_yyyymmdd;
  std::int64_t frames_per_week = 0;
};

}  // namespace tracker::store

// What becomes of a push: the ops of one observation against the cloud's rows (design/sync.md §3).
// One of the three functions of the merge; runs inside the cloud's transaction.
//
// Per cell, with `current` = the cloud's value: current = new: nothing; current = old: written;
// else a true conflict: the workbook's value is written and current becomes a loser, logged and
// restorable. A push is never refused for its content: an op that can't be applied is refused
// alone. Deciding is repeatable: the same ops against the resulting rows change nothing. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/op.hpp"

namespace tracker::merge {

/// A row of the cloud, under lock.
struct CloudRow {
  EntryId id = 0;
  Cells cells;                                       ///< of a removed row: as they last stood
  bool removed = false;                              ///< by anybody; an edit brings it back
  std::array<ChangeNumber, field_count> cell_seq{};  ///< the change that touched each cell last
  ChangeNumber inserted_seq = 0;
  bool inserted_by_workbook = false;
  std::optional<Measurement> measurement;
  Extra extra;
};

struct DecideInput {
  /// Every row that an op names, and every row whose natural key an insert has.
  std::vector<CloudRow> rows;
  std::map<std::string, EntryId> ids_by_uid;  ///< of earlier pushes
  ChangeNumber based_on = 0;                  ///< what the workbook's human could have seen
  std::span<const Op> ops;
};

/// What must become of one row. Neither before nor after = nothing to write, but uids to remember.
struct RowWrite {
  EntryId id = 0;                 ///< 0 = new, the database gives the id
  std::vector<std::string> uids;  ///< mean this row from now on
  std::optional<Cells> before;    ///< nothing = the row is not there
  std::optional<Cells> after;     ///< nothing = the row goes
  bool measured = false;          ///< `measurement` is new
  std::optional<Measurement> measurement;
  std::optional<Extra> extra;  ///< set = replaces the row's extra columns
};

/// A value of the cloud that the workbook overwrote without having seen it, or a lost one of its
/// own.
struct DecidedLoser {
  EntryId id = 0;
  Field field = Field::animator;
  std::string winning;
  std::string losing;
  ChangeNumber losing_seq = 0;  ///< the change that brought it: who and when; 0 = this push
  bool row_removed = false;     ///< the workbook deleted the row
};

struct OpRefusal {
  std::size_t op = 0;  ///< index into DecideInput::ops
  RowRef row;
  std::optional<Field> field;
  std::string reason;
};

struct Decision {
  std::vector<RowWrite> writes;  ///< by id, new rows last in the order of their ops
  std::vector<DecidedLoser> losers;
  std::vector<OpRefusal> refusals;
};

Decision decide(const DecideInput& input);

}  // namespace tracker::merge

// Mass changes that wait for a person's yes: what local holds back, and what an approval does
// (design/sync.md §2 "Guards", §3 "Held batches").
//
// A save may bring ordinary edits and one doubtful mass change: rows deleted in bulk, one column
// sorted alone, half of the key cells retyped. Only the doubtful ops are held; the others travel.
// `Held` is the whole of what one workbook holds back: each push that changes it carries it anew,
// so the cloud needs no rule for joining. While held, the ops lie over the mirror as queued ones do
// (Overlay): the sheet stays as typed. Pure; safe on any thread.
#pragma once

#include <bitset>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "domain/op.hpp"
#include "merge/decide.hpp"
#include "merge/sheet_state.hpp"

namespace tracker::merge {

/// From where on a change counts as one that nobody makes unasked.
struct GuardLimits {
  std::size_t deletes = 5;  ///< more than these and more than a fifth of the rows
  std::size_t rows_min =
      10;  ///< fewer changed rows are no sorted column, fewer rows no mass retyping
};

struct Doubt {
  std::string reason;  ///< a sentence for the producer; '' = nothing is doubtful
  bool removals = false;
  std::bitset<field_count> fields;  ///< edits of these columns
};

/// What of a save's ops nobody would do unasked. `base_rows`: rows that its human looked at;
/// 0 = no base, nothing is doubted.
Doubt doubt_of(std::span<const Op> ops, std::size_t base_rows, const workbook::Image& image,
               const GuardLimits& limits = {});

/// More removals than anybody makes unasked.
bool is_mass_delete(std::size_t deleted, std::size_t rows, const GuardLimits& limits = {});

struct Held {
  std::string reason;
  std::vector<Op> ops;  ///< edits and removals, at most one a cell and one a row
  bool empty() const { return ops.empty(); }
  bool operator==(const Held&) const = default;
};

/// Moves out of `ops` what is doubtful and what meets a cell or row that is held already: the first
/// old value stays, the newest text counts. A cell typed back, or a row that stands in `rows`
/// again, is held no longer; a row that no id names is the one whose cells it shows.
void hold_back(Held& held, std::vector<Op>& ops, const Doubt& doubt, SheetState& rows);

/// Edits that `now` does not hold any more as `before` did. Whoever typed over them may not have
/// seen them (an older copy of the workbook): the cloud logs each.
std::vector<Op> given_up(const Held& before, const Held& now);

/// What approving comes to.
struct Settled {
  std::map<EntryId, Cells> updated;
  std::vector<EntryId> removed;
  std::vector<Op> left_alone;  ///< the row moved on since; named by id where it is known
};

/// `rows`: every row that the ops name, under lock.
Settled settle(std::span<const Op> ops, std::span<const CloudRow> rows,
               const std::map<std::string, EntryId>& ids_by_uid);

}  // namespace tracker::merge

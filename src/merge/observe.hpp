// What did the human do? The sheet compared with the base that the human was looking at gives
// numbered ops (design/sync.md §2). One of the three functions of the merge.
//
// A sheet that lacks its header or key columns is refused with a sentence instead of observed;
// mass changes are told apart from the ops afterwards (merge/held.hpp).
// Pure; safe on any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/op.hpp"
#include "merge/align.hpp"
#include "merge/sheet_state.hpp"

namespace tracker::merge {

/// A cell or row that stays here until somebody mends it, with the reason for the page.
struct Kept {
  std::string where;  ///< "Sheet1!C7" or "Sheet1 row 12"
  std::string reason;
  std::uint32_t row_number = 0;
  std::optional<Field> field = {};  ///< nothing = the row
  bool operator==(const Kept&) const = default;
};

struct ObserveInput {
  const SheetState* base = nullptr;        ///< the state that the human looked at
  const workbook::Image* image = nullptr;  ///< the sheet as it is now
  std::string store;                       ///< for the uids of new rows
  IdTrust ids = IdTrust::none;
  bool deletes_allowed = true;                       ///< false: the base is only a guess
  std::function<bool(const SheetRow&)> surely_seen;  ///< see align(); may be empty
  std::int64_t next_uid = 1;
  /// The cloud's cells of an id that the base does not hold; nullptr where the cloud has none.
  std::function<const Cells*(EntryId)> cloud_row;
  /// The cells of a row that is gone, as far as it is remembered; nullptr = no row is known that
  /// had this id. May be empty.
  std::function<const Cells*(EntryId)> gone_row;
  /// The same shot, typed on both sides: the one row of the cloud that has the natural key of these
  /// cells and that the base does not hold; 0 where there is none. May be empty.
  std::function<EntryId(const Cells&)> unseen_twin;
};

struct Observation {
  SheetState rows;                         ///< O: what the sheet shows, with identities
  std::vector<std::uint32_t> row_numbers;  ///< of `rows`, in the sheet
  std::vector<Op> ops;                     ///< in the sheet's order; deletes last
  std::vector<Kept> kept;                  ///< quarantined cells and drafts
  std::int64_t next_uid = 1;
  std::size_t base_rows = 0;  ///< rows of the base that the cloud knows; 0 = no base
  std::string frozen;         ///< not empty: nothing may be taken from this sheet
};

Observation observe(const ObserveInput& input);

/// How people call a cell, or a row (no field).
std::string place_name(const workbook::Image& image, std::uint32_t row_number,
                       std::optional<Field> field);

/// Row `i`, a draft, is one that the cloud knows: it is told by its cells that can't travel, and
/// its blank scene or shot waits for what the cloud has there.
void take_as_known(Observation& seen, std::size_t i, const workbook::Image& image);

}  // namespace tracker::merge

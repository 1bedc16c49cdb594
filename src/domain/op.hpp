// Ops and changes: what a human did in the sheet, and what the cloud made of it.
//
// An Op travels local -> cloud inside a numbered Push; a Change is one line of the cloud's feed and
// the only thing that travels back (design/sync.md §3-§4). Plain values with a JSON form.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/entry.hpp"

namespace tracker {

/// `lost`: typed in the sheet, but a newer save shows something else there. It changes nothing; it
/// is logged and can be put back.
enum class OpKind { edit, insert, remove, restore, measure, extra, lost };

/// Which row an op means: its id, or the uid under which local knew it before the cloud gave an id.
struct RowRef {
  EntryId id = 0;   ///< 0 = not known yet
  std::string uid;  ///< "<store>:<number>"; '' when the id is known
  bool operator==(const RowRef&) const = default;
};

struct Op {
  OpKind kind = OpKind::edit;
  RowRef row;
  Field field = Field::animator;  ///< edit, lost
  std::string before;             ///< edit: the cell in the base that the human looked at
  std::string after;              ///< edit, lost: what the human made of it
  Cells cells;                    ///< insert, restore: the row; remove: the row in the base
  std::optional<Measurement> measurement;  ///< measure; nothing = no media any more
  Extra extra;                             ///< extra: all extra columns of the row
  RowRef twin = {};  ///< another row which this one may be a second copy of; empty = none
  bool operator==(const Op&) const = default;
};

enum class Origin { web, excel, media, sql, adopt };
enum class ChangeKind { insert, edit, remove, restore, media };

/// One line of the feed: entry `entry_id` became `after` (nothing = it was deleted).
struct Change {
  ChangeNumber seq = 0;
  EntryId entry_id = 0;
  ChangeKind kind = ChangeKind::edit;
  std::optional<Cells> before;
  std::optional<Cells> after;
  std::optional<Measurement> measurement;  ///< the row's measurement after the change
  std::string uid;                         ///< insert that came from a sheet: the op's uid
  Origin origin = Origin::web;
  std::string author;
  std::string batch_id;
  std::int64_t push_number = 0;  ///< number of the push that caused it; 0 = none
  Time at;
  std::string chain;  ///< SHA-256 over the previous chain and this change, hexadecimal
};

std::string_view name_of(OpKind kind);
std::string_view name_of(Origin origin);
std::string_view name_of(ChangeKind kind);
std::optional<Origin> origin_by_name(std::string_view name);
std::optional<ChangeKind> change_kind_by_name(std::string_view name);

boost::json::object to_json(const Op& op);
Result<Op> parse_op(const boost::json::value& json);

boost::json::object to_json(const Change& change);
Result<Change> parse_change(const boost::json::value& json);

}  // namespace tracker

// An entry: one row of the production, as API, database and page know it; and its JSON form
// (design/product.md §3). Plain values; pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "domain/fields.hpp"
#include "domain/measurement.hpp"

namespace tracker {

using EntryId = std::int64_t;
/// Number of a change in the cloud's feed: the total order of everything that happened.
using ChangeNumber = std::int64_t;

/// Every other headed column of the workbook's region, by header text.
using Extra = std::map<std::string, std::string>;
inline constexpr std::size_t extra_columns_max = 64;
inline constexpr std::size_t extra_length_max = 1000;

struct Entry {
  EntryId id = 0;
  Cells cells;
  Extra extra;
  std::optional<Measurement> measurement;
  bool has_thumbnail = false;  ///< the cloud keeps this picture of what was measured; known there,
  bool has_strip = false;      ///< and no part of the JSON form below
  std::optional<Time> retake_at;  ///< when it was sent back last; known in the cloud, as those
  ChangeNumber version = 0;       ///< the change that touched this row last
  Time created_at;
  Time updated_at;
};

/// Keys as in product.md; blank notes are null.
boost::json::object to_json(const Entry& entry);

/// The way back, between our own parts: lenient about cells, an error without an id.
Result<Entry> parse_entry(const boost::json::value& json);

/// The eight cells as {"animator":"…",…}; blank notes are null.
boost::json::object to_json(const Cells& cells);

/// Cells from a JSON object; canonical. Keys that are missing are '', unknown keys are ignored.
/// A value that is no text, number or null, or that breaks problem_with(), is an error that names
/// the field in `where`.
Result<Cells> parse_cells(const boost::json::value& json);

/// The same, for a change of some cells only: nothing where the key is missing.
using CellChanges = std::array<std::optional<std::string>, field_count>;
Result<CellChanges> parse_cell_changes(const boost::json::value& json);

/// Cells without any check, for messages between our own two roles.
Cells cells_from(const boost::json::object& json);

boost::json::object to_json(const Extra& extra);
Extra extra_from(const boost::json::value& json);

}  // namespace tracker

// What the next sync would do, told before it is done: `sync --dry-run` and the question before
// `--excel-replaces-database`.
//
// Made from an engine that has seen the newest file and pulled to the cloud's head, and from the
// write that it asked for. What the cloud will decide is found by the cloud's own decide(), on the
// mirror. Pure; safe on any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "sync/engine.hpp"

namespace tracker::sync {

struct PreviewCell {
  EntryId id = 0;      ///< 0 = the row is new
  std::string row;     ///< what people call it: "EP01 · SC010 · SH0100"
  std::string column;  ///< "notes"
  std::string before;
  std::string after;
};

struct PreviewRow {
  EntryId id = 0;
  Cells cells;
};

/// What would change on one side.
struct PreviewSide {
  std::vector<PreviewCell> cells;
  std::vector<PreviewRow> added;
  std::vector<PreviewRow> removed;
  bool empty() const { return cells.empty() && added.empty() && removed.empty(); }
};

struct Preview {
  PreviewSide database;  ///< what the workbook brings
  PreviewSide workbook;  ///< what the database brings
  std::vector<PreviewCell>
      conflicts;                   ///< before: the database's value, which loses; after: Excel's
  std::size_t measured_cells = 0;  ///< of the workbook: frames, duration, …
  Report report;                   ///< who has it open, what waits, what is wrong
};

/// `write`: what the engine asked for last; nullptr = nothing.
Preview preview(const Engine& engine, const WriteWorkbook* write);

/// Without the report.
boost::json::object to_json(const Preview& preview);

}  // namespace tracker::sync

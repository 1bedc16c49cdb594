// Where appended rows go, and what they look like: blank rows of the table first, then directly
// below the data; rows are inserted where something stands in the way. They take styles, row
// attributes and calculated formulas from the last data row. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "workbook/cell_writer.hpp"
#include "workbook/sheet_plan.hpp"

namespace tracker::workbook {

struct AppendContext {
  const State& state;
  const SheetState& sheet;
  const SheetRequest& request;
  std::uint32_t cleared_row = 0;  ///< a table row that is being blanked; 0 = none
};

struct AppendTarget {
  std::uint32_t old_row = 0;  ///< a row of the sheet that is filled; 0 = a new row
  std::uint32_t new_row = 0;  ///< its number after the patch
};

struct AppendPlaces {
  RowMap map;  ///< the given one with insertion and growth
  std::vector<AppendTarget> targets;
  std::size_t in_table = 0;     ///< how many of them need no row below the data
  std::uint32_t model_row = 0;  ///< old number of the last data row that stays; 0 = none
};

AppendPlaces place_appends(const AppendContext& context, const RowMap& map, std::size_t count);

struct AppendedRow {
  std::vector<std::pair<std::size_t, std::string>> refused;  ///< request cell, reason
};

AppendedRow render_append(const AppendContext& context, const AppendPlaces& places,
                          CellWriter& writer, const AppendTarget& target,
                          const std::vector<CellRequest>& cells);

}  // namespace tracker::workbook

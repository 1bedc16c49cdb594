// The planner: cells to set, rows to delete, insert and append on one sheet become new bytes of its
// part and of every part that names its rows. The only place that knows in which order things
// happen. What can't be done safely is refused, the rest is done. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workbook/cell_text.hpp"
#include "workbook/part_changes.hpp"

namespace tracker::workbook {

struct CellRequest {
  std::uint32_t row = 0;  ///< not used in an appended row
  std::uint32_t column = 0;
  std::string text;  ///< canonical
  Meaning meaning = Meaning::plain;
  bool as_number = false;  ///< our own columns: a number wherever it reads back the same
};

struct SheetRequest {
  std::uint32_t header_row = 0;      ///< 0 = the data has no header
  std::uint32_t last_row = 0;        ///< number of the last data row; the header's if there is none
  const TableInfo* table = nullptr;  ///< that holds the data
  std::uint32_t first_deletable = 1;  ///< rows above it are no data
  /// Fields and id, and what is measured: blanked in a row that can't be deleted. Empty = it stays.
  std::vector<std::uint32_t> entry_columns, measured_columns;
  std::vector<CellRequest> cells;
  std::vector<std::uint32_t> deleted;
  std::vector<std::vector<CellRequest>> appended;
  std::uint32_t insert_before = 0;  ///< REQUIRES: nothing else is asked for in the same request
  std::vector<std::vector<CellRequest>> inserted;
};

struct PlanRefusal {
  enum class What : std::uint8_t { cell, deletion, append, appended_cell, insertion };
  What what = What::cell;
  std::size_t index = 0;  ///< in the request's list
  std::size_t cell = 0;   ///< appended_cell, insertion: which cell of the row
  std::string reason;
  bool formula = false;  ///< cell: a formula gives it its value
  bool cleared = false;  ///< deletion: the row stands there without its entry
};

/// Puts all new texts into `changes` and says what is left undone. REQUIRES: sheet.index.
Result<std::vector<PlanRefusal>> plan_sheet(PartChanges& changes, const SheetState& sheet,
                                            SheetRequest request);

}  // namespace tracker::workbook

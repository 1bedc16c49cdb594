// A new workbook as a studio would make it: header, table, drop-down for the status, conditional
// formats, frozen header, measured columns, the Tracker ID column last and narrow.
//
// The library that writes it only knows paths, so this stands outside the pure engine: it writes
// into an anonymous memory file and touches no disk but the temporary folder. The token is not in
// it: workbook::Document::patch puts it there. Any thread; errors are `io` or `too_large`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/result.hpp"
#include "domain/fields.hpp"
#include "workbook/image.hpp"

namespace tracker::sample {

struct NewRow {
  Cells cells;
  std::optional<std::int64_t> tracker_id;
  std::array<std::string, workbook::measured_column_count> measured;
};

struct CreateOptions {
  std::string sheet_name = "Production";
  /// A second sheet with totals per animator and episode (formulas over the data) and a chart.
  bool with_summary = false;
};

/// The bytes of an .xlsx file. `rows` may be empty: header and one blank row then.
Result<std::string> create_workbook(std::span<const NewRow> rows,
                                    const CreateOptions& options = {});

}  // namespace tracker::sample

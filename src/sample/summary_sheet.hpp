// The second sheet of a sample workbook: totals per animator and per episode as formulas over the
// data, and a chart of them. What a producer really has beside the list. Not thread-safe.
#pragma once

#include <xlsxwriter.h>

#include <span>
#include <string>

#include "sample/new_workbook.hpp"

namespace tracker::sample {

inline constexpr const char* summary_sheet_name = "Summary";

void write_summary_sheet(lxw_workbook* book, lxw_worksheet* sheet, std::span<const NewRow> rows,
                         const std::string& data_sheet);

}  // namespace tracker::sample

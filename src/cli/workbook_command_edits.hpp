// What `workbook patch` is asked to do: options and a JSON file become edits by sheet.
//
// The file: {"Sheet": {"set": {"B3": "text"}, "delete": [7], "append": [{"A": "text"}],
// "insert": [{"before": 7, "rows": [{"A": "text"}]}]}}; a sheet named "" is the first visible one.
// Error invalid_input: an option or the file is not understood. Blocking (reads the file).
#pragma once

#include <map>
#include <string>

#include "cli/workbook_command.hpp"
#include "core/result.hpp"
#include "workbook/document.hpp"

namespace tracker::cli {

using WorkbookEdits = std::map<std::string, workbook::SheetEdit>;  ///< by sheet

Result<WorkbookEdits> parse_edits(const WorkbookPatchOptions& options);

}  // namespace tracker::cli

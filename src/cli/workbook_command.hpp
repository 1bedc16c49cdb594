// `animation-tracker workbook show FILE` and `workbook patch FILE …`: the workbook engine on any
// .xlsx, for scripts, tests and support. Blocking; main thread.
#pragma once

#include <string>
#include <vector>

namespace tracker::cli {

struct WorkbookShowOptions {
  std::string file;
  std::string sheet;  ///< '' = the first visible one
  bool json = false;
};

struct WorkbookPatchOptions {
  std::string file;
  std::string output;                ///< '' = the file itself
  std::vector<std::string> cells;    ///< "Sheet!B3=text"
  std::vector<std::string> appends;  ///< 'Sheet:{"A":"…"}'
  std::vector<std::string> inserts;  ///< "Sheet!7" or 'Sheet!7:{"A":"…"}': above row 7
  std::vector<std::string> deletes;  ///< "Sheet!7"
  std::string edits_file;            ///< JSON: {"Sheet": {"set": …, "delete": …, …}}
};

/// Prints all cells that hold something; the value is the exit code.
int show_workbook(const WorkbookShowOptions& options);

/// Changes the file. What the feature gate refuses is printed with its reason, nothing is written
/// then, and the exit code is 1.
int patch_workbook(const WorkbookPatchOptions& options);

}  // namespace tracker::cli

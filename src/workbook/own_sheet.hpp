// A worksheet of our own in somebody's workbook: added behind the last one, then kept as it should
// read, cell by cell. Formats, widths and charts that people give it stay; no other sheet changes.
//
// It is known by the mark in its cell A1, under whatever name: a sheet without the mark is never
// touched. Refused with a sentence: a workbook that is signed, written in UTF-16 or whose structure
// is protected, and a name that another sheet has. Pure; safe on any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workbook/document.hpp"
#include "workbook/state.hpp"

namespace tracker::workbook {

struct OwnSheetOutcome {
  std::shared_ptr<const State> state;  ///< the same as before if it reads as it should
  std::vector<std::string> refused;    ///< cells that stay as they are, with the reason
};

/// Why Excel takes no sheet of this name; '' = it does.
std::string problem_with_sheet_name(std::string_view name);

Result<OwnSheetOutcome> put_own_sheet(const std::shared_ptr<const State>& state,
                                      const OwnSheet& sheet);

}  // namespace tracker::workbook

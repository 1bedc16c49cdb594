// New workbooks for people to read: tables with a heading, as .xlsx bytes. Texts stay texts (0010,
// =1+1), numbers are numbers. Never used for the studio's own workbook, which is only patched.
//
// Errors: too_large = more rows than a sheet holds; io = no memory file, or it is full. Thread
// rule: any thread, one call at a time.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/result.hpp"

namespace tracker::report {

using TableCell = std::variant<std::string, double>;

struct TableColumn {
  std::string title;
  double width = 12;  ///< in characters
};

struct TableSheet {
  std::string name;
  std::vector<TableColumn> columns;
  std::vector<std::vector<TableCell>> rows;  ///< each as long as `columns`
};

Result<std::string> write_workbook(const std::vector<TableSheet>& sheets);

}  // namespace tracker::report

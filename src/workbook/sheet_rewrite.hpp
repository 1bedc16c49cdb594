// New bytes of a worksheet part from a plan, with their index: rows that nobody touched are copied
// as they are, those that move get new numbers. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "workbook/row_map.hpp"
#include "workbook/state.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {

/// A whole <c> element, its address that of the old row.
struct CellXml {
  std::uint32_t column = 0;
  std::string xml;
};

struct SheetChange {
  RowMap map;
  std::map<std::uint32_t, std::vector<CellXml>> cells;  ///< by old number, of rows that exist
  std::map<std::uint32_t, std::string> new_rows;        ///< whole <row> by new number
  std::vector<TextEdit> frame;  ///< outside <sheetData>, offsets into the old text

  bool empty() const { return cells.empty() && new_rows.empty() && frame.empty() && !map.shifts(); }
};

/// REQUIRES: sheet.ascending; new rows stand where no old row stays.
SheetPointer rewrite_sheet(const SheetIndex& sheet, const SheetChange& change);

}  // namespace tracker::workbook

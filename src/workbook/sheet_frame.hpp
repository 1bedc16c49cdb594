// Everything of a worksheet part outside its cells that names rows: dimension, filters, merged
// cells, conditional formats, validations, links, page breaks, the extension list. Each is moved
// with the rows, or the feature gate says why not. Pure; safe on any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/formula.hpp"
#include "workbook/sheet_index.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {

struct FrameChange {
  std::vector<TextEdit> edits;         ///< offsets into the sheet's text
  std::optional<std::string> problem;  ///< a feature that can't be moved, in plain words
};

/// What must change when the rows of the sheet named in `place` move; `place.own_sheet` says
/// whether this is that sheet.
FrameChange move_frame(const SheetIndex& sheet, const RowMap& map, const FormulaPlace& place);

/// The <dimension> with room for `needed`; nothing if it has room or there is none.
std::optional<TextEdit> grown_dimension(const SheetIndex& sheet, const RowMap& map,
                                        const CellRange& needed);

/// Areas of merged cells.
std::vector<CellRange> merged_areas(const SheetIndex& sheet);

}  // namespace tracker::workbook

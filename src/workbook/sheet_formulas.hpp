// The formulas of a sheet's cells: read with shared ones spelled out, and moved with the rows that
// they refer to. Pure; safe on any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workbook/formula.hpp"
#include "workbook/sheet_rewrite.hpp"

namespace tracker::workbook {

/// What <f> of one cell says.
struct CellFormula {
  std::string text;          ///< decoded; '' for a follower of a shared formula
  std::string shared_index;  ///< si; '' if not shared
  std::string ref;           ///< of a shared master, an array or a data table
  bool is_what_if = false;   ///< a data table: it also names its input cells
};

CellFormula read_formula(const RowIndex& row, const CellIndex& cell);

/// Masters of shared formulas.
struct SharedFormulas {
  struct Master {
    CellAddress place;
    std::string text;
  };
  std::map<std::string, Master> masters;

  /// The formula as if it stood alone in the cell; nothing for a follower without a master.
  std::optional<std::string> text_at(const CellFormula& formula, CellAddress place) const;
};

SharedFormulas read_shared_formulas(const SheetIndex& sheet);

/// "<c …>" with another formula and the old value; `plain` drops all of <f>'s attributes.
std::string with_formula(const RowIndex& row, const CellIndex& cell, std::string_view formula,
                         bool plain, std::string_view new_ref);

/// Formulas of `sheet` that must change when rows of the sheet named in `place` move. Fixed areas
/// (arrays) whose size would change, and what-if tables: `problem` says so.
struct MovedFormulas {
  std::map<std::uint32_t, std::vector<CellXml>> cells;  ///< by old row number
  std::optional<std::string> problem;
};
MovedFormulas move_formulas(const SheetIndex& sheet, const RowMap& map, FormulaPlace place);

}  // namespace tracker::workbook

// References inside formulas: found by a small tokenizer that leaves strings, sheet names, function
// names, structured references and other workbooks alone. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "workbook/row_map.hpp"

namespace tracker::workbook {

struct Reference {
  enum class Kind : std::uint8_t { cells, columns, rows };
  struct Corner {
    std::uint32_t row = 0;
    std::uint32_t column = 0;
    bool row_fixed = false;  ///< written with '$'
    bool column_fixed = false;
  };
  Kind kind = Kind::cells;
  bool is_range = false;
  Corner first;
  Corner last;           ///< equal to first if it is no range
  std::string sheet;     ///< '' = the formula's own sheet
  bool foreign = false;  ///< another workbook, or several sheets at once
};

enum class Rewrite : std::uint8_t { same, changed, dead };

/// The formula with every reference that `change` changed; dead ones become #REF!. Nothing if all
/// stayed the same.
std::optional<std::string> rewrite_references(std::string_view formula,
                                              const std::function<Rewrite(Reference&)>& change);

/// Relative references moved, as a fill does.
std::string shifted_formula(std::string_view formula, std::int64_t rows, std::int64_t columns);

/// Where a formula stands, seen from the sheet whose rows move.
struct FormulaPlace {
  bool own_sheet = false;       ///< on that sheet: references without a sheet name count
  std::string_view sheet_name;  ///< of the sheet whose rows move
  bool inside_body = false;     ///< in a data row: relative ends don't grow
  Growth growth = Growth::body;
  bool keeps_one_row = false;  ///< a sparkline: what spans one row goes on doing so
  /// Formats and validations: relative rows are offsets from their area's first row, which moved
  /// by this much. Names: from the cell that they are used in, so 0.
  std::optional<std::int64_t> area_shift = {};
};

/// References follow the rows. Nothing if nothing changed.
std::optional<std::string> moved_formula(std::string_view formula, const RowMap& map,
                                         const FormulaPlace& place);

/// True if the formula has a reference by cell address.
bool has_references(std::string_view formula);

/// The same sheet name, in any (ASCII) case?
bool same_sheet(std::string_view one, std::string_view other);

}  // namespace tracker::workbook

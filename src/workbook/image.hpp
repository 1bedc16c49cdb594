// What a workbook shows us, and what we ask to be changed in it: the values that cross the border
// between the .xlsx engine and the sync. Plain values; nothing here knows XML or zip.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/entry.hpp"
#include "domain/fields.hpp"

namespace tracker::workbook {

/// Carried by the workbook in a custom document property AND in a hidden defined name: which state
/// the human who saved it was looking at (design/sync.md §1).
struct Token {
  std::string store;            ///< the local journal's id
  std::int64_t generation = 0;  ///< 0 = never written by us
  std::string nonce;
  bool operator==(const Token&) const = default;
};

/// Columns that we measure and write.
enum class MeasuredColumn : std::uint8_t { frames, duration, fps, version, missing, problem };
inline constexpr std::size_t measured_column_count = 6;

struct ImageRow {
  std::uint32_t row_number = 0;            ///< 1-based, as the spreadsheet program shows it
  std::optional<std::int64_t> tracker_id;  ///< the "Tracker ID" cell, if it holds a number > 0
  Cells cells;                             ///< canonical text
  std::bitset<field_count> formula;        ///< cells owned by Excel
  std::bitset<field_count> uncalculated;   ///< formulas whose value no program has written down
  std::array<std::string, measured_column_count> measured;  ///< canonical text
  Extra extra;
};

/// The region of the sheet that holds entries.
struct Image {
  std::string sheet_name;
  std::uint32_t header_row = 0;      ///< 1-based
  std::bitset<field_count> columns;  ///< which fields have a column
  std::bitset<measured_column_count> measured_columns;
  bool has_id_column = false;
  std::array<std::string, field_count> column_letters;  ///< "C"; '' where there is no column
  std::array<std::string, field_count> headers;         ///< header text as it stands
  std::vector<ImageRow> rows;  ///< in sheet order; wholly blank rows are left out
  std::optional<Token> token;
  std::string last_modified_by;       ///< docProps/core.xml; '' = unknown
  std::string application;            ///< docProps/app.xml
  std::vector<std::string> warnings;  ///< sentences with the cell they mean
};

struct CellWrite {
  std::uint32_t row_number = 0;
  Field field = Field::animator;
  std::string text;
};

struct MeasuredWrite {
  std::uint32_t row_number = 0;
  MeasuredColumn column = MeasuredColumn::frames;
  std::string text;
};

struct IdWrite {
  std::uint32_t row_number = 0;
  std::int64_t tracker_id = 0;
};

struct RowAppend {
  Cells cells;
  std::optional<std::int64_t> tracker_id;
  std::array<std::string, measured_column_count> measured;
};

/// Row numbers are those of the document as it stands before the patch. Order of effect: cells,
/// then deletions, then appended rows directly below the last data row.
struct Patch {
  std::vector<CellWrite> cells;
  std::vector<MeasuredWrite> measured;
  std::vector<IdWrite> ids;
  std::vector<std::uint32_t> deleted_rows;
  std::vector<RowAppend> appended;
  std::optional<Token> token;  ///< written into both carriers
};

/// A change that the feature gate would not make, with the reason for the page. The rest is done.
struct Refusal {
  std::string where;  ///< "Sheet1!C7", "row 12", "append"
  std::string reason;
  std::uint32_t row_number = 0;  ///< 0 = an append
  std::optional<Field> field;    ///< a cell write; nothing = the row as a whole
  std::size_t append_index = 0;  ///< which of Patch::appended, when row_number is 0
  bool formula = false;          ///< a formula gives the cell its value: Excel owns it
  bool cleared = false;          ///< a deletion: the entry is gone, its blank row had to stay
};

}  // namespace tracker::workbook

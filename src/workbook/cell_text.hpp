// From a cell to its canonical text and back: types, number formats, dates by the column's meaning.
// Law: the text of value_for(text, …) read back is `text`. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workbook/dates.hpp"
#include "workbook/shared_strings.hpp"
#include "workbook/sheet_index.hpp"
#include "workbook/styles.hpp"

namespace tracker::workbook {

/// What a column's dates mean: in a week column 2026-01-05 is "20260105".
enum class Meaning : std::uint8_t { plain, week };

/// Everything that gives a cell its text.
struct CellReader {
  const SheetIndex& sheet;
  const SharedStrings& strings;
  const Styles& styles;
  DateBase base = DateBase::y1900;

  std::string text(const RowIndex& row, const CellIndex& cell, Meaning meaning) const;

  /// text() without making it, where it stands in the file as it is: nearly everywhere. Lives as
  /// long as the parts. Nothing where it must be made.
  std::optional<std::string_view> text_in_place(const RowIndex& row, const CellIndex& cell) const;

  /// Does a cell name a shared string past the last one? It is blank until there is one more.
  bool names_missing_string() const;
};

/// Shortest text that reads back as the same number: "142", "5.916667".
std::string number_text(double number);

/// As a person sees a number in this format.
std::string formatted_number(double number, NumberFormat format, Meaning meaning, DateBase base);

struct CellValue {
  enum class Kind : std::uint8_t { empty, number, boolean, text };
  Kind kind = Kind::empty;
  std::string raw;  ///< number: as it stands in <v>; boolean: "1"; text: the text itself
};

/// How `text` is stored. `numeric`: the cell (or its column) holds numbers, so a text that reads
/// back exactly becomes one; `boolean` likewise.
CellValue value_for(const std::string& text, NumberFormat format, Meaning meaning, DateBase base,
                    bool numeric, bool boolean);

}  // namespace tracker::workbook

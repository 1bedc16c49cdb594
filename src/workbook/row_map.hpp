// Where each row of a sheet goes when rows are deleted, inserted and appended, and which areas grow
// with the data. Row numbers are 1-based. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workbook/a1.hpp"

namespace tracker::workbook {

/// Which ranges follow the data when rows are appended below it.
enum class Growth : std::uint8_t {
  none,
  body,    ///< ranges from the header or the first data row to the last: formulas, charts, names
  region,  ///< the same, and from the header alone while there is no data: filters, print areas
  area     ///< any area that ends at the last data row: formats, validations
};

struct RowSpan {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool operator==(const RowSpan&) const = default;
};

struct RowMap {
  std::vector<std::uint32_t> deleted;  ///< ascending, each once
  std::uint32_t insert_after = 0;      ///< old row number; rows below it move down by `inserted`
  std::uint32_t inserted = 0;
  bool grows_up = false;  ///< they stand above the first row of the data and belong to it

  std::uint32_t header_row = 0;
  std::uint32_t body_first = 0;  ///< old rows of the data; body_last < body_first = no data
  std::uint32_t body_last = 0;
  std::uint32_t new_body_first = 0;
  std::uint32_t new_body_last = 0;
  bool grows = false;  ///< new rows stand below the old body

  /// True if any row changes its number.
  bool shifts() const { return !deleted.empty() || inserted > 0; }
  bool has_data() const { return body_first <= body_last; }
  bool changes_references() const { return shifts() || grows; }
  bool is_deleted(std::uint32_t row) const;

  /// Nothing if the row is deleted.
  std::optional<std::uint32_t> row(std::uint32_t old_row) const;

  /// Nothing if all of its rows are deleted.
  std::optional<RowSpan> span(RowSpan old_span, Growth growth) const;
  std::optional<CellRange> range(const CellRange& old_range, Growth growth) const;

  /// A list of areas "A1:B2 C3"; '' if nothing is left. Unreadable areas stay as they are.
  std::string areas(std::string_view list, Growth growth) const;
};

}  // namespace tracker::workbook

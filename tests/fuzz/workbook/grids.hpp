// What the fuzz targets of the workbook ask of every patch: the document in memory and its bytes
// read anew show the same cells. A breach aborts.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <vector>

#include "workbook/document.hpp"

namespace tracker::workbook {

inline bool is_equal(const GridRow& one, const GridRow& other) {
  return one.row_number == other.row_number &&
         std::ranges::equal(one.cells, other.cells, [](const GridCell& a, const GridCell& b) {
           return a.column == b.column && a.text == b.text && a.formula == b.formula;
         });
}

inline bool is_equal(const std::vector<GridRow>& one, const std::vector<GridRow>& other) {
  return std::ranges::equal(one, other,
                            [](const GridRow& a, const GridRow& b) { return is_equal(a, b); });
}

inline void must(bool holds, std::source_location place = std::source_location::current()) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s:%u\n", place.file_name(), place.line());
  std::abort();
}

inline void must_show_the_same(const Document& warm) {
  const auto cold = Document::open(std::string(warm.bytes()));
  must(cold.has_value());
  const auto expected = warm.grid("");
  const auto shown = cold->grid("");
  must(expected && shown && is_equal(*expected, *shown));
}

}  // namespace tracker::workbook

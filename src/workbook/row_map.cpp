#include "workbook/row_map.hpp"

#include <algorithm>

namespace tracker::workbook {

bool RowMap::is_deleted(std::uint32_t row) const {
  return std::ranges::binary_search(deleted, row);
}

std::optional<std::uint32_t> RowMap::row(std::uint32_t old_row) const {
  const auto place = std::ranges::lower_bound(deleted, old_row);
  if (place != deleted.end() && *place == old_row) return std::nullopt;
  const std::uint32_t up = static_cast<std::uint32_t>(place - deleted.begin());
  const std::uint32_t down = inserted > 0 && old_row > insert_after ? inserted : 0;
  return std::min(old_row - up + down, rows_max);
}

std::optional<RowSpan> RowMap::span(RowSpan old_span, Growth growth) const {
  const bool ends_with_body =
      grows && old_span.last == body_last && (has_data() || growth == Growth::region);
  const bool follows_data = growth == Growth::body || growth == Growth::region;
  const bool grows_here = (follows_data && ends_with_body &&
                           (old_span.first == body_first || old_span.first == header_row)) ||
                          (growth == Growth::area && ends_with_body &&
                           (old_span.first < old_span.last || body_first == body_last));
  RowSpan result = old_span;
  while (result.first <= result.last && is_deleted(result.first)) ++result.first;
  while (result.last >= result.first && result.last > 0 && is_deleted(result.last)) --result.last;
  if (result.first > result.last) {
    if (!grows_here) return std::nullopt;
    return RowSpan{new_body_first, new_body_last};
  }
  const bool to_the_end = old_span.last >= rows_max;
  const bool from_the_top = old_span.first == 1 && to_the_end;
  result.first = from_the_top ? 1 : *row(result.first);
  result.last = to_the_end ? old_span.last : *row(result.last);
  if (grows_here) result.last = new_body_last;
  const bool holds_data = growth == Growth::area || old_span.last == body_last;
  if (grows_up && growth != Growth::none && holds_data && old_span.first == body_first) {
    result.first = body_first;
  }
  return result;
}

std::optional<CellRange> RowMap::range(const CellRange& old_range, Growth growth) const {
  const std::optional<RowSpan> rows = span({old_range.first.row, old_range.last.row}, growth);
  if (!rows) return std::nullopt;
  return CellRange{{rows->first, old_range.first.column}, {rows->last, old_range.last.column}};
}

std::string RowMap::areas(std::string_view list, Growth growth) const {
  std::string result;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    const std::string_view area = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (area.empty()) continue;
    std::string mapped(area);
    if (const std::optional<CellRange> old_range = parse_range(area)) {
      const std::optional<CellRange> moved = range(*old_range, growth);
      if (!moved) continue;
      if (*moved != *old_range) mapped = to_string(*moved);
    }
    if (!result.empty()) result += ' ';
    result += mapped;
  }
  return result;
}

}  // namespace tracker::workbook

#include "merge/sheet_state.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace tracker::merge {

bool SheetState::operator==(const SheetState& other) const {
  return std::equal(
      rows_.begin(), rows_.end(), other.rows_.begin(), other.rows_.end(),
      [](const SharedRow& one, const SharedRow& two) { return one == two || *one == *two; });
}

const std::string& cloud_value(const SheetRow& row, Field field) {
  for (const Mark& mark : row.marks) {
    if (mark.field == field) return mark.cloud;
  }
  return at(row.text, field);
}

void set_cloud_value(SheetRow& row, Field field, std::string value) {
  std::erase_if(row.marks, [&](const Mark& mark) { return mark.field == field; });
  if (value != at(row.text, field)) row.marks.push_back({field, std::move(value)});
}

Cells cloud_cells(const SheetRow& row) {
  Cells cells = row.text;
  for (const Mark& mark : row.marks) at(cells, mark.field) = mark.cloud;
  return cells;
}

void forget_unseen_marks(SheetState& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SheetRow row = rows[i];
    for (const Mark& mark : rows[i].marks) set_cloud_value(row, mark.field, {});
    if (!rows[i].marks.empty()) rows.replace(i, std::move(row));
  }
}

std::string uid_text(std::string_view store, std::int64_t uid) {
  return std::string(store) + ":" + std::to_string(uid);
}

RowRef reference_to(const SheetRow& row, std::string_view store) {
  if (row.id != 0) return {row.id, {}};
  return {0, uid_text(store, row.uid)};
}

std::int64_t uid_number(std::string_view text) {
  return std::stoll(std::string(text.substr(text.rfind(':') + 1)));
}

std::uint64_t hash_of(const Extra& extra) {
  if (extra.empty()) return 0;
  std::string text;
  for (const auto& [header, value] : extra) {
    if (value.empty()) continue;
    text += header + '\x1F' + value + '\x1E';
  }
  if (text.empty()) return 0;
  const std::string digest = content_digest(text);
  return std::stoull(digest.substr(0, 15), nullptr, 16) + 1;
}

}  // namespace tracker::merge

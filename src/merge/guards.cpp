#include "merge/guards.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tracker::merge {
namespace {

using workbook::Image;

constexpr std::size_t permuted_rows_min = 10;

/// True if the changed cells of `field` are the base's values in another order.
bool is_permuted(Field field, const SheetState& base, const Image& image,
                 std::span<const std::optional<std::size_t>> pairs, std::size_t& changed) {
  std::vector<std::string_view> before;
  std::vector<std::string_view> after;
  for (std::size_t s = 0; s < pairs.size(); ++s) {
    if (!pairs[s]) continue;
    const std::string& old = at(base[*pairs[s]].text, field);
    const std::string& now = at(image.rows[s].cells, field);
    if (old == now) continue;
    before.push_back(old);
    after.push_back(now);
  }
  changed = before.size();
  if (changed < permuted_rows_min || changed * 10 < base.size() * 3) return false;
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  if (before.front() == before.back()) return false;
  return before == after;
}

std::string why_columns_doubtful(const SheetState& base, const Image& image,
                                 std::span<const std::optional<std::size_t>> pairs) {
  std::size_t key_changes = 0;
  std::size_t other_permuted = 0;
  std::string permuted;
  for (Field field : all_fields) {
    if (!image.columns[index(field)]) continue;
    std::size_t changed = 0;
    if (is_permuted(field, base, image, pairs, changed)) {
      ++other_permuted;
      permuted = image.headers[index(field)];
    }
    const bool key = std::find(natural_key_fields.begin(), natural_key_fields.end(), field) !=
                     natural_key_fields.end();
    if (key) key_changes += changed;
  }
  if (other_permuted == 1) {
    return fmt::format(
        "the column \"{}\" looks sorted without the other columns; undo that in Excel and save, "
        "or confirm the change",
        permuted);
  }
  const std::size_t key_cells = base.size() * natural_key_fields.size();
  if (base.size() >= permuted_rows_min && key_changes * 2 >= key_cells) {
    return "at least half of the key cells changed at once; restore the sheet or confirm the "
           "change";
  }
  return {};
}

}  // namespace

bool is_mass_delete(std::size_t deleted, std::size_t rows) {
  return deleted > std::max<std::size_t>(5, rows / 5);
}

std::string why_unreadable(const Image& image) {
  std::size_t missing = 0;
  std::string names;
  for (Field field : natural_key_fields) {
    if (image.columns[index(field)]) continue;
    ++missing;
    names += (names.empty() ? "" : ", ") + std::string(spec(field).header);
  }
  const bool has_key = image.columns[index(Field::scene)] && image.columns[index(Field::shot)];
  if (missing >= 2 || !has_key) {
    return fmt::format("sheet \"{}\" lacks the columns {}; put the headings back and save",
                       image.sheet_name, names);
  }
  return {};
}

std::string why_doubtful(const SheetState& base, const Image& image,
                         std::span<const std::optional<std::size_t>> pairs, bool deletes_allowed) {
  if (image.rows.empty() && !base.empty()) {
    return fmt::format(
        "sheet \"{}\" has no rows any more ({} before); undo that in Excel and "
        "save, or confirm the change",
        image.sheet_name, base.size());
  }
  std::size_t paired = 0;
  for (const auto& pair : pairs) paired += pair.has_value();
  const std::size_t drafts = static_cast<std::size_t>(
      std::count_if(base.begin(), base.end(), [](const SheetRow& row) { return row.draft; }));
  const std::size_t gone = base.size() - paired;
  if (deletes_allowed && gone > drafts && is_mass_delete(gone - drafts, base.size())) {
    return fmt::format(
        "{} of {} rows are missing in the workbook; undo that in Excel and save, or "
        "confirm the deletion",
        gone, base.size());
  }
  return why_columns_doubtful(base, image, pairs);
}

}  // namespace tracker::merge

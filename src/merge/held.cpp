#include "merge/held.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace tracker::merge {
namespace {

using RowKey = std::pair<EntryId, std::string>;

RowKey key_of(const RowRef& row) { return {row.id, row.id != 0 ? std::string() : row.uid}; }

bool is_key(Field field) {
  return std::ranges::find(natural_key_fields, field) != natural_key_fields.end();
}

/// What one save does to one column.
struct ColumnEdits {
  std::vector<std::string_view> before;
  std::vector<std::string_view> after;

  /// The old values in another order.
  bool is_permutation(std::size_t base_rows, const GuardLimits& limits) {
    if (before.size() < limits.rows_min || before.size() * 10 < base_rows * 3) return false;
    std::ranges::sort(before);
    std::ranges::sort(after);
    return before.front() != before.back() && before == after;
  }
};

Doubt doubt_about_columns(std::span<const Op> ops, std::size_t base_rows,
                          const workbook::Image& image, const GuardLimits& limits) {
  std::array<ColumnEdits, field_count> columns;
  Doubt doubt;
  std::size_t key_edits = 0;
  for (const Op& op : ops) {
    if (op.kind != OpKind::edit || op.before == op.after) continue;
    columns[index(op.field)].before.push_back(op.before);
    columns[index(op.field)].after.push_back(op.after);
    key_edits += is_key(op.field);
  }
  for (Field field : all_fields) {
    if (columns[index(field)].is_permutation(base_rows, limits)) doubt.fields.set(index(field));
  }
  if (doubt.fields.count() == 1) {
    const auto sorted = std::ranges::find_if(
        all_fields, [&](Field field) { return doubt.fields.test(index(field)); });
    doubt.reason = fmt::format("the column \"{}\" looks sorted without the other columns",
                               image.headers[index(*sorted)]);
    return doubt;
  }
  doubt.fields.reset();
  const std::size_t key_cells = base_rows * natural_key_fields.size();
  if (base_rows < limits.rows_min || key_edits * 2 < key_cells) return doubt;
  for (Field field : natural_key_fields) doubt.fields.set(index(field));
  doubt.reason = "at least half of the key cells changed at once";
  return doubt;
}

using HeldEdits = std::map<std::pair<RowKey, Field>, Op>;

/// A row with held edits is deleted: `cells` becomes what the cloud still has. False if it had
/// none.
bool take_back_edits(HeldEdits& edits, const RowKey& row, Cells& cells) {
  bool had_edits = false;
  for (Field field : all_fields) {
    const auto known = edits.find({row, field});
    if (known == edits.end()) continue;
    at(cells, field) = known->second.before;
    edits.erase(known);
    had_edits = true;
  }
  return had_edits;
}

/// The sheet shows the old value, or the row, again: whoever saved it took the change back.
void drop_undone(HeldEdits& edits, std::map<RowKey, Op>& removals, const SheetState& rows) {
  if (edits.empty() && removals.empty()) return;
  for (const SheetRow& row : rows) {
    const RowKey key{row.id, {}};
    removals.erase(key);
    for (Field field : all_fields) {
      const auto held = edits.find({key, field});
      if (held != edits.end() && held->second.before == at(row.text, field)) edits.erase(held);
    }
  }
}

/// A row that came back without its id is sent as a new one, but for this.
void drop_returned(std::map<RowKey, Op>& removals, std::vector<Op>& ops, SheetState& rows) {
  if (removals.empty()) return;
  std::multimap<Cells, RowKey> by_cells;
  for (const auto& [row, op] : removals) by_cells.emplace(op.cells, row);
  std::map<std::int64_t, EntryId> returned;  // by uid
  std::erase_if(ops, [&](const Op& op) {
    const auto held = op.kind == OpKind::insert ? by_cells.find(op.cells) : by_cells.end();
    if (held == by_cells.end() || held->second.first == 0) return false;
    returned.emplace(uid_number(op.row.uid), held->second.first);
    removals.erase(held->second);
    by_cells.erase(held);
    return true;
  });
  for (std::size_t i = 0; !returned.empty() && i < rows.size(); ++i) {
    const auto known = rows[i].id == 0 ? returned.find(rows[i].uid) : returned.end();
    if (known == returned.end()) continue;
    SheetRow row = rows[i];
    row.id = known->second;
    rows.replace(i, std::move(row));
  }
}

}  // namespace

bool is_mass_delete(std::size_t deleted, std::size_t rows, const GuardLimits& limits) {
  return deleted > std::max(limits.deletes, rows / 5);
}

Doubt doubt_of(std::span<const Op> ops, std::size_t base_rows, const workbook::Image& image,
               const GuardLimits& limits) {
  if (base_rows == 0) return {};
  Doubt doubt = doubt_about_columns(ops, base_rows, image, limits);
  const auto removals =
      static_cast<std::size_t>(std::ranges::count(ops, OpKind::remove, &Op::kind));
  const bool emptied = removals > 0 && image.rows.empty();
  if (!emptied && !is_mass_delete(removals, base_rows, limits)) return doubt;
  doubt.removals = true;
  if (!doubt.reason.empty()) doubt.reason += "; ";
  doubt.reason += fmt::format("{} of {} rows were deleted from the workbook", removals, base_rows);
  return doubt;
}

void hold_back(Held& held, std::vector<Op>& ops, const Doubt& doubt, SheetState& rows) {
  if (held.empty() && doubt.reason.empty()) return;
  if (!doubt.reason.empty()) held.reason = doubt.reason;
  HeldEdits edits;
  std::map<RowKey, Op> removals;
  for (Op& op : held.ops) {
    if (op.kind == OpKind::remove) {
      removals.insert_or_assign(key_of(op.row), std::move(op));
    } else {
      edits.insert_or_assign({key_of(op.row), op.field}, std::move(op));
    }
  }
  drop_undone(edits, removals, rows);
  drop_returned(removals, ops, rows);
  std::vector<Op> going_on;
  for (Op& op : ops) {
    const RowKey row = key_of(op.row);
    if (op.kind == OpKind::edit) {
      const auto known = edits.find({row, op.field});
      if (known != edits.end()) {
        known->second.after = op.after;
        if (known->second.before == op.after) edits.erase(known);
      } else if (doubt.fields.test(index(op.field))) {
        edits.emplace(std::pair(row, op.field), std::move(op));
      } else {
        going_on.push_back(std::move(op));
      }
      continue;
    }
    if (op.kind == OpKind::remove) {
      const bool had_edits = take_back_edits(edits, row, op.cells);
      if (had_edits || doubt.removals) {
        removals.emplace(row, std::move(op));
        continue;
      }
    }
    going_on.push_back(std::move(op));
  }
  ops = std::move(going_on);
  held.ops.clear();
  for (auto& [cell, op] : edits) held.ops.push_back(std::move(op));
  for (auto& [row, op] : removals) held.ops.push_back(std::move(op));
  if (held.empty()) held.reason.clear();
}

std::vector<Op> given_up(const Held& before, const Held& now) {
  std::map<std::pair<RowKey, Field>, std::string_view> texts;
  for (const Op& op : now.ops) {
    if (op.kind == OpKind::edit) texts.emplace(std::pair(key_of(op.row), op.field), op.after);
  }
  std::vector<Op> gone;
  for (const Op& op : before.ops) {
    if (op.kind != OpKind::edit) continue;
    const auto text = texts.find({key_of(op.row), op.field});
    if (text == texts.end() || text->second != op.after) gone.push_back(op);
  }
  return gone;
}

Settled settle(std::span<const Op> ops, std::span<const CloudRow> rows,
               const std::map<std::string, EntryId>& ids_by_uid) {
  std::map<EntryId, const CloudRow*> by_id;
  for (const CloudRow& row : rows) by_id.emplace(row.id, &row);
  Settled out;
  std::set<EntryId> removed;
  for (Op op : ops) {
    if (const auto known = ids_by_uid.find(op.row.uid);
        op.row.id == 0 && known != ids_by_uid.end()) {
      op.row = {known->second, {}};
    }
    const auto found = by_id.find(op.row.id);
    const CloudRow* const row = found == by_id.end() ? nullptr : found->second;
    const bool there = row != nullptr && !row->removed;
    if (op.kind == OpKind::remove) {
      if (there && row->cells == op.cells) {
        removed.insert(op.row.id);
      } else if (there) {
        out.left_alone.push_back(std::move(op));
      }
      continue;
    }
    const std::string* const current = there ? &at(row->cells, op.field) : nullptr;
    if (current != nullptr && *current == op.after) continue;
    if (current == nullptr || *current != op.before || problem_with(op.field, op.after)) {
      out.left_alone.push_back(std::move(op));
      continue;
    }
    at(out.updated.try_emplace(op.row.id, row->cells).first->second, op.field) = op.after;
  }
  out.removed.assign(removed.begin(), removed.end());
  return out;
}

}  // namespace tracker::merge

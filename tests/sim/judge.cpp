// The end of a world: I1–I12 of design/sync.md §6.
#include <algorithm>

#include "world.hpp"

namespace tracker::sim {

std::string World::rows_text() const {
  std::string text = "workbook:";
  const auto shown = [](const Cells& cells) {
    std::string line;
    for (const std::string& cell : cells) line += (cell.size() > 12 ? "<long>" : cell) + "|";
    return line;
  };
  if (folder_.target) {
    for (const auto& row : folder_.target->image.rows) {
      text += "\n  " + std::to_string(row.tracker_id.value_or(0)) + " " + shown(row.cells);
    }
  }
  text += "\ncloud:";
  for (const auto& [id, row] : cloud_.rows()) {
    if (!row.state.removed) text += "\n  " + std::to_string(id) + " " + shown(row.state.cells);
  }
  return text;
}

std::string World::violation() {
  if (!local_->violation().empty()) return local_->violation();
  if (!cloud_.fenced_breach().empty()) return "I12: " + cloud_.fenced_breach();
  allow_listed_duplicates();
  const sync::Engine& engine = local_->engine();
  if (!engine.at_rest() || !folder_.target || engine.workbook_digest() != folder_.target->digest) {
    return "I8: the world did not come to rest " + engine.report().problem;
  }
  std::unordered_set<std::string> present;
  if (std::string wrong = compare_rows(present); !wrong.empty()) return wrong;
  if (std::string wrong = ghost_.judge(present, drafts_, cloud_.losers()); !wrong.empty())
    return wrong;
  const Habits& habits = schedule_.habits;
  const bool one_hand = schedule_.mode.editors == 1 && !habits.in_place && !habits.stale_copies;
  if (one_hand && folder_.target->paint != people_->last_paint()) {
    return "I10: the last human save's formats are not in the workbook";
  }
  return not_at_rest();
}

/// The known limit of design/sync.md §6: what two people at one workbook made of a row that had no
/// id yet may stand twice, if the page says so: as a possible duplicate, or as a draft. So may one
/// whose shot was retyped in an old copy.
void World::allow_listed_duplicates() {
  const Mode& mode = schedule_.mode;
  const bool two_files = mode.editors > 1 || !mode.locks || mode.in_window;
  const auto allow = [this](const Cells& one, const Cells& two) {
    ghost_.loosen(one);
    ghost_.loosen(two);
  };
  for (const auto& [one, two] : cloud_.possible_duplicates()) {
    const Cells& newer = cloud_.rows().at(one).state.cells;
    const Cells& twin = cloud_.rows().at(two).state.cells;
    const bool retyped = ghost_.is_retyped_in_copy(at(newer, Field::scene)) &&
                         at(newer, Field::scene) == at(twin, Field::scene);
    if (!two_files && !retyped) continue;
    const bool both = cloud_.there(one) && cloud_.there(two);
    listed_ = listed_ || both;
    doubled_ = doubled_ ||
               (both && std::ranges::any_of(all_fields, [&](Field field) {
                  return at(newer, field) == at(twin, field) && !ghost_.is_loose(at(newer, field));
                }));
    allow(newer, twin);
  }
  const sync::SharedState& sheet = local_->engine().sheet();
  if (!sheet || !two_files) return;
  for (const merge::SheetRow& draft : *sheet) {
    if (!draft.draft) continue;
    for (const auto& [id, row] : cloud_.rows()) {
      const auto alike = std::ranges::count_if(all_fields, [&](Field field) {
        return ghost_.share_past(at(draft.text, field), at(row.state.cells, field));
      });
      if (!row.state.removed && 2 * alike >= std::ssize(all_fields))
        allow(draft.text, row.state.cells);
    }
  }
}

std::string World::compare_rows(std::unordered_set<std::string>& present) {
  const auto& rows = folder_.target->image.rows;
  const merge::SheetState sheet = sheet_with_ids();
  if (rows.size() != sheet.size()) return "I1: the engine believes in other rows";
  std::set<EntryId> ids;
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::string wrong = compare_row(rows[i], sheet[i], present, waiting); !wrong.empty())
      return wrong;
    if (sheet[i].id != 0 && !ids.insert(sheet[i].id).second) {
      return "I5: row " + std::to_string(sheet[i].id) + " stands twice in the workbook";
    }
  }
  if (local_->engine().report().quarantined.size() < waiting)
    return "I1: a waiting cell is not told";
  std::unordered_set<std::string> seen;
  for (const auto& [id, row] : cloud_.rows()) {
    if (row.state.removed) continue;
    if (!ids.contains(id)) return "I1: row " + std::to_string(id) + " is not in the workbook";
    present.insert(row.state.cells.begin(), row.state.cells.end());
    if (std::string wrong = find_twins(row, seen); !wrong.empty()) return wrong;
  }
  return {};
}

/// The engine's rows; ids that it will write down with the next generation are there already.
merge::SheetState World::sheet_with_ids() const {
  merge::SheetState sheet;
  const sync::Memory& memory = local_->engine().memory();
  const std::string lineage = memory.store + "." + std::to_string(memory.incarnation);
  for (merge::SheetRow row : *local_->engine().sheet()) {
    const bool unnamed = row.id == 0 && !row.draft;
    for (const auto& [id, mirrored] : memory.mirror) {
      if (unnamed && mirrored.uid == merge::uid_text(lineage, row.uid)) row.id = id;
    }
    sheet.push_back(std::move(row));
  }
  return sheet;
}

std::string World::compare_row(const workbook::ImageRow& shown, const merge::SheetRow& known,
                               std::unordered_set<std::string>& present, std::size_t& waiting) {
  const workbook::Image& image = folder_.target->image;
  const bool cannot_travel = std::ranges::any_of(all_fields, [&](Field field) {
    const std::string& text = at(shown.cells, field);
    return !text.empty() && problem_with(field, text);
  });
  if (known.draft || (cannot_travel && !cloud_.there(known.id))) {
    ++waiting;
    drafts_.insert(shown.cells.begin(), shown.cells.end());
    return {};
  }
  present.insert(shown.cells.begin(), shown.cells.end());
  if (!cloud_.there(known.id))
    return "I1: " + at(shown.cells, Field::scene) + " is not in the cloud";
  const merge::CloudRow& row = cloud_.rows().at(known.id).state;
  if (image.has_id_column && shown.tracker_id != known.id) return "I1: a row shows a wrong id";
  for (Field field : all_fields) {
    const std::string& text = at(shown.cells, field);
    if (!image.columns[index(field)] || text == at(row.cells, field)) continue;
    if (!problem_with(field, text)) {
      return "I1: workbook " + text + ", cloud " + at(row.cells, field);
    }
    ++waiting;
  }
  if (image.measured_columns[0] && !known.pinned[0] &&
      shown.measured[0] != merge::measured_texts(row.measurement)[0]) {
    return "I1: frames " + shown.measured[0] + " of row " + std::to_string(known.id);
  }
  return {};
}

/// I5: a value that nobody copied stands in one cell only.
std::string World::find_twins(const FakeCloud::Row& row,
                              std::unordered_set<std::string>& seen) const {
  for (const std::string& cell : row.state.cells) {
    if (ghost_.is_loose(cell) || seen.insert(cell).second) continue;
    return "I5: " + cell + " stands twice";
  }
  return {};
}

/// I9 and I7: rest means no write, push, change or log row; and nothing comes of old messages.
std::string World::not_at_rest() {
  const ChangeNumber head = cloud_.head();
  const std::string digest = folder_.target->digest;
  const std::size_t sent = local_->sent().size();
  const std::size_t losers = cloud_.losers().size();
  settle();
  if (folder_.target->digest != digest) return "I9: a write at rest";
  if (cloud_.head() != head || cloud_.losers().size() != losers) return "I9: a change at rest";
  if (local_->sent().size() != sent) return "I9: a push at rest";
  for (const sync::Push& push : local_->sent()) cloud_.push(push);
  if (cloud_.head() != head) return "I7: an old push changed something";
  return {};
}

}  // namespace tracker::sim

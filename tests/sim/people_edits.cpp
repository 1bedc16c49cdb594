// What a human does to the rows on the screen, and what users of the cloud do to theirs.
#include <algorithm>
#include <tuple>

#include "people.hpp"

namespace tracker::sim {
namespace {

using workbook::ImageRow;

constexpr std::array<Field, 4> edited_fields{Field::animator, Field::shot, Field::status,
                                             Field::notes};
constexpr std::size_t shot_length_max = 50;

std::string shown(const Cells& cells) {
  std::string text;
  for (const std::string& cell : cells) text += (cell.size() > 12 ? "<long>" : cell) + "|";
  return text;
}

}  // namespace

void People::undo(Editor& editor) {
  in_.note(editor.image.last_modified_by + " undoes");
  std::set<std::string> shown_now;
  for (const ImageRow& row : editor.image.rows) {
    for (const std::string& cell : row.cells) shown_now.insert(cell);
  }
  for (const ImageRow& row : editor.undo->first.rows) {
    for (const std::string& cell : row.cells) {
      if (!shown_now.contains(cell)) in_.ghost.loosen(cell);
    }
  }
  for (const std::string& cell : shown_now) in_.ghost.may_go(cell);
  const auto token = editor.image.token;
  editor.image = editor.undo->first;
  editor.image.token = token;
  editor.pending = editor.undo->second;
  editor.undo.reset();
  editor.edited = true;
}

void People::add_row(Editor& editor, Random& dice) {
  ImageRow row;
  row.cells = type_row();
  if (in_.habits.odd_cells && dice.chance(25)) at(row.cells, Field::shot).clear();
  for (Field field : all_fields) {
    if (!editor.image.columns[index(field)]) at(row.cells, field).clear();
  }
  for (const std::string& cell : row.cells) editor.pending.typed.push_back(cell);
  in_.note(editor.image.last_modified_by + " types a row " + shown(row.cells));
  auto& rows = editor.image.rows;
  const std::size_t place = dice.chance(70) ? rows.size() : dice.below(rows.size() + 1);
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(place), std::move(row));
}

void People::delete_row(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  const std::size_t place = dice.below(rows.size());
  const Cells gone = rows[place].cells;
  editor.pending.deleted.push_back(gone);
  for (const std::string& cell : hidden_[at(gone, Field::scene)]) {
    editor.pending.replaced_by_bad.push_back(cell);
  }
  // What was typed over in a row that is then deleted was deleted, not overwritten: if the
  // deletion is held on doubt, the row stands as it stood.
  for (const std::string& cell : gone) {
    forget_overwrites(editor, cell);
    in_.ghost.loosen_what_it_replaced(cell);
  }
  in_.note(editor.image.last_modified_by + " deletes " + shown(gone));
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(place));
}

/// What `text` was typed over stays where it was.
void People::forget_overwrites(Editor& editor, const std::string& text) {
  std::erase_if(editor.pending.overwrites, [&](const auto& overwrite) {
    const bool found = !text.empty() && overwrite.after == text;
    if (found) editor.pending.replaced_by_bad.push_back(overwrite.before);
    return found;
  });
}

/// Excel offers it, and people take it by mistake: each row has another one's cell then.
void People::sort_one_column(Editor& editor, Random& dice) {
  const Field field = edited_fields[dice.below(edited_fields.size())];
  if (!editor.image.columns[index(field)]) return;
  auto& rows = editor.image.rows;
  for (const ImageRow& row : rows) {
    const std::string& text = at(row.cells, field);
    retypes(editor, row, field);
    in_.ghost.loosen(text);
    in_.ghost.loosen_what_it_replaced(text);
    forget_overwrites(editor, text);
    // A cell that cannot travel, or that Excel owns, is not another row's.
    if (row.formula.test(index(field)) || problem_with(field, text)) return;
  }
  std::string text = at(rows.back().cells, field);
  for (ImageRow& row : rows) text = std::exchange(at(row.cells, field), std::move(text));
  in_.note(editor.image.last_modified_by + " sorts one column alone");
}

void People::rearrange(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  if (in_.habits.guarded && dice.chance(40)) {
    return sort_one_column(editor, dice);
  }
  if (dice.chance(50)) {
    const Field by = edited_fields[dice.below(edited_fields.size())];
    std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
      return std::tie(at(a.cells, by), a.cells) < std::tie(at(b.cells, by), b.cells);
    });
    in_.note(editor.image.last_modified_by + " sorts");
    return;
  }
  const std::size_t from = dice.below(rows.size());
  const std::size_t to = dice.below(rows.size());
  ImageRow row = rows[from];
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(from));
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(to), std::move(row));
  in_.note(editor.image.last_modified_by + " moves a row");
}

void People::copy(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  const std::size_t from = dice.below(rows.size());
  if (dice.chance(50)) {
    ImageRow row = rows[from];
    in_.ghost.loosen(row.cells);
    for (const std::string& cell : row.cells) in_.ghost.loosen_what_it_replaced(cell);
    // A journal from a backup does not know any more which id its copy got.
    const bool unnamed = !in_.habits.with_ids || in_.habits.restores;
    if (unnamed) copied_without_id(at(row.cells, Field::scene));
    in_.note(editor.image.last_modified_by + " copies the row " + shown(row.cells));
    const std::size_t to = dice.below(rows.size() + 1);
    rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(to), std::move(row));
    return;
  }
  const Field field = dice.chance(50) ? Field::animator : Field::status;
  if (!editor.image.columns[index(field)]) return;
  const std::string text = at(rows[from].cells, field);
  in_.ghost.loosen(text);
  in_.note(editor.image.last_modified_by + " fills down " + text);
  const std::size_t last = std::min(rows.size(), from + 1 + dice.below(3));
  for (std::size_t i = from + 1; i < last; ++i) put_text(editor, rows[i], field, text);
}

void People::copied_without_id(const std::string& scene) {
  in_.ghost.copied_without_id(scene);
  for (const auto& [id, row] : in_.cloud.rows()) {
    if (at(row.state.cells, Field::scene) == scene) in_.ghost.loosen(row.state.cells);
  }
}

void People::put_text(Editor& editor, ImageRow& row, Field field, const std::string& text) {
  std::string& cell = at(row.cells, field);
  if (cell == text) return;
  retypes(editor, row, field);
  if (in_.ghost.is_copied_without_id(at(row.cells, Field::scene))) {
    in_.ghost.loosen(cell);
    // Approved for the one, then told to be the other's; or the ids came from a backup.
    if (in_.habits.guarded || in_.habits.restores) in_.ghost.loosen(text);
  }
  // Of two files a cell that shows again what it showed in one of them is not believed.
  const bool two_files = in_.mode.editors > 1 || !in_.mode.locks;
  const bool again = in_.ghost.was_before(text, cell) || in_.ghost.is_loose(text);
  if (two_files && again) in_.ghost.loosen(cell);
  editor.pending.overwrites.push_back({cell, text, at(row.cells, Field::scene)});
  in_.ghost.replaces(text, cell);
  cell = text;
}

void People::retypes(const Editor& editor, const ImageRow& row, Field field) {
  if (editor.has_old_copy && field == Field::shot) {
    in_.ghost.retyped_in_copy(at(row.cells, Field::scene));
  }
}

void People::type_cell(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  ImageRow& row = rows[dice.below(rows.size())];
  const Field field = edited_fields[dice.below(edited_fields.size())];
  if (!editor.image.columns[index(field)]) return;
  const std::string value = in_.ghost.type();
  in_.note(editor.image.last_modified_by + " edits " + at(row.cells, field) + " -> " + value);
  editor.pending.typed.push_back(value);
  row.formula.reset(index(field));
  put_text(editor, row, field, value);
}

/// What can't travel, and what Excel owns.
void People::type_odd_cell(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  ImageRow& row = rows[dice.below(rows.size())];
  const std::size_t kind = dice.below(3);
  if (kind == 0) {
    if (!editor.image.columns[index(Field::status)]) return;
    const std::string value = in_.ghost.type();
    in_.ghost.loosen(value);
    in_.note(editor.image.last_modified_by + " turns " + at(row.cells, Field::status) +
             " into a formula that shows " + value);
    editor.pending.typed.push_back(value);
    put_text(editor, row, Field::status, value);
    row.formula.set(index(Field::status));
    return;
  }
  std::string& cell = at(row.cells, Field::shot);
  retypes(editor, row, Field::shot);
  if (!cell.empty()) editor.pending.replaced_by_bad.push_back(cell);
  forget_overwrites(editor, cell);
  in_.ghost.loosen_what_it_replaced(cell);
  in_.ghost.loosen(cell);  // the cloud keeps it, so it may stand beside a copy
  if (kind == 1) {
    in_.note(editor.image.last_modified_by + " blanks the shot " + cell);
    cell.clear();
    return;
  }
  const std::string text = in_.ghost.type(in_.ghost.type() + std::string(shot_length_max, 'x'));
  in_.note(editor.image.last_modified_by + " types too much over " + cell);
  editor.pending.typed.push_back(text);
  in_.ghost.loosen(text);
  cell = text;
}

// ---- the page, the API, plain SQL

void People::web_user(Random& dice, Origin origin) {
  std::vector<EntryId> ids;
  for (const auto& [id, row] : in_.cloud.rows()) {
    if (!row.state.removed) ids.push_back(id);
  }
  const std::size_t kind = dice.below(100);
  if (kind < 20 || ids.empty()) {
    const Cells cells = type_row();
    in_.ghost.keep(cells);
    in_.cloud.insert(cells, origin);
    in_.note("web adds " + shown(cells));
    return;
  }
  const EntryId id = ids[dice.below(ids.size())];
  const merge::CloudRow& row = in_.cloud.rows().at(id).state;
  if (kind < 30) {
    in_.ghost.may_go(row.cells);
    in_.note("web deletes " + std::to_string(id));
    in_.cloud.remove(id, origin);
    return;
  }
  const Field field = edited_fields[dice.below(edited_fields.size())];
  const ChangeNumber page_shows = in_.cloud.head() - static_cast<ChangeNumber>(dice.below(4));
  if (row.cell_seq[index(field)] > page_shows) return;  // 412: If-Match names an older version
  const std::string old_value = at(row.cells, field);
  const std::string value = in_.ghost.type();
  in_.ghost.overwritten(old_value);
  in_.ghost.replaces_on_page(value, old_value);
  if (in_.ghost.is_copied_without_id(at(row.cells, Field::scene))) {
    in_.ghost.loosen(old_value);
    in_.ghost.loosen(value);
  }
  in_.ghost.keep(value);
  in_.cloud.edit(id, field, value, origin);
  in_.note("web edits " + std::to_string(id) + " " + old_value + " -> " + value);
}

}  // namespace tracker::sim

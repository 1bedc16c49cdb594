#include "people.hpp"

#include <algorithm>
#include <tuple>

namespace tracker::sim {
namespace {

using workbook::Image;
using workbook::ImageRow;

constexpr std::array<Field, 4> edited_fields{Field::animator, Field::shot, Field::status,
                                             Field::notes};
constexpr std::size_t shot_length_max = 50;

std::string shown(const Cells& cells) {
  std::string text;
  for (const std::string& cell : cells) text += (cell.size() > 12 ? "<long>" : cell) + "|";
  return text;
}

bool holds(const Cells& cells, const std::string& value) {
  return std::find(cells.begin(), cells.end(), value) != cells.end();
}

}  // namespace

Cells People::type_row() {
  Cells cells;
  at(cells, Field::scene) = in_.ghost.type();
  at(cells, Field::project_type) = in_.ghost.type();
  at(cells, Field::episode_title) = in_.ghost.type();
  for (Field field : edited_fields) at(cells, field) = in_.ghost.type();
  return cells;
}

/// One tree, seen from both sides.
void People::begin(Random& dice) {
  Image image = empty_image(in_.habits.with_ids, in_.habits.media);
  for (std::size_t i = 0; i < in_.habits.rows; ++i) {
    ImageRow row;
    row.cells = type_row();
    row.row_number = static_cast<std::uint32_t>(i + 2);
    in_.ghost.keep(row.cells);
    if (dice.chance(50)) in_.cloud.insert(row.cells);
    image.rows.push_back(std::move(row));
  }
  in_.folder.target = new_file(std::move(image), 0);
}

bool People::has_open() const { return !editors_.empty(); }

std::vector<Image> People::screens() const {
  std::vector<Image> images;
  for (const Editor& editor : editors_) images.push_back(editor.image);
  return images;
}

People::Editor* People::some_editor(Random& dice) {
  return editors_.empty() ? nullptr : &editors_[dice.below(editors_.size())];
}

void People::opens_or_closes(Random& dice) {
  const auto seats = static_cast<std::size_t>(in_.mode.editors);
  if (editors_.size() < seats && (editors_.empty() || dice.chance(50))) {
    if (!in_.folder.target || !in_.folder.target->whole) return;
    editors_.push_back({in_.folder.target->image, {}, {}, {}, false, nullptr});
    in_.note("human opens");
    return;
  }
  Editor* editor = some_editor(dice);
  if (editor->half_saved) finish_in_place(*editor);
  save(*editor, dice);
  if (editor->half_saved) finish_in_place(*editor);
  editors_.erase(editors_.begin() + (editor - editors_.data()));
  in_.note("human closes");
}

void People::types(Random& dice) {
  if (editors_.empty()) return opens_or_closes(dice);
  edit(*some_editor(dice), dice);
}

void People::edit(Editor& editor, Random& dice) {
  if (editor.half_saved) return finish_in_place(editor);
  const std::size_t kind = dice.below(100);
  if (kind < 4 && editor.undo) return undo(editor);
  editor.undo = {editor.image, editor.pending};
  editor.edited = true;
  if (kind < 18 || editor.image.rows.empty()) {
    add_row(editor, dice);
  } else if (kind < 28) {
    delete_row(editor, dice);
  } else if (kind < 38) {
    rearrange(editor, dice);
  } else if (kind < 46) {
    copy(editor, dice);
  } else if (kind < 60 && in_.habits.odd_cells) {
    type_odd_cell(editor, dice);
  } else {
    type_cell(editor, dice);
  }
}

void People::undo(Editor& editor) {
  in_.note("human undoes");
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
  in_.note("human types a row " + shown(row.cells));
  auto& rows = editor.image.rows;
  const std::size_t place = dice.chance(70) ? rows.size() : dice.below(rows.size() + 1);
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(place), std::move(row));
}

void People::delete_row(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  const std::size_t place = dice.below(rows.size());
  const Cells gone = rows[place].cells;
  editor.pending.deleted.push_back(gone);
  const auto hidden = editor.hidden.find(at(gone, Field::scene));
  if (hidden != editor.hidden.end()) editor.pending.replaced_by_bad.push_back(hidden->second);
  // What was typed over in a row that is then deleted was deleted, not overwritten: if the
  // deletion is held on doubt, the row stands as it stood.
  std::erase_if(editor.pending.overwrites, [&](const auto& overwrite) {
    const bool in_row = holds(gone, overwrite.second);
    if (in_row) editor.pending.replaced_by_bad.push_back(overwrite.first);
    return in_row;
  });
  in_.note("human deletes " + shown(gone));
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(place));
}

void People::rearrange(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  if (dice.chance(50)) {
    const Field by = edited_fields[dice.below(edited_fields.size())];
    std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
      return std::tie(at(a.cells, by), a.cells) < std::tie(at(b.cells, by), b.cells);
    });
    in_.note("human sorts");
    return;
  }
  const std::size_t from = dice.below(rows.size());
  const std::size_t to = dice.below(rows.size());
  ImageRow row = rows[from];
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(from));
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(to), std::move(row));
  in_.note("human moves a row");
}

void People::copy(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  const std::size_t from = dice.below(rows.size());
  if (dice.chance(50)) {
    ImageRow row = rows[from];
    in_.ghost.loosen(row.cells);
    in_.note("human copies the row " + shown(row.cells));
    const std::size_t to = dice.below(rows.size() + 1);
    rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(to), std::move(row));
    return;
  }
  const Field field = dice.chance(50) ? Field::animator : Field::status;
  if (!editor.image.columns[index(field)]) return;
  const std::string text = at(rows[from].cells, field);
  in_.ghost.loosen(text);
  in_.note("human fills down " + text);
  const std::size_t last = std::min(rows.size(), from + 1 + dice.below(3));
  for (std::size_t i = from + 1; i < last; ++i) put_text(editor, at(rows[i].cells, field), text);
}

void People::put_text(Editor& editor, std::string& cell, const std::string& text) {
  if (cell == text) return;
  editor.pending.overwrites.emplace_back(cell, text);
  cell = text;
}

void People::type_cell(Editor& editor, Random& dice) {
  auto& rows = editor.image.rows;
  ImageRow& row = rows[dice.below(rows.size())];
  const Field field = edited_fields[dice.below(edited_fields.size())];
  if (!editor.image.columns[index(field)]) return;
  const std::string value = in_.ghost.type();
  in_.note("human edits " + at(row.cells, field) + " -> " + value);
  editor.pending.typed.push_back(value);
  row.formula.reset(index(field));
  put_text(editor, at(row.cells, field), value);
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
    in_.note("human turns " + at(row.cells, Field::status) + " into a formula that shows " + value);
    editor.pending.typed.push_back(value);
    put_text(editor, at(row.cells, Field::status), value);
    row.formula.set(index(Field::status));
    return;
  }
  std::string& cell = at(row.cells, Field::shot);
  if (!cell.empty()) editor.pending.replaced_by_bad.push_back(cell);
  in_.ghost.loosen(cell);  // the cloud keeps it, so it may stand beside a copy
  if (kind == 1) {
    in_.note("human blanks the shot " + cell);
    cell.clear();
    return;
  }
  const std::string text = in_.ghost.type(in_.ghost.type() + std::string(shot_length_max, 'x'));
  in_.note("human types too much over " + cell);
  editor.pending.typed.push_back(text);
  in_.ghost.loosen(text);
  cell = text;
}

void People::saves(Random& dice) {
  if (Editor* editor = some_editor(dice)) save(*editor, dice);
}

void People::save_in_window(Random& dice) {
  if (!in_.habits.window_saves || !dice.chance(30)) return;
  if (Editor* editor = some_editor(dice)) save(*editor, dice);
}

void People::save(Editor& editor, Random& dice) {
  if (editor.half_saved) return finish_in_place(editor);
  if (!editor.edited) return;
  if (in_.habits.in_place && in_.folder.target) {
    editor.half_saved = in_.folder.target;
    if (dice.chance(50)) {
      editor.half_saved->whole = false;
      editor.half_saved->digest = "half " + std::to_string(++paint_);
      ++saves_;
    }
    in_.note("human begins to save in place");
    if (dice.chance(30)) finish_in_place(editor);
    return;
  }
  std::uint32_t number = editor.image.header_row;
  for (ImageRow& row : editor.image.rows) row.row_number = ++number;
  in_.folder.target = new_file(editor.image, ++paint_);
  ++saves_;
  editor.edited = false;
  in_.ghost.saved(std::exchange(editor.pending, {}));
  in_.note("human saves");
}

void People::finish_in_place(Editor& editor) {
  std::uint32_t number = editor.image.header_row;
  for (ImageRow& row : editor.image.rows) row.row_number = ++number;
  *editor.half_saved = *new_file(editor.image, ++paint_);
  editor.half_saved.reset();
  ++saves_;
  editor.edited = false;
  in_.ghost.saved(std::exchange(editor.pending, {}));
  in_.note("human has saved in place");
}

// ---- copies and columns

void People::is_odd(Random& dice) {
  if (in_.habits.columns_vanish && dice.chance(30)) {
    Editor* editor = some_editor(dice);
    if (editor != nullptr && !editor->half_saved) drop_column(*editor, dice);
    return;
  }
  if (!in_.habits.stale_copies) return;
  if (copies_.empty() || dice.chance(40)) return keep_copy();
  use_copy(dice);
}

void People::keep_copy() {
  if (!in_.folder.target || !in_.folder.target->whole) return;
  copies_.push_back(std::make_shared<FakeFile>(*in_.folder.target));
  in_.note("human keeps a copy");
}

/// An older copy is put back as it is, or edited and saved over the workbook.
void People::use_copy(Random& dice) {
  if (!editors_.empty()) return;
  const Inode copy = copies_[dice.below(copies_.size())];
  // A version that nobody observed would be an edit of its own.
  if (!in_.was_seen(copy->digest) || !in_.was_seen(in_.folder.target->digest)) return;
  if (dice.chance(40)) {
    in_.folder.target = std::make_shared<FakeFile>(*copy);
    ++saves_;
    in_.note("human puts an old copy back");
    return;
  }
  // Of the session that is still going on, a copy cannot be told from an undo.
  if (copy->image.token == in_.folder.target->image.token) return;
  in_.note("human opens an old copy");
  editors_.push_back({copy->image, {}, {}, {}, false, nullptr});
}

void People::drop_column(Editor& editor, Random& dice) {
  const Field field = dice.chance(50) ? Field::status : Field::animator;
  Image& image = editor.image;
  if (image.columns.count() < field_count) return;
  editor.undo.reset();
  image.columns.reset(index(field));
  image.column_letters[index(field)].clear();
  for (ImageRow& row : image.rows) {
    // The cloud keeps what stood there; a copied row loses it.
    if (in_.ghost.is_loose(at(row.cells, field)) || !row.tracker_id) {
      in_.ghost.may_go(at(row.cells, field));
    }
    in_.ghost.loosen(at(row.cells, field));
    editor.hidden[at(row.cells, Field::scene)] = at(row.cells, field);
    std::erase(editor.pending.typed, at(row.cells, field));
    std::erase_if(editor.pending.overwrites,
                  [&](const auto& pair) { return pair.second == at(row.cells, field); });
    at(row.cells, field).clear();
    row.formula.reset(index(field));
  }
  editor.edited = true;
  in_.note("human deletes a column");
}

void People::go_home(Random& dice) {
  for (Editor& editor : editors_) {
    if (editor.half_saved) finish_in_place(editor);
    save(editor, dice);
    if (editor.half_saved) finish_in_place(editor);
  }
  editors_.clear();
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
  in_.ghost.keep(value);
  in_.cloud.edit(id, field, value, origin);
  in_.note("web edits " + std::to_string(id) + " " + old_value + " -> " + value);
}

void People::measures_by_hand(Random& dice) {
  Editor* editor = some_editor(dice);
  if (editor == nullptr || editor->half_saved || editor->image.rows.empty()) return;
  if (editor->image.measured_columns.none()) return;
  auto& rows = editor->image.rows;
  rows[dice.below(rows.size())].measured[0] =
      dice.chance(70) ? std::to_string(900 + dice.below(90)) : std::string();
  editor->edited = true;
  in_.note("human pins or clears a measured cell");
}

}  // namespace tracker::sim

#include "people.hpp"

#include <algorithm>
#include <tuple>

namespace tracker::sim {
namespace {

using workbook::Image;
using workbook::ImageRow;

constexpr std::array<Field, 4> edited_fields{Field::animator, Field::shot, Field::status,
                                             Field::notes};

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
  if (in_.mode.editors > 1) in_.ghost.two_at_once();
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

void People::was_read(const merge::SheetState& rows) {
  if (in_.mode.editors == 1) return;
  for (const merge::SheetRow& row : rows) in_.ghost.read(row.text);
}

bool People::has_open() const { return !editors_.empty(); }

std::vector<Image> People::unsaved_screens() const {
  std::vector<Image> images;
  for (const Editor& editor : editors_) {
    if (editor.edited) images.push_back(editor.image);
  }
  return images;
}

People::Editor* People::some_editor(Random& dice) {
  return editors_.empty() ? nullptr : &editors_[dice.below(editors_.size())];
}

/// Each seat has a name, which the spreadsheet program writes into what it saves.
void People::sit_down(workbook::Image image) {
  const bool anna_sits = !editors_.empty() && editors_.front().image.last_modified_by == "Anna";
  image.last_modified_by = anna_sits ? "Ben" : "Anna";
  std::string known = in_.folder.target ? in_.folder.target->digest : std::string();
  editors_.push_back({std::move(image), {}, {}, false, false, nullptr, std::move(known)});
}

void People::opens_or_closes(Random& dice) {
  const auto seats = static_cast<std::size_t>(in_.mode.editors);
  if (editors_.size() < seats && (editors_.empty() || dice.chance(50))) {
    if (!in_.folder.target || !in_.folder.target->whole) return;
    sit_down(in_.folder.target->image);
    in_.note(editors_.back().image.last_modified_by + " opens");
    return;
  }
  Editor* editor = some_editor(dice);
  if (editor->half_saved) finish_in_place(*editor);
  save(*editor, dice);
  if (editor->half_saved) finish_in_place(*editor);
  leave(*editor);
}

void People::leave(const Editor& editor) {
  in_.note(editor.image.last_modified_by + " closes");
  editors_.erase(editors_.begin() + (&editor - editors_.data()));
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

void People::saves(Random& dice) {
  if (Editor* editor = some_editor(dice)) save(*editor, dice);
}

void People::act_in_window(Random& dice) {
  if (!in_.habits.window_saves || !dice.chance(30)) return;
  if (Editor* editor = some_editor(dice)) {
    save(*editor, dice);
    if (in_.mode.in_window && !editor->half_saved) leave(*editor);
    return;
  }
  if (!in_.mode.in_window || !in_.folder.target || !in_.folder.target->whole) return;
  sit_down(in_.folder.target->image);
  in_.note(editors_.back().image.last_modified_by + " opens while we write");
  edit(editors_.back(), dice);
}

void People::save(Editor& editor, Random& dice) {
  if (editor.half_saved) return finish_in_place(editor);
  if (!editor.edited) return;
  // Two who write into one inode at once: only the later one's bytes are ever in a file.
  const auto writes_there = [this](const Editor& other) {
    return other.half_saved && other.half_saved == in_.folder.target;
  };
  if (std::ranges::any_of(editors_, writes_there)) return;
  // A file that another human saves over before anybody could read it is lost to everybody.
  const Inode& target = in_.folder.target;
  const bool unread = target && !in_.was_seen(target->digest);
  const bool other_hand = target && target->image.last_modified_by != editor.image.last_modified_by;
  if (unread && (other_hand || target->digest != editor.known)) return;
  // In the gap of a share without EXCHANGE it is aside.
  if (const Inode& gone = target ? target : in_.folder.aside) {
    const bool own = gone->image.last_modified_by == editor.image.last_modified_by;
    leave_what_cannot_travel(gone->image, own && !editor.has_old_copy ? editor.image : Image());
  }
  if (in_.habits.in_place && in_.folder.target) {
    editor.half_saved = in_.folder.target;
    if (dice.chance(50)) {
      editor.half_saved->whole = false;
      editor.half_saved->digest = "half " + std::to_string(++paint_);
      ++saves_;
    }
    in_.note(editor.image.last_modified_by + " begins to save in place");
    if (dice.chance(30)) finish_in_place(editor);
    return;
  }
  std::uint32_t number = editor.image.header_row;
  for (ImageRow& row : editor.image.rows) row.row_number = ++number;
  in_.folder.target = new_file(editor.image, ++paint_);
  editor.known = in_.folder.target->digest;
  ++saves_;
  tell_saved(editor);
  in_.note(editor.image.last_modified_by + " saves");
}

/// Once: an undo after it takes nothing of it back to be told again.
void People::tell_saved(Editor& editor) {
  editor.edited = false;
  in_.ghost.saved(std::exchange(editor.pending, {}));
  if (editor.undo) editor.undo->second = {};
}

void People::finish_in_place(Editor& editor) {
  std::uint32_t number = editor.image.header_row;
  for (ImageRow& row : editor.image.rows) row.row_number = ++number;
  *editor.half_saved = *new_file(editor.image, ++paint_);
  editor.known = editor.half_saved->digest;
  editor.half_saved.reset();
  ++saves_;
  tell_saved(editor);
  in_.note(editor.image.last_modified_by + " has saved in place");
}

// ---- copies and columns

bool People::is_odd(Random& dice) {
  if (in_.habits.columns_vanish && dice.chance(30)) {
    Editor* editor = some_editor(dice);
    if (editor != nullptr && !editor->half_saved) drop_column(*editor, dice);
    return false;
  }
  if (!in_.habits.stale_copies) return false;
  if (!copies_.empty() && !dice.chance(40)) return use_copy(dice);
  keep_copy();
  return false;
}

void People::keep_copy() {
  if (!in_.folder.target || !in_.folder.target->whole) return;
  copies_.push_back(std::make_shared<FakeFile>(*in_.folder.target));
  in_.note("human keeps a copy");
}

/// What can't travel stands in this file only: it goes when a file takes its place whose human
/// never had it on the screen.
void People::leave_what_cannot_travel(const Image& gone, const Image& screen) {
  std::unordered_set<std::string> shown;
  for (const ImageRow& row : screen.rows) shown.insert(row.cells.begin(), row.cells.end());
  for (const ImageRow& row : gone.rows) {
    const bool waits = std::ranges::any_of(all_fields, [&](Field field) {
      return problem_with(field, at(row.cells, field)).has_value();
    });
    if (!waits) continue;
    for (const std::string& cell : row.cells) {
      if (shown.contains(cell)) continue;
      in_.ghost.may_go(cell);
      if (in_.mode.editors > 1 || in_.habits.stale_copies) in_.ghost.loosen_what_it_replaced(cell);
    }
  }
}

/// What is held stands in this file only: it goes with it, and the cells show what they showed.
void People::leave_what_is_held(const Image& gone) {
  for (const ImageRow& row : gone.rows) {
    for (const std::string& cell : row.cells) in_.ghost.loosen_what_it_replaced(cell);
  }
}

void People::saved_late(const FakeFile& now, const FakeFile& late) {
  // Whoever saves late may have opened it again since, and never had on the screen what stands now.
  const bool own = now.image.last_modified_by == late.image.last_modified_by;
  leave_what_cannot_travel(now.image, own ? late.image : Image());
}

void People::saved_too_late(const FakeFile& late, const FakeFile& now) {
  leave_what_cannot_travel(late.image, now.image);
}

/// An older copy is put back as it is, or edited and saved over the workbook. One of the session
/// that is still going on cannot be told from an undo once it is edited.
bool People::use_copy(Random& dice) {
  if (!editors_.empty()) return false;
  const Inode copy = copies_[dice.below(copies_.size())];
  // A version that nobody observed would be an edit of its own.
  if (!in_.was_seen(copy->digest) || !in_.was_seen(in_.folder.target->digest)) return false;
  const bool as_it_is = dice.chance(40);
  const bool same_session = copy->image.token == in_.folder.target->image.token;
  // And a journal that comes from a backup would not know that it was put back.
  if (same_session && (!as_it_is || in_.habits.restores)) return false;
  // What the copy shows as well is no edit: it is brought forward.
  leave_what_cannot_travel(in_.folder.target->image, Image());
  if (in_.habits.guarded) leave_what_is_held(in_.folder.target->image);
  if (as_it_is) {
    in_.folder.target = std::make_shared<FakeFile>(*copy);
    ++saves_;
    in_.note("human puts an old copy back");
    return same_session;
  }
  in_.note("human opens an old copy");
  sit_down(copy->image);
  editors_.back().has_old_copy = true;
  return false;
}

void People::drop_column(Editor& editor, Random& dice) {
  const Field field = dice.chance(50) ? Field::status : Field::animator;
  Image& image = editor.image;
  if (image.columns.count() < field_count) return;
  editor.undo.reset();
  const bool unread = !in_.folder.target || !in_.was_seen(in_.folder.target->digest);
  image.columns.reset(index(field));
  image.column_letters[index(field)].clear();
  for (ImageRow& row : image.rows) {
    // The cloud keeps what stood there; a copied row loses it.
    const bool copied = in_.ghost.is_loose(at(row.cells, Field::scene));
    if (in_.ghost.is_loose(at(row.cells, field)) || !row.tracker_id || copied) {
      in_.ghost.may_go(at(row.cells, field));
    }
    in_.ghost.loosen(at(row.cells, field));
    std::vector<std::string>& hidden = hidden_[at(row.cells, Field::scene)];
    hidden.push_back(at(row.cells, field));
    in_.ghost.loosen_what_it_replaced(at(row.cells, field));
    if (unread) in_.ghost.may_go(at(row.cells, field));
    for (const std::string& cell :
         unsaved_history(editor, at(row.cells, field), at(row.cells, Field::scene))) {
      hidden.push_back(cell);
      if (unread) in_.ghost.may_go(cell);
    }
    at(row.cells, field).clear();
    row.formula.reset(index(field));
  }
  editor.edited = true;
  in_.note("human deletes a column");
}

/// Takes back that `text` was typed, and what it was typed over since the last save: what stood
/// there then stands in the cloud only.
std::vector<std::string> People::unsaved_history(Editor& editor, std::string text,
                                                 const std::string& scene) {
  std::vector<std::string> older{std::move(text)};
  for (std::size_t i = 0; i < older.size(); ++i) {
    const std::string newer = older[i];
    std::erase(editor.pending.typed, newer);
    std::erase_if(editor.pending.overwrites, [&](const Pending::Overwrite& overwrite) {
      const bool found = overwrite.after == newer && overwrite.scene == scene;
      if (found) older.push_back(overwrite.before);
      return found;
    });
  }
  older.erase(older.begin());
  return older;
}

bool People::one_goes_home(Random& dice) {
  if (editors_.empty()) return false;
  Editor& editor = editors_.front();
  if (editor.half_saved) finish_in_place(editor);
  save(editor, dice);
  if (editor.half_saved) finish_in_place(editor);
  editors_.erase(editors_.begin());
  return true;
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

// The local role's side of the folder: look, W1–W7, recovery, rescue (design/sync.md §5).
#include <algorithm>

#include "local_role.hpp"

namespace tracker::sim {

void LocalRole::look() {
  rescue_late_saves();
  feed(sync::LockSeen{is_open() ? "human" : ""});
  const Inode& target = in_.folder.target;
  const bool cannot_see = !target || !target->whole;
  if (cannot_see) {
    was_unreadable_ = true;
    if (in_.mode.mutant != Mutant::missing_is_empty) {
      feed(sync::WorkbookUnreadable{"Excel file not available"});
      return;
    }
    workbook::Image none = empty_image(in_.habits.with_ids, in_.habits.media);
    none.token = workbook::Token{"store", engine_->memory().written_generation, "n"};
    feed(sync::WorkbookSeen{"empty",
                            std::make_shared<const workbook::Image>(none),
                            journal_.bases("empty", none.token),
                            {}});
    return;
  }
  saves_seen_ = in_.people.saves_count();
  if (target->digest == engine_->workbook_digest() && !was_unreadable_) return;
  was_unreadable_ = false;
  if (!journal_.knows(target->digest)) saves_read_.emplace_back(target->paint, target->image.token);
  feed(sync::WorkbookSeen{target->digest,
                          std::make_shared<const workbook::Image>(target->image),
                          journal_.bases(target->digest, target->image.token),
                          {},
                          target->digest == rescued_digest_});
}

void LocalRole::window() {
  if (faults_) in_.people.act_in_window(*dice_);
}

/// W1–W7. Throws Crashed at any point.
sync::Event LocalRole::write(sync::WriteWorkbook& effect) {
  FakeFolder& folder = in_.folder;
  const sync::SharedState before = engine_->sheet();
  const auto numbers = engine_->row_numbers();
  window();
  if (!folder.target || folder.target->digest != effect.expected_digest || is_open()) {
    return sync::WriteDropped{};
  }
  check_no_row_is_made_anew(effect.plan.patch);
  if (in_.mode.mutant == Mutant::whole_rows_written) write_whole_rows(effect.plan.patch);
  effect.plan.patch.token->nonce = std::to_string(dice_->next());
  Patched result = patched(folder.target->image, effect.plan.patch);
  merge::apply_refusals(effect.plan, *before, numbers, result.refusals);
  folder.temp = new_file(std::move(result.image), folder.target->paint);
  window();
  crash_point(60);
  const FakeJournal::Intent intent{effect.generation, effect.expected_digest, folder.temp->digest};
  const auto image = std::make_shared<const workbook::Image>(folder.temp->image);
  const auto rows = std::make_shared<const merge::SheetState>(std::move(effect.plan.rows));
  journal_.begin_write(intent, rows, effect.next_uid);
  crash_point(40);
  const bool lied = in_.mode.mutant == Mutant::told_before_written && chance(4);
  const bool written = lied || exchange(intent);
  journal_.end_write(written);
  crash_point(40);
  in_.note((written ? "workbook written, generation " : "write undone, generation ") +
           std::to_string(effect.generation));
  if (!written) return sync::WriteDropped{};
  if (folder.temp) {
    const bool unread = in_.mode.mutant == Mutant::displaced_unread;
    std::string known = unread ? folder.temp->digest : intent.old_digest;
    keep_displaced(std::exchange(folder.temp, nullptr), std::move(known));
  }
  crash_point(60);
  return sync::WorkbookWritten{effect.generation, intent.new_digest, image, rows,
                               std::move(result.refusals)};
}

/// I10: a row that is deleted and appended again has lost its place, formats and comments.
void LocalRole::check_no_row_is_made_anew(const workbook::Patch& patch) {
  for (const auto& row : in_.folder.target->image.rows) {
    const bool named = row.tracker_id || !in_.habits.with_ids;  // its id says which row it is
    if (named || in_.people.copied(row.cells) ||
        std::ranges::find(patch.deleted_rows, row.row_number) == patch.deleted_rows.end())
      continue;
    for (const auto& appended : patch.appended) {
      if (appended.cells != row.cells) continue;
      violation_ = "I10: the row of " + at(row.cells, Field::scene) + " is deleted and made anew";
    }
  }
}

/// The mutant that breaks the T rule.
void LocalRole::write_whole_rows(workbook::Patch& patch) const {
  const merge::SheetState& sheet = *engine_->sheet();
  for (std::size_t i = 0; i < sheet.size(); ++i) {
    const auto row = engine_->memory().mirror.find(sheet[i].id);
    if (row == engine_->memory().mirror.end()) continue;
    for (Field field : all_fields) {
      patch.cells.push_back({engine_->row_numbers()[i], field, at(row->second.cells, field)});
    }
  }
}

bool LocalRole::exchange(const FakeJournal::Intent& intent) {
  return in_.habits.exchange ? exchange_names(intent) : replace_aside(intent);
}

/// True: the workbook is ours and `temp` is what it displaced. False: as if nothing had happened.
bool LocalRole::exchange_names(const FakeJournal::Intent& intent) {
  FakeFolder& folder = in_.folder;
  window();
  std::swap(folder.target, folder.temp);
  crash_point(30);
  window();
  if (in_.mode.mutant == Mutant::displaced_unread) return true;
  if (folder.temp->digest == intent.old_digest) return true;
  for (int turn = 0; turn < 5; ++turn) {
    std::swap(folder.target, folder.temp);
    crash_point(30);
    if (folder.temp->digest == intent.new_digest) {
      keep_displaced(std::exchange(folder.temp, nullptr), intent.new_digest);
      return false;
    }
    window();
  }
  keep_displaced(std::exchange(folder.temp, nullptr), {});
  return false;
}

bool LocalRole::replace_aside(const FakeJournal::Intent& intent) {
  FakeFolder& folder = in_.folder;
  window();
  if (in_.mode.mutant == Mutant::window_unchecked) {
    folder.target = std::exchange(folder.temp, nullptr);
    return true;
  }
  folder.aside = std::exchange(folder.target, nullptr);
  crash_point(30);
  window();
  const bool expected = folder.aside->digest == intent.old_digest;
  if (folder.target) {  // EEXIST: a human saved in the gap; theirs stays
    folder.temp.reset();
    keep_displaced(std::exchange(folder.aside, nullptr), expected ? intent.old_digest : "");
    return false;
  }
  folder.target = expected ? folder.temp : folder.aside;
  crash_point(30);
  folder.temp = expected ? folder.aside : nullptr;
  folder.aside.reset();
  return expected;
}

void LocalRole::keep_displaced(Inode file, std::string digest) {
  in_.folder.ring.push_back({std::move(file), std::move(digest)});
}

/// What a crash in the middle of a write left behind.
void LocalRole::recover() {
  FakeFolder& folder = in_.folder;
  const bool unread = in_.mode.mutant == Mutant::recovery_unread;
  const auto intent = journal_.intent();
  if (folder.aside) {
    if (!folder.target) {
      folder.target = folder.aside;
    } else if (folder.aside != folder.target && !unread) {
      keep_displaced(folder.aside,
                     journal_.knows(folder.aside->digest) ? folder.aside->digest : "");
    }
    folder.aside.reset();
  }
  const bool written = intent && folder.target && folder.target->digest == intent->new_digest;
  if (folder.temp && folder.temp != folder.target) {
    // Ours: a file that nobody ever saw under the workbook's name.
    const auto& token = folder.temp->image.token;
    const bool ours = token && token->generation > journal_.memory().written_generation &&
                      !(written && folder.temp->digest != intent->new_digest);
    const bool known = journal_.knows(folder.temp->digest);
    if (!ours && !unread) keep_displaced(folder.temp, known ? folder.temp->digest : "");
    // It may have been the workbook for a moment, and somebody may still write into it.
    if (ours && intent) keep_displaced(folder.temp, intent->new_digest);
  }
  folder.temp.reset();
  if (intent) journal_.end_write(written);
}

/// Of before the start: what comes late may be older than what was read then.
void LocalRole::remember_saves() {
  saves_read_.clear();
  const auto remember = [this](const Inode& file) {
    if (!file || !file->whole || !journal_.has_observed(file->digest)) return;
    saves_read_.emplace_back(file->paint, file->image.token);
  };
  remember(in_.folder.target);
  for (const FakeFolder::Displaced& one : in_.folder.ring) remember(one.file);
}

/// A displaced file that somebody wrote into is a save that came late: it is the workbook again,
/// once what stands there now was read.
void LocalRole::rescue_late_saves() {
  if (in_.mode.mutant == Mutant::late_save_unread) return;
  FakeFolder& folder = in_.folder;
  for (std::size_t i = 0; i < folder.ring.size(); ++i) {
    const FakeFolder::Displaced one = folder.ring[i];
    if (one.file->digest == one.digest || !one.file->whole) continue;
    if (journal_.knows(one.file->digest)) continue;
    // A newer save may stand there: it is read first.
    if (!folder.target || !journal_.knows(folder.target->digest)) continue;
    // The numbers of saves are the simulator's clock, as a file's time of change is the product's.
    const auto is_newer = [&one](const auto& save) { return save.first > one.file->paint; };
    if (std::ranges::any_of(saves_read_, is_newer)) {
      const auto newer_saves = std::ranges::count_if(saves_read_, [&](const auto& save) {
        return is_newer(save) && save.second == one.file->image.token;
      });
      in_.note("a late save is older than the workbook");
      in_.people.saved_too_late(*one.file, *folder.target);
      feed(sync::WorkbookSeen{one.file->digest,
                              std::make_shared<const workbook::Image>(one.file->image),
                              journal_.bases(one.file->digest, one.file->image.token),
                              {},
                              true,
                              static_cast<std::size_t>(newer_saves)});
      continue;
    }
    folder.ring[i].digest = one.file->digest;
    in_.note("a late save is the workbook again");
    in_.people.saved_late(*folder.target, *one.file);
    const Inode current = std::exchange(folder.target, std::make_shared<FakeFile>(*one.file));
    rescued_digest_ = folder.target->digest;
    keep_displaced(current, current->digest);
  }
}

}  // namespace tracker::sim

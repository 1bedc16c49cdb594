// A copy of the workbook that was opened earlier, or kept for a while, is edited and saved over it.
#include "engine_fixture.hpp"

namespace tracker::sync {
namespace {

class OldCopy : public EngineFixture {
 protected:
  /// The copy is of generation 3; we wrote another one since.
  OldCopy() {
    memory.written_generation = memory.generation = 4;
    memory.next_uid = 100;
  }

  std::vector<Op> saves(std::vector<Cells> rows, std::vector<SheetState> observed,
                        std::optional<SheetState> newest = {}) {
    start();
    WorkbookSeen event = seen(merge::image_of(std::move(rows)), 3);
    for (SheetState& state : observed) {
      event.bases.observed.push_back(std::make_shared<const SheetState>(std::move(state)));
    }
    event.bases.newest = newest ? std::make_shared<const SheetState>(std::move(*newest))
                                : event.bases.observed.back();
    const Effects effects = engine->step(std::move(event));
    const auto* saved = find<SaveObservation>(effects);
    if (saved == nullptr || saved->pushes.empty()) return {};
    return saved->pushes[0].ops;
  }
};

TEST_F(OldCopy, a_copy_opened_before_a_row_was_deleted_edits_that_very_row) {
  SheetState without_fifth;
  for (const merge::SheetRow& row : base) {
    if (row.id != 5) without_fifth.push_back(row);
  }
  memory.written_generation = memory.generation = 4;  // written after that session
  start();
  workbook::Image copy = merge::image_of(merge::texts_of(base));
  at(copy.rows[4].cells, Field::shot) = "SH05b";  // its key: only its place tells what it was
  WorkbookSeen event = seen(std::move(copy), 3);
  event.bases.observed = {std::make_shared<const SheetState>(without_fifth)};
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].kind, OpKind::edit);
  EXPECT_EQ(saved->pushes[0].ops[0].row.id, 5);
}

/// Two rows were typed in one session, then a third one; the copy was made in between.
TEST_F(OldCopy, a_row_typed_in_the_same_session_is_known_by_what_else_an_older_copy_shows) {
  SheetState first = base;
  for (std::int64_t uid : {50, 51}) {
    merge::SheetRow row;
    row.uid = uid;
    row.text = merge::cells("SH" + std::to_string(uid), "todo", "Mina " + std::to_string(uid));
    first.push_back(row);
  }
  SheetState second = first;
  second.push_back(merge::base_row(52, 0, merge::cells("SH52", "todo", "Mina 52")));
  memory.written_generation = memory.generation = 4;
  memory.next_uid = 100;
  start();
  std::vector<Cells> rows = merge::texts_of(first);
  at(rows.back(), Field::shot) = "SH51b";
  WorkbookSeen event = seen(merge::image_of(rows), 3);
  event.bases.observed = {std::make_shared<const SheetState>(first),
                          std::make_shared<const SheetState>(second)};
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].kind, OpKind::edit) << "no second row";
  EXPECT_EQ(saved->pushes[0].ops[0].after, "SH51b");
}

TEST_F(OldCopy, a_row_deleted_in_an_older_copy_logs_what_that_copy_did_not_show) {
  SheetState later = base;
  merge::change(later, 4, [](merge::SheetRow& row) { at(row.text, Field::status) = "done"; });
  memory.written_generation = memory.generation = 4;
  start();
  std::vector<Cells> rows = merge::texts_of(base);
  rows.erase(rows.begin() + 4);
  WorkbookSeen event = seen(merge::image_of(rows), 3);
  event.bases.observed = {std::make_shared<const SheetState>(later)};
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].kind, OpKind::remove);
  EXPECT_NE(at(saved->pushes[0].ops[0].cells, Field::status), "done");
}

TEST_F(OldCopy, a_copy_used_after_another_file_was_the_workbook_takes_nothing_back) {
  SheetState later = base;
  merge::change(later, 4, [](merge::SheetRow& row) { at(row.text, Field::status) = "done"; });
  start();
  engine->step(seen(merge::image_of(merge::texts_of(base)), 2));  // an old copy was put back
  workbook::Image copy = merge::image_of(merge::texts_of(base));
  at(copy.rows[1].cells, Field::notes) = "typed";
  WorkbookSeen event = seen(std::move(copy), 3);
  event.bases.observed = {std::make_shared<const SheetState>(later)};
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].after, "typed");
}

/// Its shot was edited, then the row was deleted on the page: the mirror does not know it any more.
TEST_F(OldCopy, a_row_that_went_meanwhile_does_not_come_back_as_it_stood_before_an_edit) {
  SheetState unnamed = base;
  merge::change(unnamed, 4, [](merge::SheetRow& row) { row.id = 0; });
  SheetState edited = base;
  merge::change(edited, 4, [](merge::SheetRow& row) { at(row.text, Field::shot) = "SH05b"; });
  memory.mirror.erase(5);
  std::vector<Cells> rows = merge::texts_of(base);
  rows.push_back(merge::cells("SH99"));
  base = unnamed;  // S[3] was written before the feed told its id
  const auto ops = saves(std::move(rows), {edited});
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(at(ops[0].cells, Field::shot), "SH99");
}

/// Typed in the copy's session, before a third row was: it was not on every screen of that session.
struct RetypedShot {
  explicit RetypedShot(const SheetState& base, const std::string& notes) {
    merge::SheetRow row = merge::base_row(50, 0, merge::cells("SH50", "new", "Ana"));
    at(row.text, Field::notes) = notes;
    SheetState first = base;
    first.push_back(row);
    SheetState second = first;
    second.push_back(merge::base_row(51, 0, merge::cells("SH60", "todo", "Ben")));
    observed = {first, second};
    at(row.text, Field::shot) = "SH51";
    copy = merge::texts_of(base);
    copy.push_back(row.text);
  }
  std::vector<SheetState> observed;
  std::vector<Cells> copy;
};

TEST_F(OldCopy, a_row_with_notes_of_its_own_is_known_by_them_though_its_shot_is_retyped) {
  const RetypedShot retyped(base, "the cat jumps twice");
  const auto ops = saves(retyped.copy, retyped.observed);
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::edit);
  EXPECT_EQ(ops[0].after, "SH51");
}

TEST_F(OldCopy, a_row_without_notes_whose_shot_is_retyped_may_be_another_one_and_is_listed) {
  const RetypedShot retyped(base, "");
  const auto ops = saves(retyped.copy, retyped.observed);
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::insert);
  EXPECT_NE(ops[0].twin, RowRef());
}

TEST_F(OldCopy, a_draft_that_is_completed_in_it_has_what_was_typed_into_the_draft_meanwhile) {
  merge::SheetRow draft = merge::base_row(50, 0, merge::cells(""));
  draft.draft = true;
  at(draft.text, Field::notes) = "first";
  SheetState first = base;
  first.push_back(draft);
  at(draft.text, Field::notes) = "later";
  SheetState newest = base;
  newest.push_back(draft);
  std::vector<Cells> rows = merge::texts_of(first);
  at(rows.back(), Field::shot) = "SH50";
  const auto ops = saves(std::move(rows), {first}, newest);
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(at(ops[0].cells, Field::shot), "SH50");
  EXPECT_EQ(at(ops[0].cells, Field::notes), "later");
}

}  // namespace
}  // namespace tracker::sync

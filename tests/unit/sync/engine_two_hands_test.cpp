// Two people save one workbook: neither takes back, deletes or overwrites unlogged what the other
// did.
#include <algorithm>

#include "engine_fixture.hpp"

namespace tracker::sync {
namespace {

/// Two people with the workbook open at once: Ben has saved, then Anna saves.
class TwoHands : public EngineFixture {
 protected:
  void ben_saves(const SheetState& rows) {
    memory.next_uid = 100;
    start();
    workbook::Image image = merge::image_of(merge::texts_of(rows));
    image.last_modified_by = "Ben";
    engine->step(LockSeen{"Ben"});
    engine->step(seen(std::move(image), 3));
    bens_ = engine->sheet();
  }

  std::vector<Op> anna_saves(workbook::Image image) {
    image.last_modified_by = "Anna";
    WorkbookSeen anna = seen(std::move(image), 3);
    anna.digest = "another digest";
    anna.bases.observed = {bens_};
    anna.bases.newest = bens_;
    const Effects effects = engine->step(std::move(anna));
    const auto* saved = find<SaveObservation>(effects);
    if (saved == nullptr || saved->pushes.empty()) return {};
    return saved->pushes[0].ops;
  }

  SheetState with_status(const std::string& text) const {
    SheetState rows = base;
    merge::SheetRow row = base[4];
    at(row.text, Field::status) = text;
    rows.replace(4, std::move(row));
    return rows;
  }

  static merge::SheetRow draft(const std::string& shot, const std::string& notes) {
    merge::SheetRow row;
    row.uid = 50;
    row.text = merge::cells(shot);
    at(row.text, Field::notes) = notes;
    row.draft = true;
    return row;
  }
  SheetState with_last(merge::SheetRow row) const {
    SheetState rows = base;
    rows.replace(rows.size() - 1, std::move(row));
    return rows;
  }
  std::vector<Cells> texts_with_last(merge::SheetRow row) const {
    return merge::texts_of(with_last(std::move(row)));
  }

  SharedState bens_;
};

TEST_F(TwoHands, what_one_types_over_the_others_cell_is_logged_even_if_it_was_on_the_screen) {
  ben_saves(with_status("Ben's"));
  const auto ops = anna_saves(merge::image_of(merge::texts_of(with_status("Anna's"))));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].after, "Anna's");
  EXPECT_EQ(ops[0].before, at(base[4].text, Field::status)) << "so the cloud logs what Ben typed";
}

TEST_F(TwoHands, a_row_that_only_the_other_one_saw_is_not_deleted) {
  SheetState rows = base;
  merge::SheetRow added;
  added.text = merge::cells("SH77");
  rows.push_back(std::move(added));
  ben_saves(rows);
  workbook::Image image = sheet();
  at(image.rows[0].cells, Field::notes) = "Anna's";
  const auto ops = anna_saves(std::move(image));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].after, "Anna's");
}

TEST_F(TwoHands, a_new_row_that_looks_like_the_others_new_row_is_marked) {
  SheetState rows = base;
  merge::SheetRow added;
  added.text = merge::cells("SH77");
  rows.push_back(added);
  ben_saves(rows);
  at(added.text, Field::shot) = "SH78";
  SheetState annas = base;
  annas.push_back(std::move(added));
  const auto ops = anna_saves(merge::image_of(merge::texts_of(annas)));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::insert);
  EXPECT_FALSE(ops[0].twin.uid.empty());
}

TEST_F(TwoHands, of_the_others_new_rows_the_one_that_is_most_alike_is_listed) {
  SheetState rows = base;
  merge::SheetRow added;
  added.text = merge::cells("SH77", "done", "Ben");
  rows.push_back(added);
  added.text = merge::cells("SH78", "retake");
  rows.push_back(added);
  ben_saves(rows);
  added.text = merge::cells("SH79", "retake");
  SheetState annas = base;
  annas.push_back(std::move(added));
  const auto ops = anna_saves(merge::image_of(merge::texts_of(annas)));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].twin.uid, "store.1:101");
}

TEST_F(TwoHands, a_draft_that_both_complete_is_one_row_and_the_first_ones_word_is_logged) {
  base.push_back(draft("", "for both"));
  ben_saves(with_last(draft("SH88", "for both")));
  const auto ops = anna_saves(merge::image_of(texts_with_last(draft("SH99", "for both"))));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::edit) << "the row is known";
  EXPECT_EQ(ops[0].after, "SH99");
  EXPECT_EQ(ops[0].before, "") << "so the cloud logs what Ben had typed";
}

TEST_F(TwoHands, a_draft_that_both_complete_is_one_row_though_one_never_saw_the_others_save) {
  base.push_back(draft("", "for both"));
  SheetState bens = with_last(draft("SH88", "for both"));
  for (std::int64_t uid : {2, 3, 4}) {
    merge::change(bens, uid, [](merge::SheetRow& row) { at(row.text, Field::status) = "retake"; });
  }
  ben_saves(bens);
  const auto ops = anna_saves(merge::image_of(texts_with_last(draft("SH99", "for both"))));
  ASSERT_EQ(ops.size(), 1U) << "no second row, and nothing of Ben's goes back";
  EXPECT_EQ(ops[0].kind, OpKind::edit);
  EXPECT_EQ(ops[0].row.uid, "store.1:50");
  EXPECT_EQ(ops[0].after, "SH99");
}

TEST_F(TwoHands, what_one_types_into_a_draft_that_the_other_has_completed_is_an_edit_of_it) {
  base.push_back(draft("", "for both"));
  ben_saves(with_last(draft("SH88", "for both")));
  merge::SheetRow annas = draft("", "for both");
  at(annas.text, Field::status) = "Anna's";
  const auto ops = anna_saves(merge::image_of(texts_with_last(std::move(annas))));
  ASSERT_EQ(ops.size(), 1U) << "it is no draft any more, and her word must not be lost";
  EXPECT_EQ(ops[0].kind, OpKind::edit);
  EXPECT_EQ(ops[0].row.uid, "store.1:50");
  EXPECT_EQ(ops[0].after, "Anna's");
}

TEST_F(TwoHands, what_cannot_travel_in_a_draft_that_the_other_completed_is_told_at_each_look) {
  base.push_back(draft("", "for both"));
  ben_saves(with_last(draft("SH88", "for both")));
  const workbook::Image annas =
      merge::image_of(texts_with_last(draft(std::string(4000, 'x'), "for both")));
  EXPECT_TRUE(anna_saves(annas).empty());
  ASSERT_EQ(engine->report().quarantined.size(), 1U) << "no draft any more, but a cell that waits";
  EXPECT_EQ(engine->report().quarantined[0].where, "Production!E12");
  bens_ = engine->sheet();
  anna_saves(annas);
  EXPECT_EQ(engine->report().quarantined.size(), 1U);
}

TEST_F(TwoHands, a_cell_left_blank_in_a_draft_takes_what_the_other_completed_it_with) {
  base.push_back(draft("", "for both"));
  ben_saves(with_last(draft("SH88", "for both")));
  EXPECT_TRUE(anna_saves(merge::image_of(texts_with_last(draft("", "for both")))).empty());
  EXPECT_TRUE(engine->report().quarantined.empty()) << "nobody has to do anything";
  engine->step(LockSeen{});
  connect();
  PullAnswer told = feed({{11, draft("SH88", "for both").text}});
  told.changes[0].uid = "store.1:50";
  told.applied_number = 1;
  const Effects effects = engine->step(Pulled{told});
  const auto* write = find<WriteWorkbook>(effects);
  ASSERT_NE(write, nullptr);
  ASSERT_EQ(write->plan.patch.cells.size(), 1U);
  EXPECT_EQ(write->plan.patch.cells[0].text, "SH88");
}

TEST_F(TwoHands, what_one_types_over_in_a_draft_stays_when_the_other_completes_it) {
  base.push_back(draft("", "first"));
  ben_saves(with_last(draft("", "Ben's")));
  const auto ops = anna_saves(merge::image_of(texts_with_last(draft("SH99", "first"))));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::insert);
  EXPECT_EQ(at(ops[0].cells, Field::shot), "SH99");
  EXPECT_EQ(at(ops[0].cells, Field::notes), "Ben's");
}

TEST_F(TwoHands, a_copy_that_cannot_be_told_from_its_original_is_listed) {
  SheetState rows = base;
  merge::SheetRow copy;
  copy.text = base[4].text;
  rows.push_back(copy);
  at(copy.text, Field::status) = "copied";
  rows.push_back(copy);
  ben_saves(rows);
  // Anna's file has one of the two, and she types into it.
  SheetState annas = base;
  at(copy.text, Field::notes) = "Anna's";
  annas.push_back(copy);
  const auto ops = anna_saves(merge::image_of(merge::texts_of(annas)));
  EXPECT_TRUE(std::ranges::any_of(ops, [](const Op& op) { return op.twin != RowRef(); }));
}

/// A save came late, and another one that was made after it was read already.
TEST_F(TwoHands, an_older_save_adds_what_it_has_and_gives_way_where_the_newer_one_typed) {
  ben_saves(with_status("newer"));
  SheetState late = with_status("older");
  merge::SheetRow row = late[6];
  at(row.text, Field::notes) = "only here";
  late.replace(6, std::move(row));
  WorkbookSeen event = seen(merge::image_of(merge::texts_of(late)), 3);
  event.digest = "late";
  event.late = true;
  event.newer_saves = 1;
  event.bases.observed = {bens_};
  event.bases.newest = bens_;
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  const std::vector<Op>& ops = saved->pushes[0].ops;
  ASSERT_EQ(ops.size(), 2U);
  EXPECT_EQ(ops[0].after, "older");
  EXPECT_EQ(ops[0].kind, OpKind::lost) << "logged; what stands in the cloud by now stays";
  EXPECT_EQ(ops[1].after, "only here");
  EXPECT_EQ(ops[1].kind, OpKind::edit);
}

/// Two newer ones were read already: the first of them is no word from before the late one.
TEST_F(TwoHands, an_older_save_gives_way_to_each_of_several_newer_ones) {
  SheetState rows = base;
  merge::SheetRow added;
  added.uid = 50;
  added.text = merge::cells("SH77");
  at(added.text, Field::notes) = "newer";
  rows.push_back(added);
  ben_saves(rows);
  SheetState newest = rows;
  merge::change(newest, 2, [](merge::SheetRow& row) { at(row.text, Field::status) = "done"; });
  at(added.text, Field::notes) = "older";
  SheetState late = base;
  late.push_back(added);
  WorkbookSeen event = seen(merge::image_of(merge::texts_of(late)), 3);
  event.digest = "late";
  event.late = true;
  event.newer_saves = 2;
  event.bases.observed = {std::make_shared<const SheetState>(rows),
                          std::make_shared<const SheetState>(newest)};
  event.bases.newest = event.bases.observed.back();
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].after, "older");
  EXPECT_EQ(saved->pushes[0].ops[0].kind, OpKind::lost);
}

/// In Anna's file Ben's row lacks its shot: it is a draft beside his, and somebody completes it.
TEST_F(TwoHands, a_draft_that_may_be_a_second_copy_is_listed_once_it_is_complete) {
  SheetState rows = base;
  merge::SheetRow added;
  added.uid = 50;
  added.text = merge::cells("SH77");
  at(added.text, Field::notes) = "Ben's";
  rows.push_back(added);
  ben_saves(rows);
  at(added.text, Field::shot).clear();
  at(added.text, Field::notes) = "Anna's";
  SheetState annas = base;
  annas.push_back(added);
  EXPECT_TRUE(anna_saves(merge::image_of(merge::texts_of(annas))).empty());
  const SharedState with_draft = engine->sheet();
  ASSERT_TRUE(with_draft->back().draft);
  // What is written next has both rows; then she is alone.
  std::vector<Cells> both = merge::texts_of(rows);
  both.push_back(added.text);
  at(both.back(), Field::shot) = "SH78";
  workbook::Image completed = merge::image_of(both);
  completed.last_modified_by = "Anna";
  SheetState written = *bens_;
  written.push_back(with_draft->back());
  WorkbookSeen event = seen(std::move(completed), 3);
  event.digest = "completed";
  event.bases.written = event.bases.newest = std::make_shared<const SheetState>(written);
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U);
  EXPECT_EQ(at(saved->pushes[0].ops[0].cells, Field::shot), "SH78");
  EXPECT_EQ(saved->pushes[0].ops[0].twin, merge::reference_to(bens_->back(), "store.1"));
}

TEST_F(TwoHands, once_everybody_had_closed_it_the_next_one_saw_all_and_is_believed) {
  SheetState rows = with_status("Ben's");
  merge::SheetRow added;
  added.text = merge::cells("SH77");
  rows.push_back(std::move(added));
  ben_saves(rows);
  engine->step(LockSeen{""});
  engine->step(LockSeen{"Anna"});
  const auto ops = anna_saves(sheet());
  ASSERT_EQ(ops.size(), 2U) << "Ben's status typed back, and his new row deleted";
  EXPECT_EQ(ops[0].before, "Ben's");
  EXPECT_EQ(ops[1].kind, OpKind::remove);
}

}  // namespace
}  // namespace tracker::sync

// What a human did in the sheet becomes exactly the ops that say it, and nothing on doubt.
#include <gtest/gtest.h>

#include <algorithm>

#include "sheet_builder.hpp"

namespace tracker::merge {
namespace {

TEST(Observe, an_unchanged_sheet_gives_no_ops) {
  const SheetState base = ten_rows();
  const Observation seen = observed(base, image_of(texts_of(base)));
  EXPECT_TRUE(seen.ops.empty());
  EXPECT_EQ(seen.rows, base);
  EXPECT_TRUE(seen.frozen.empty());
}

TEST(Observe, sorting_is_no_edit) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  std::reverse(rows.begin(), rows.end());
  const Observation seen = observed(base, image_of(rows));
  EXPECT_TRUE(seen.ops.empty());
  EXPECT_EQ(seen.rows.front().id, 10);
}

TEST(Observe, one_changed_cell_is_one_edit_with_the_value_it_replaced) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  at(rows[3], Field::status) = "done";
  const Observation seen = observed(base, image_of(rows));
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::edit);
  EXPECT_EQ(seen.ops[0].row.id, 4);
  EXPECT_EQ(seen.ops[0].before, "wip");
  EXPECT_EQ(seen.ops[0].after, "done");
}

TEST(Observe, a_retyped_key_is_an_edit_of_the_same_row) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  at(rows[4], Field::shot) = "SH05B";
  const Observation seen = observed(base, image_of(rows));
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].row.id, 5);
  EXPECT_EQ(seen.ops[0].field, Field::shot);
}

TEST(Observe, an_inserted_row_is_new_and_the_others_stay) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  rows.insert(rows.begin() + 2, cells("SH99", "new", "Ana"));
  const Observation seen = observed(base, image_of(rows));
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::insert);
  EXPECT_EQ(seen.ops[0].row.uid, "store:100");
  EXPECT_EQ(at(seen.ops[0].cells, Field::shot), "SH99");
}

TEST(Observe, a_missing_row_is_a_delete_with_the_row_it_was) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  rows.erase(rows.begin() + 6);
  const Observation seen = observed(base, image_of(rows));
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::remove);
  EXPECT_EQ(seen.ops[0].row.id, 7);
  EXPECT_EQ(at(seen.ops[0].cells, Field::shot), "SH07");
}

TEST(Observe, a_copied_row_keeps_the_id_once_and_the_copy_is_new) {
  const SheetState base = ten_rows();
  workbook::Image image = image_of(texts_of(base));
  for (std::size_t i = 0; i < 10; ++i) image.rows[i].tracker_id = base[i].id;
  workbook::ImageRow copy = image.rows[2];
  copy.row_number = 12;
  at(copy.cells, Field::shot) = "SH03X";
  image.rows.push_back(copy);
  const Observation seen = observed(base, image, true);
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::insert);
  EXPECT_EQ(seen.rows[2].id, 3);
  EXPECT_EQ(seen.rows[10].id, 0);
}

TEST(Observe, equal_rows_stay_two_rows) {
  SheetState base = ten_rows();
  change(base, 1, [&](SheetRow& row) { row.text = base[0].text; });
  auto rows = texts_of(base);
  std::swap(rows[5], rows[6]);
  EXPECT_TRUE(observed(base, image_of(rows)).ops.empty());
}

TEST(Observe, a_cell_that_cannot_travel_stays_and_says_why) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  at(rows[0], Field::week_yyyymmdd) = "2026-13-99";
  at(rows[1], Field::status) = std::string(21, 'x');
  at(rows[2], Field::notes) = "fine";
  const Observation seen = observed(base, image_of(rows));
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].row.id, 3);
  ASSERT_EQ(seen.kept.size(), 2U);
  EXPECT_EQ(seen.kept[0].where, "Production!F2");
  EXPECT_NE(seen.kept[1].reason.find("at most 20 characters, this has 21"), std::string::npos);
  // Seen again unchanged, it is no edit either, and it still stands for the cloud's value.
  const Observation again = observed(seen.rows, image_of(texts_of(seen.rows)));
  EXPECT_TRUE(again.ops.empty());
  EXPECT_EQ(cloud_value(again.rows[1], Field::status), "wip");
}

TEST(Observe, a_half_typed_row_is_a_draft_until_it_is_whole) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  rows.push_back(cells("", "new"));
  const Observation draft = observed(base, image_of(rows));
  EXPECT_TRUE(draft.ops.empty());
  ASSERT_TRUE(draft.rows.back().draft);
  at(rows.back(), Field::shot) = "SH11";
  const Observation whole = observed(draft.rows, image_of(rows));
  ASSERT_EQ(whole.ops.size(), 1U);
  EXPECT_EQ(whole.ops[0].kind, OpKind::insert);
  EXPECT_FALSE(whole.rows.back().draft);
}

TEST(Observe, a_missing_column_is_frozen_not_blank) {
  const SheetState base = ten_rows();
  workbook::Image image = image_of(texts_of(base));
  image.columns.reset(index(Field::status));
  for (auto& row : image.rows) at(row.cells, Field::status).clear();
  const Observation seen = observed(base, image);
  EXPECT_TRUE(seen.ops.empty());
  EXPECT_EQ(at(seen.rows[0].text, Field::status), "wip");

  image.rows.pop_back();
  const Observation fewer = observed(base, image);
  ASSERT_EQ(fewer.ops.size(), 1U);
  EXPECT_EQ(fewer.ops[0].kind, OpKind::remove);
  EXPECT_EQ(at(fewer.ops[0].cells, Field::status), "") << "not on the screen: it is logged";
  EXPECT_EQ(at(fewer.ops[0].cells, Field::shot), "SH10");
}

TEST(Observe, a_copied_row_stays_the_same_row_in_the_next_save_of_its_session) {
  const SheetState base = ten_rows();
  workbook::Image image = image_of(texts_of(base));
  for (std::size_t i = 0; i < base.size(); ++i) image.rows[i].tracker_id = base[i].id;
  workbook::ImageRow copy = image.rows[4];  // with the id of the row it was copied from
  at(copy.cells, Field::shot) = "SH05b";
  copy.row_number = 12;
  image.rows.push_back(copy);
  const Observation first = observed(base, image, true);
  ASSERT_EQ(first.ops.size(), 1U);
  EXPECT_EQ(first.ops[0].kind, OpKind::insert);
  at(image.rows.back().cells, Field::status) = "done";
  const Observation second = observed(first.rows, image, true);
  ASSERT_EQ(second.ops.size(), 1U);
  EXPECT_EQ(second.ops[0].kind, OpKind::edit);
  EXPECT_EQ(second.ops[0].row.uid, first.ops[0].row.uid);
}

/// A restored database gave the row another id; the sheet shows the old one until it is written.
TEST(Observe, a_row_that_shows_an_id_of_before_a_restore_stays_the_row_that_it_was_joined_with) {
  const SheetState base{base_row(1, 8, cells("SH01"))};
  workbook::Image image = image_of(texts_of(base));
  image.rows[0].tracker_id = 7;
  const Observation joined = observed(base, image, false);
  EXPECT_TRUE(joined.ops.empty());
  at(image.rows[0].cells, Field::status) = "done";
  const Observation saved = observed(joined.rows, image, true);
  ASSERT_EQ(saved.ops.size(), 1U);
  EXPECT_EQ(saved.ops[0].kind, OpKind::edit);
  EXPECT_EQ(saved.ops[0].row.id, 8);
}

TEST(Observe, a_new_row_is_never_taken_for_one_that_the_human_may_not_have_seen) {
  SheetState base = ten_rows();
  auto rows = texts_of(base);
  rows.back() = cells("SH77");  // opened before SH10 came from the web, then a row was typed
  const workbook::Image image = image_of(rows);
  ObserveInput input;
  input.base = &base;
  input.image = &image;
  input.store = "store";
  input.deletes_allowed = false;
  input.surely_seen = [](const SheetRow&) { return false; };
  const Observation seen = observe(input);
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::insert);
  EXPECT_EQ(at(seen.ops[0].cells, Field::shot), "SH77");
}

TEST(Observe, a_formula_that_was_not_written_over_gives_its_value_to_the_cloud) {
  SheetState base = ten_rows();
  change(base, 2, [](SheetRow& row) { set_cloud_value(row, Field::status, "from the web"); });
  workbook::Image image = image_of(texts_of(base));
  image.rows[2].formula.set(index(Field::status));
  const Observation seen = observed(base, image);
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].before, "wip");
  EXPECT_EQ(seen.ops[0].after, "wip");
  EXPECT_EQ(cloud_value(seen.rows[2], Field::status), "wip");
}

TEST(Observe, a_sheet_without_its_key_columns_is_not_read) {
  workbook::Image image = image_of(texts_of(ten_rows()));
  image.columns.reset(index(Field::shot));
  EXPECT_NE(observed(ten_rows(), image).frozen.find("Shot"), std::string::npos);
}

TEST(Observe, a_shot_typed_on_both_sides_is_one_row) {
  const SheetState base = ten_rows();
  std::vector<Cells> rows = texts_of(base);
  Cells typed = cells("SH99", "done");
  at(typed, Field::notes) = "";
  rows.push_back(typed);
  rows.push_back(typed);  // a second one of the same key is another row
  const workbook::Image image = image_of(rows);
  Cells cloud = cells("SH99", "wip");
  at(cloud, Field::notes) = "from the page";
  ObserveInput input;
  input.base = &base;
  input.image = &image;
  input.store = "s";
  input.next_uid = 100;
  input.cloud_row = [&](EntryId id) { return id == 42 ? &cloud : nullptr; };
  input.unseen_twin = [&](const Cells& wanted) -> EntryId {
    return natural_key(wanted) == natural_key(cloud) ? 42 : 0;
  };
  const Observation seen = observe(input);
  ASSERT_EQ(seen.ops.size(), 2U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::edit);
  EXPECT_EQ(seen.ops[0].row.id, 42);
  EXPECT_EQ(seen.ops[0].field, Field::status);
  EXPECT_EQ(seen.ops[0].before, "");
  EXPECT_EQ(seen.ops[0].after, "done");
  EXPECT_EQ(seen.ops[1].kind, OpKind::insert);
  EXPECT_EQ(seen.rows[10].id, 42);
  EXPECT_EQ(cloud_value(seen.rows[10], Field::notes), "");
}

}  // namespace
}  // namespace tracker::merge

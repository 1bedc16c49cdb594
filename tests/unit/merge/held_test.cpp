// A mass change is held back, with everything that meets it later; an approval does what still
// fits.
#include "merge/held.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sheet_builder.hpp"

namespace tracker::merge {
namespace {

Op edit_of(EntryId id, Field field, std::string before, std::string after) {
  return {OpKind::edit, {id, {}}, field, std::move(before), std::move(after), {}, {}, {}};
}

Op removal_of(EntryId id, Cells cells) {
  return {OpKind::remove, {id, {}}, {}, {}, {}, std::move(cells), {}, {}};
}

/// What is held after the save that shows `rows` instead of `base`; the rest stays in `ops`.
Held held_after(const SheetState& base, std::vector<Cells> rows, std::vector<Op>& ops,
                Held held = {}) {
  const workbook::Image image = image_of(std::move(rows));
  Observation seen = observed(base, image);
  const Doubt doubt = doubt_of(seen.ops, seen.base_rows, image);
  hold_back(held, seen.ops, doubt, seen.rows);
  ops = std::move(seen.ops);
  return held;
}

SheetState ten_rows_with_letters() {
  SheetState base = ten_rows();
  for (std::size_t i = 0; i < 10; ++i) {
    change(base, i, [&](SheetRow& row) {
      at(row.text, Field::status) = std::string(1, static_cast<char>('j' - i));
    });
  }
  return base;
}

TEST(Held, many_deleted_rows_are_held_and_the_other_edits_travel) {
  auto rows = texts_of(ten_rows());
  rows.resize(4);
  at(rows[0], Field::notes) = "typed in the same save";
  std::vector<Op> ops;
  const Held held = held_after(ten_rows(), rows, ops);
  EXPECT_EQ(held.reason, "6 of 10 rows were deleted from the workbook");
  ASSERT_EQ(held.ops.size(), 6U);
  EXPECT_EQ(held.ops[0].kind, OpKind::remove);
  EXPECT_EQ(held.ops[0].row.id, 5);
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].after, "typed in the same save");
}

TEST(Held, five_deleted_rows_are_not_many) {
  auto rows = texts_of(ten_rows());
  rows.resize(5);
  std::vector<Op> ops;
  EXPECT_TRUE(held_after(ten_rows(), rows, ops).empty());
  EXPECT_EQ(ops.size(), 5U);
}

TEST(Held, an_emptied_sheet_is_held_however_few_rows_it_had) {
  SheetState base;
  base.push_back(base_row(1, 1, cells("SH01")));
  std::vector<Op> ops;
  const Held held = held_after(base, {}, ops);
  EXPECT_EQ(held.reason, "1 of 1 rows were deleted from the workbook");
  EXPECT_TRUE(ops.empty());
}

TEST(Held, one_column_sorted_alone_is_held) {
  const SheetState base = ten_rows_with_letters();
  auto rows = texts_of(base);
  for (std::size_t i = 0; i < 10; ++i) {
    at(rows[i], Field::status) = at(base[9 - i].text, Field::status);
  }
  std::vector<Op> ops;
  const Held held = held_after(base, rows, ops);
  EXPECT_EQ(held.reason, "the column \"Status\" looks sorted without the other columns");
  EXPECT_EQ(held.ops.size(), 10U);
  EXPECT_TRUE(ops.empty());
}

TEST(Held, half_of_the_key_cells_retyped_is_held) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  for (Cells& row : rows) {
    for (Field field : {Field::project_type, Field::episode_title, Field::animator}) {
      at(row, field) += " new";
    }
  }
  std::vector<Op> ops;
  workbook::Image image = image_of(rows);
  image.has_id_column = true;
  for (std::size_t i = 0; i < 10; ++i) image.rows[i].tracker_id = base[i].id;
  SheetState shown = base;
  for (std::size_t i = 0; i < 10; ++i) change(shown, i, [&](SheetRow& row) { row.shown = row.id; });
  Observation seen = observed(shown, image, true);
  const Doubt doubt = doubt_of(seen.ops, seen.base_rows, image);
  EXPECT_EQ(doubt.reason, "at least half of the key cells changed at once");
  Held held;
  hold_back(held, seen.ops, doubt, seen.rows);
  EXPECT_EQ(held.ops.size(), 30U);
}

TEST(Held, first_contact_holds_nothing) {
  std::vector<Op> ops(20, removal_of(1, cells("SH01")));
  EXPECT_TRUE(doubt_of(ops, 0, image_of({})).reason.empty());
}

TEST(Held, a_held_cell_that_is_edited_again_keeps_its_first_old_value) {
  Held held{"sorted", {edit_of(1, Field::status, "first", "second")}};
  std::vector<Op> ops{edit_of(1, Field::status, "second", "third"),
                      edit_of(1, Field::notes, "", "travels")};
  SheetState rows = ten_rows();
  hold_back(held, ops, {}, rows);
  EXPECT_EQ(held.ops, std::vector<Op>{edit_of(1, Field::status, "first", "third")});
  EXPECT_EQ(ops, std::vector<Op>{edit_of(1, Field::notes, "", "travels")});
}

TEST(Held, what_is_undone_is_held_no_longer) {
  Held held{"sorted", {edit_of(1, Field::status, "first", "second"), removal_of(2, cells("SH02"))}};
  std::vector<Op> ops{edit_of(1, Field::status, "second", "first")};
  SheetState rows = ten_rows();
  hold_back(held, ops, {}, rows);  // row 2 stands there again
  EXPECT_TRUE(held.empty());
  EXPECT_TRUE(held.reason.empty());
  EXPECT_TRUE(ops.empty());
}

TEST(Held, rows_without_ids_that_stand_there_again_are_the_same_rows) {
  const SheetState base = ten_rows();
  std::vector<Op> ops;
  const Held held = held_after(base, {base[0].text, base[1].text}, ops);
  ASSERT_EQ(held.ops.size(), 8U);
  Observation undone = observed(SheetState{}, image_of(texts_of(base)));
  ASSERT_EQ(undone.ops.size(), 10U) << "two of them were never gone";
  Held after = held;
  hold_back(after, undone.ops, {}, undone.rows);
  EXPECT_TRUE(after.empty());
  EXPECT_EQ(undone.ops.size(), 2U) << "nothing is added twice";
  EXPECT_EQ(undone.rows[5].id, 6);
}

TEST(Held, an_older_file_put_back_takes_the_change_back) {
  Held held{"sorted", {edit_of(1, Field::status, "wip", "x"), edit_of(2, Field::status, "a", "b")}};
  std::vector<Op> ops;
  SheetState rows = ten_rows();
  hold_back(held, ops, {}, rows);  // every status is "wip"
  EXPECT_EQ(held.ops, std::vector<Op>{edit_of(2, Field::status, "a", "b")});
}

TEST(Held, a_row_with_a_held_cell_that_is_deleted_is_held_whole) {
  Held held{"sorted", {edit_of(1, Field::status, "first", "second")}};
  Cells as_typed = cells("SH01", "second");
  std::vector<Op> ops{removal_of(1, as_typed)};
  SheetState rows;
  hold_back(held, ops, {}, rows);
  EXPECT_TRUE(ops.empty());
  EXPECT_EQ(held.ops, std::vector<Op>{removal_of(1, cells("SH01", "first"))})
      << "the cloud still has the first value";
}

TEST(Held, a_held_text_that_is_replaced_is_given_up) {
  const Held before{"sorted",
                    {edit_of(1, Field::status, "a", "b"), edit_of(2, Field::status, "c", "d")}};
  const Held now{"sorted",
                 {edit_of(1, Field::status, "a", "b"), edit_of(2, Field::status, "c", "e")}};
  EXPECT_EQ(given_up(before, now), std::vector<Op>{before.ops[1]});
}

TEST(Held, approving_leaves_alone_what_moved_on) {
  std::vector<CloudRow> rows(3);
  for (std::size_t i = 0; i < 3; ++i) {
    rows[i].id = static_cast<EntryId>(i) + 1;
    rows[i].cells = cells("SH0" + std::to_string(i + 1), "wip");
  }
  at(rows[1].cells, Field::notes) = "typed on the page since";
  const std::vector<Op> ops{edit_of(1, Field::status, "wip", "done"),
                            edit_of(3, Field::status, "other", "done"),
                            edit_of(9, Field::status, "wip", "done"),
                            removal_of(2, cells("SH02", "wip")), removal_of(3, rows[2].cells)};
  const Settled settled = settle(ops, rows, {});
  ASSERT_EQ(settled.updated.size(), 1U);
  EXPECT_EQ(at(settled.updated.at(1), Field::status), "done");
  EXPECT_EQ(settled.removed, std::vector<EntryId>{3});
  EXPECT_EQ(settled.left_alone, (std::vector<Op>{ops[1], ops[2], ops[3]}));
}

TEST(Held, an_op_finds_its_row_by_the_workbooks_own_name) {
  std::vector<CloudRow> rows(1);
  rows[0].id = 7;
  rows[0].cells = cells("SH07", "wip");
  Op op = edit_of(0, Field::status, "wip", "done");
  op.row = {0, "store.1:4"};
  const Settled settled = settle(std::vector<Op>{op}, rows, {{"store.1:4", 7}});
  EXPECT_TRUE(settled.updated.contains(7));
  EXPECT_EQ(settle(std::vector<Op>{op}, rows, {}).left_alone.size(), 1U);
}

}  // namespace
}  // namespace tracker::merge

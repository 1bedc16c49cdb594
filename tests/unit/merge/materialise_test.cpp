// Only what differs from what the sheet stands for is written; the rest stays as the human left it.
#include <gtest/gtest.h>

#include "sheet_builder.hpp"

namespace tracker::merge {
namespace {

class Materialise : public testing::Test {
 protected:
  Materialise() : sheet(ten_rows()), image(image_of(texts_of(sheet))) {
    for (const SheetRow& row : sheet) mirror[row.id].cells = row.text;
  }

  SheetPlan plan() {
    std::vector<std::uint32_t> numbers;
    for (const auto& row : image.rows) numbers.push_back(row.row_number);
    MaterialiseInput input;
    input.sheet = &sheet;
    input.row_numbers = numbers;
    input.image = &image;
    input.mirror = &mirror;
    input.overlay = &overlay;
    input.store = "store";
    input.refused_appends = &refused_appends;
    input.refused_rows = &refused_rows;
    input.next_uid = 100;
    return materialise(input).plan;
  }

  SheetState sheet;
  workbook::Image image;
  Mirror mirror;
  Overlay overlay;
  std::set<EntryId> refused_appends;
  std::set<std::int64_t> refused_rows;
};

TEST_F(Materialise, equal_sides_need_nothing) { EXPECT_TRUE(plan().empty()); }

TEST_F(Materialise, a_web_edit_writes_one_cell) {
  at(mirror[3].cells, Field::notes) = "from the web";
  const SheetPlan made = plan();
  ASSERT_EQ(made.patch.cells.size(), 1U);
  EXPECT_EQ(made.patch.cells[0].row_number, 4U);
  EXPECT_EQ(made.patch.cells[0].text, "from the web");
  EXPECT_EQ(at(made.rows[2].text, Field::notes), "from the web");
}

TEST_F(Materialise, an_edit_on_its_way_to_the_cloud_is_not_written_back) {
  change(sheet, 2, [](SheetRow& row) { at(row.text, Field::notes) = "typed in Excel"; });
  Op op;
  op.row.id = 3;
  op.field = Field::notes;
  op.after = "typed in Excel";
  overlay.add(op);
  EXPECT_TRUE(plan().empty());
}

TEST_F(Materialise, a_row_whose_deletion_is_on_its_way_to_the_cloud_goes) {
  Op op;
  op.kind = OpKind::remove;
  op.row.id = 3;
  overlay.add(op);
  const SheetPlan made = plan();
  EXPECT_EQ(made.patch.deleted_rows, std::vector<std::uint32_t>{4});
  EXPECT_TRUE(made.patch.appended.empty());
  EXPECT_EQ(made.rows.size(), 9U);
}

TEST_F(Materialise, two_rows_that_the_cloud_made_one_entry_become_one_row) {
  // Typed by a human as a new row; the cloud knows it as entry 5.
  change(sheet, 9, [](SheetRow& row) { row.id = 0; });
  mirror.erase(10);
  mirror[5].uid = uid_text("store", sheet[9].uid);
  const SheetPlan made = plan();
  EXPECT_EQ(made.patch.deleted_rows, std::vector<std::uint32_t>{11});
  EXPECT_EQ(made.rows.size(), 9U);
}

TEST_F(Materialise, a_row_that_the_cloud_may_join_with_a_sent_one_waits_for_its_answer) {
  sheet.push_back(base_row(50, 0, cells("SH11", "typed in Excel")));
  image = image_of(texts_of(sheet));
  mirror[77].cells = cells("SH11", "typed on the page");
  Op op;
  op.kind = OpKind::insert;
  op.row.uid = uid_text("store", 50);
  op.cells = sheet[10].text;
  overlay.add(op);
  EXPECT_TRUE(plan().empty());

  overlay = {};  // answered: they stay two rows
  mirror[78].cells = sheet[10].text;
  mirror[78].uid = op.row.uid;
  EXPECT_EQ(plan().patch.appended.size(), 1U);
}

TEST_F(Materialise, a_quarantined_cell_stays_while_its_row_is_written) {
  change(sheet, 2, [](SheetRow& row) {
    at(row.text, Field::week_yyyymmdd) = "next week";
    row.marks.push_back({Field::week_yyyymmdd, ""});
  });
  at(mirror[3].cells, Field::status) = "done";
  const SheetPlan made = plan();
  ASSERT_EQ(made.patch.cells.size(), 1U);
  EXPECT_EQ(made.patch.cells[0].field, Field::status);
  EXPECT_EQ(at(made.rows[2].text, Field::week_yyyymmdd), "next week");
}

TEST_F(Materialise, a_web_edit_of_a_quarantined_cell_leaves_what_the_human_typed) {
  change(sheet, 2, [](SheetRow& row) {
    at(row.text, Field::week_yyyymmdd) = "next week";
    row.marks.push_back({Field::week_yyyymmdd, ""});
  });
  at(mirror[3].cells, Field::week_yyyymmdd) = "20260105";
  const SheetPlan made = plan();
  EXPECT_TRUE(made.patch.cells.empty());
  // Nobody at the workbook has seen the web's value: mending the cell will be a conflict.
  EXPECT_EQ(cloud_value(made.rows[2], Field::week_yyyymmdd), "");
}

TEST_F(Materialise, a_row_with_a_quarantined_cell_that_the_web_deletes_stays_as_it_is) {
  change(sheet, 2, [](SheetRow& row) {
    at(row.text, Field::week_yyyymmdd) = "next week";
    row.marks.push_back({Field::week_yyyymmdd, ""});
  });
  mirror.erase(3);
  const SheetPlan made = plan();
  EXPECT_TRUE(made.empty());
  EXPECT_TRUE(observed(made.rows, image_of(texts_of(made.rows))).ops.empty())
      << "nobody typed: the row does not come back";

  std::vector<Cells> mended = texts_of(made.rows);
  at(mended[2], Field::week_yyyymmdd) = "20260105";
  const Observation seen = observed(made.rows, image_of(mended));
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::edit);
  EXPECT_EQ(seen.ops[0].row.id, 3) << "that very row comes back, with what it had on the page";
}

TEST_F(Materialise, a_column_that_is_back_shows_what_happened_meanwhile) {
  image.columns.reset(index(Field::status));
  at(mirror[3].cells, Field::status) = "done";
  mirror[11].cells = cells("SH11");
  const SheetPlan without = plan();
  EXPECT_TRUE(without.patch.cells.empty());
  sheet = without.rows;
  image = image_of(texts_of(sheet));
  const SheetPlan with = plan();
  ASSERT_EQ(with.patch.cells.size(), 2U);
  EXPECT_EQ(with.patch.cells[0].text, "done");
  EXPECT_EQ(with.patch.cells[1].row_number, 12U);
}

TEST_F(Materialise, rows_of_the_cloud_are_appended_and_rows_it_deleted_go) {
  mirror[11].cells = cells("SH11");
  mirror.erase(5);
  const SheetPlan made = plan();
  ASSERT_EQ(made.patch.appended.size(), 1U);
  EXPECT_EQ(at(made.patch.appended[0].cells, Field::shot), "SH11");
  ASSERT_EQ(made.patch.deleted_rows.size(), 1U);
  EXPECT_EQ(made.patch.deleted_rows[0], 6U);
  EXPECT_EQ(made.rows.size(), 10U);
}

TEST_F(Materialise, a_draft_is_never_touched) {
  SheetRow draft = base_row(50, 0, cells("", "new"));
  draft.draft = true;
  sheet.push_back(draft);
  image = image_of(texts_of(sheet));
  EXPECT_TRUE(plan().empty());
}

TEST_F(Materialise, a_row_learns_its_id_from_the_feed) {
  sheet.push_back(base_row(50, 0, cells("SH11")));
  image = image_of(texts_of(sheet));
  image.has_id_column = true;
  for (std::size_t i = 0; i < 10; ++i) image.rows[i].tracker_id = sheet[i].id;
  mirror[77].cells = cells("SH11");
  mirror[77].uid = "store:50";
  const SheetPlan made = plan();
  EXPECT_TRUE(made.patch.appended.empty());
  ASSERT_EQ(made.patch.ids.size(), 1U);
  EXPECT_EQ(made.patch.ids[0].row_number, 12U);
  EXPECT_EQ(made.patch.ids[0].tracker_id, 77);
}

TEST_F(Materialise, a_refused_cell_keeps_its_text_and_is_not_tried_again) {
  at(mirror[3].cells, Field::notes) = "from the web";
  SheetPlan made = plan();
  std::vector<std::uint32_t> numbers;
  for (const auto& row : image.rows) numbers.push_back(row.row_number);
  const std::vector<workbook::Refusal> refusals{
      {"Production!H4", "the cell is a formula", 4, Field::notes, 0, true}};
  apply_refusals(made, sheet, numbers, refusals);
  EXPECT_EQ(at(made.rows[2].text, Field::notes), "");
  EXPECT_EQ(cloud_value(made.rows[2], Field::notes), "from the web");
  sheet = made.rows;
  EXPECT_TRUE(plan().empty());
}

TEST_F(Materialise, measurements_fill_the_columns_that_exist_but_not_a_pinned_cell) {
  image.measured_columns.set(0);
  image.measured_columns.set(1);
  Measurement measured;
  measured.frames = 142;
  measured.frame_rate = Rational{24, 1};
  measured.duration = Rational{142, 24};
  mirror[1].measurement = measured;
  mirror[2].measurement = measured;
  change(sheet, 1, [](SheetRow& row) {
    row.pinned.set(0);
    row.measured[0] = "99";
  });
  const SheetPlan made = plan();
  ASSERT_EQ(made.patch.measured.size(), 3U);
  EXPECT_EQ(made.patch.measured[0].text, "142");
  EXPECT_EQ(made.patch.measured[1].text, "5.916667");
  EXPECT_EQ(made.rows[1].measured[0], "99");
}

TEST_F(Materialise, a_row_that_the_page_deleted_stays_while_an_edit_of_it_is_on_its_way) {
  mirror.erase(3);
  change(sheet, 2, [](SheetRow& row) { at(row.text, Field::notes) = "typed in Excel"; });
  overlay.add({OpKind::edit, {3, {}}, Field::notes, "", "typed in Excel", {}, {}, {}});
  const SheetPlan made = plan();
  EXPECT_TRUE(made.empty());
  EXPECT_EQ(made.rows[2].id, 3);
}

TEST_F(Materialise, a_deleted_row_goes_once_its_quarantined_cell_is_what_it_was) {
  mirror.erase(3);
  change(sheet, 2, [](SheetRow& row) {
    at(row.text, Field::shot) = std::string(60, 'x');
    set_cloud_value(row, Field::shot, "SH03");
  });
  EXPECT_TRUE(plan().empty());
  change(sheet, 2, [](SheetRow& row) {
    at(row.text, Field::shot) = "SH03";
    row.marks.clear();
  });
  EXPECT_EQ(plan().patch.deleted_rows, std::vector<std::uint32_t>{4});
}

TEST_F(Materialise, what_the_cloud_itself_put_where_it_cannot_travel_is_mended_by_it) {
  change(sheet, 1, [](SheetRow& row) { at(row.text, Field::week_yyyymmdd) = "soon"; });
  change(sheet, 2, [](SheetRow& row) { at(row.text, Field::week_yyyymmdd) = "soon"; });
  at(mirror[2].cells, Field::week_yyyymmdd) = "20260119";
  mirror.erase(3);
  const SheetPlan made = plan();
  ASSERT_EQ(made.patch.cells.size(), 1U);
  EXPECT_EQ(made.patch.cells[0].text, "20260119");
  EXPECT_EQ(made.patch.deleted_rows, std::vector<std::uint32_t>{4}) << "nobody here typed it";
}

TEST_F(Materialise, a_copied_row_shows_its_own_id_from_now_on) {
  image.has_id_column = true;
  for (std::size_t i = 0; i < 10; ++i) image.rows[i].tracker_id = sheet[i].id;
  change(sheet, 9, [](SheetRow& row) { row.shown = 9; });
  image.rows[9].tracker_id = 9;
  const SheetPlan made = plan();
  ASSERT_EQ(made.patch.ids.size(), 1U);
  EXPECT_EQ(made.rows[9].shown, 10);
}

TEST_F(Materialise, a_refused_deletion_stays_unless_its_entry_was_cleared) {
  mirror.erase(3);
  mirror.erase(5);
  SheetPlan made = plan();
  ASSERT_EQ(made.patch.deleted_rows, (std::vector<std::uint32_t>{4, 6}));
  std::vector<std::uint32_t> numbers;
  for (const auto& row : image.rows) numbers.push_back(row.row_number);
  std::vector<workbook::Refusal> refusals{{"row 4", "an array formula", 4, {}, 0, false, false},
                                          {"row 6", "an array formula", 6, {}, 0, false, true}};
  const std::size_t others = made.rows.size();
  apply_refusals(made, sheet, numbers, refusals);
  ASSERT_EQ(made.rows.size(), others + 1);
  EXPECT_EQ(made.rows[2].id, 3);
  EXPECT_EQ(made.rows[4].id, 6) << "row 6 held 5";
}

TEST_F(Materialise, a_row_that_the_gate_does_not_take_is_not_appended_again) {
  mirror[11].cells = cells("SH11");
  refused_appends.insert(11);
  EXPECT_TRUE(plan().empty());
}

TEST_F(Materialise, a_row_that_the_gate_refused_stays_and_only_its_cells_are_written) {
  refused_rows = {3, 4};
  mirror.erase(3);
  at(mirror[4].cells, Field::status) = "done";
  mirror[4].measurement = Measurement();
  mirror[4].measurement->frames = 142;
  image.measured_columns.set();
  const SheetPlan made = plan();
  EXPECT_TRUE(made.patch.deleted_rows.empty());
  EXPECT_TRUE(made.patch.measured.empty());
  ASSERT_EQ(made.patch.cells.size(), 1U);
  EXPECT_EQ(made.patch.cells[0].row_number, 5U);
}

TEST_F(Materialise, measurements_and_further_columns_on_their_way_change_no_cell) {
  for (OpKind kind : {OpKind::measure, OpKind::extra, OpKind::lost}) {
    Op op;
    op.kind = kind;
    op.row.id = 3;
    overlay.add(op);
  }
  EXPECT_TRUE(overlay.empty());
  EXPECT_TRUE(plan().empty());
}

TEST_F(Materialise, a_restore_on_its_way_shows_the_row_as_it_will_be) {
  Op op;
  op.kind = OpKind::restore;
  op.row.id = 3;
  op.cells = cells("SH03", "restored");
  overlay.add(op);
  const SheetPlan made = plan();
  ASSERT_EQ(made.patch.cells.size(), 1U);
  EXPECT_EQ(made.patch.cells[0].text, "restored");
}

TEST(MeasuredTexts, a_rate_that_is_no_whole_number_is_a_fraction_and_what_is_unknown_is_blank) {
  Measurement measurement;
  measurement.frame_rate = Rational{24000, 1001};
  const MeasuredTexts texts = measured_texts(measurement);
  EXPECT_EQ(texts[static_cast<std::size_t>(workbook::MeasuredColumn::fps)], "24000/1001");
  EXPECT_EQ(texts[static_cast<std::size_t>(workbook::MeasuredColumn::frames)], "");
}

}  // namespace
}  // namespace tracker::merge

// What people and programs do to a sheet that no rule of theirs forbids: ids typed by hand, rows
// emptied instead of deleted, formulas saved without their values.
#include <gtest/gtest.h>

#include "sheet_builder.hpp"

namespace tracker::merge {
namespace {

/// Ten rows that show their ids, observed with all that a real engine knows.
class StrangeSheet : public testing::Test {
 protected:
  StrangeSheet() {
    for (std::size_t i = 0; i < base.size(); ++i) {
      change(base, i, [](SheetRow& row) { row.shown = row.id; });
    }
    image = image_of(texts_of(base));
    image.has_id_column = true;
    for (std::size_t i = 0; i < base.size(); ++i) image.rows[i].tracker_id = base[i].id;
    for (const SheetRow& row : base) cloud[row.id] = row.text;
  }

  void add_row(Cells cells, EntryId id) {
    workbook::ImageRow row;
    row.row_number = image.rows.back().row_number + 1;
    row.cells = std::move(cells);
    row.tracker_id = id;
    image.rows.push_back(std::move(row));
  }

  static Cells other_shot(const std::string& shot) {
    Cells text = cells(shot, "retake", "Ben");
    at(text, Field::scene) = "SC700";
    at(text, Field::episode_title) = "EP07";
    at(text, Field::project_type) = "Film";
    return text;
  }

  Observation seen() {
    ObserveInput input;
    input.base = &base;
    input.image = &image;
    input.store = "store";
    input.ids = IdTrust::full;
    input.next_uid = 100;
    input.cloud_row = [this](EntryId id) {
      const auto found = cloud.find(id);
      return found == cloud.end() ? nullptr : &found->second;
    };
    input.gone_row = [this](EntryId id) {
      const auto found = gone.find(id);
      return found == gone.end() ? nullptr : &found->second;
    };
    return observe(input);
  }

  SheetState base = ten_rows();
  workbook::Image image;
  std::map<EntryId, Cells> cloud;
  std::map<EntryId, Cells> gone;
};

TEST_F(StrangeSheet, ids_that_were_filled_down_with_new_rows_name_nothing) {
  add_row(other_shot("SH11"), 11);
  add_row(other_shot("SH12"), 12);
  const Observation observation = seen();
  ASSERT_EQ(observation.ops.size(), 2U);
  for (const Op& op : observation.ops) {
    EXPECT_EQ(op.kind, OpKind::insert);
    EXPECT_EQ(op.row.id, 0);
  }
  EXPECT_EQ(observation.rows[10].id, 0);
}

TEST_F(StrangeSheet, the_id_of_another_shot_of_the_page_is_not_taken_for_its_row) {
  cloud[11] = other_shot("SH90");
  add_row(cells("SH11"), 11);
  const Observation observation = seen();
  ASSERT_EQ(observation.ops.size(), 1U) << "no cell of the page's row is overwritten";
  EXPECT_EQ(observation.ops[0].kind, OpKind::insert);
}

TEST_F(StrangeSheet, a_row_whose_id_was_typed_over_is_still_that_row) {
  image.rows[4].tracker_id = 77;
  at(image.rows[4].cells, Field::notes) = "edited too";
  const Observation observation = seen();
  ASSERT_EQ(observation.ops.size(), 1U);
  EXPECT_EQ(observation.ops[0].kind, OpKind::edit);
  EXPECT_EQ(observation.ops[0].row.id, 5);
  EXPECT_EQ(observation.rows[4].shown, 77) << "so that its own id is written again";
}

TEST_F(StrangeSheet, a_deleted_row_that_stands_there_again_is_restored_if_it_is_that_one) {
  gone[11] = other_shot("SH90");
  add_row(other_shot("SH90"), 11);
  ASSERT_EQ(seen().ops.size(), 1U);
  EXPECT_EQ(seen().ops[0].kind, OpKind::restore);
  image.rows.back().cells = cells("SH11");
  EXPECT_EQ(seen().ops[0].kind, OpKind::insert) << "another shot under its id";
}

TEST_F(StrangeSheet, a_row_of_which_nothing_but_the_id_is_left_was_deleted) {
  image.rows[4].cells = {};
  const Observation observation = seen();
  ASSERT_EQ(observation.ops.size(), 1U);
  EXPECT_EQ(observation.ops[0].kind, OpKind::remove);
  EXPECT_EQ(observation.ops[0].row.id, 5);
  EXPECT_EQ(observation.ops[0].cells, base[4].text);
  EXPECT_TRUE(observation.kept.empty());
  base = observation.rows;
  EXPECT_TRUE(seen().ops.empty()) << "once";
  image.rows[4].extra["Client"] = "ACME";
  base = ten_rows();
  EXPECT_EQ(seen().kept.size(), 2U) << "somebody's text stands there still: scene and shot wait";
}

TEST_F(StrangeSheet, a_formula_without_its_value_is_not_a_cleared_cell) {
  for (workbook::ImageRow& row : image.rows) {
    at(row.cells, Field::status).clear();
    row.formula.set(index(Field::status));
    row.uncalculated.set(index(Field::status));
  }
  at(image.rows[2].cells, Field::notes) = "edited";
  const Observation observation = seen();
  ASSERT_EQ(observation.ops.size(), 1U);
  EXPECT_EQ(observation.ops[0].field, Field::notes);
  EXPECT_EQ(at(observation.rows[7].text, Field::status), "wip");
}

}  // namespace
}  // namespace tracker::merge

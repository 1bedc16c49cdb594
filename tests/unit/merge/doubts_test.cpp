// The odd sheets: what is believed, what waits, and what the gate's refusals leave behind.
#include <gtest/gtest.h>

#include "merge/twins.hpp"
#include "sheet_builder.hpp"

namespace tracker::merge {
namespace {

/// `count` rows, each with a status of its own.
SheetState many_rows(int count) {
  SheetState rows;
  for (int i = 1; i <= count; ++i) {
    rows.push_back(base_row(i, i, cells("SH" + std::to_string(1000 + i), "s" + std::to_string(i))));
  }
  return rows;
}

TEST(Guards, ten_cells_of_a_long_sheet_in_another_order_are_edits) {
  const SheetState base = many_rows(40);
  auto rows = texts_of(base);
  for (std::size_t i = 0; i < 10; ++i) {
    at(rows[i], Field::status) = at(base[9 - i].text, Field::status);
  }
  const Observation seen = observed(base, image_of(rows));
  EXPECT_EQ(seen.ops.size(), 10U);
}

TEST(Guards, one_value_filled_down_is_meant) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  for (Cells& row : rows) at(row, Field::status) = "done";
  const Observation seen = observed(base, image_of(rows));
  EXPECT_EQ(seen.ops.size(), 10U);
}

TEST(Guards, a_sheet_that_lacks_two_key_columns_names_both) {
  workbook::Image image = image_of(texts_of(ten_rows()));
  image.columns.reset(index(Field::scene));
  image.columns.reset(index(Field::episode_title));
  const std::string frozen = observed(ten_rows(), image).frozen;
  EXPECT_NE(frozen.find("Episode Title, Scene"), std::string::npos) << frozen;
  image.columns.set(index(Field::scene));
  image.columns.reset(index(Field::project_type));
  EXPECT_NE(observed(ten_rows(), image).frozen, "") << "scene and shot alone name no row";
}

TEST(Guards, a_sheet_that_never_had_rows_may_stay_empty) {
  EXPECT_EQ(observed({}, image_of({})).frozen, "");
}

TEST(Observe, a_further_column_goes_to_the_cloud_as_a_whole_and_only_when_it_changes) {
  const SheetState base = ten_rows();
  workbook::Image image = image_of(texts_of(base));
  image.rows[3].extra = {{"Reviewer", "Ada"}, {"Client", ""}};
  const Observation seen = observed(base, image);
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::extra);
  EXPECT_EQ(seen.ops[0].row.id, 4);
  EXPECT_EQ(seen.ops[0].extra.at("Reviewer"), "Ada");
  EXPECT_TRUE(observed(seen.rows, image).ops.empty());
}

TEST(Observe, further_columns_without_a_value_are_no_columns) {
  EXPECT_EQ(hash_of(Extra{{"Client", ""}}), 0U);
  EXPECT_EQ(hash_of(Extra{}), 0U);
  EXPECT_NE(hash_of(Extra{{"Client", "ACME"}}), hash_of(Extra{{"Client", "Acme"}}));
}

TEST(Observe, a_cell_that_the_gate_refused_is_tried_again_with_the_next_file) {
  SheetState base = ten_rows();
  change(base, 2, [](SheetRow& row) { set_cloud_value(row, Field::status, "from the web"); });
  const Observation seen = observed(base, image_of(texts_of(base)));
  EXPECT_TRUE(seen.ops.empty());
  EXPECT_TRUE(seen.kept.empty());
  EXPECT_EQ(cloud_value(seen.rows[2], Field::status), at(base[2].text, Field::status))
      << "so it differs from the cloud, and is written";
}

TEST(Observe, what_was_never_on_the_screen_is_logged_when_a_cleared_scene_is_filled_in) {
  SheetState base = ten_rows();
  change(base, 4, [](SheetRow& row) {
    at(row.text, Field::scene) = std::string(60, 'x');
    set_cloud_value(row, Field::scene, "");
  });
  auto rows = texts_of(base);
  at(rows[4], Field::scene).clear();
  const Observation cleared = observed(base, image_of(rows));
  EXPECT_TRUE(cleared.ops.empty());
  ASSERT_EQ(cleared.kept.size(), 1U);
  at(rows[4], Field::scene) = "SC011";
  const Observation filled = observed(cleared.rows, image_of(rows));
  ASSERT_EQ(filled.ops.size(), 1U);
  EXPECT_EQ(filled.ops[0].before, "");
  EXPECT_EQ(filled.ops[0].after, "SC011");
}

TEST(Observe, an_id_that_nobody_can_look_up_is_a_new_row) {
  const SheetState base = ten_rows();
  workbook::Image image = image_of(texts_of(base));
  workbook::ImageRow row = image.rows.back();
  row.cells = cells("SH77", "wip", "Ben");
  at(row.cells, Field::scene) = "SC700";
  at(row.cells, Field::episode_title) = "EP07";
  row.tracker_id = 77;
  ++row.row_number;
  image.rows.push_back(row);
  const Observation seen = observed(base, image, true);
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::insert);
}

TEST(Observe, an_id_that_a_row_once_had_restores_its_row_unless_a_cell_cannot_travel) {
  const SheetState base = ten_rows();
  workbook::Image image = image_of(texts_of(base));
  workbook::ImageRow row = image.rows.back();
  row.cells = cells("SH77", "wip", "Ben");
  at(row.cells, Field::scene) = "SC700";
  at(row.cells, Field::episode_title) = "EP07";
  row.tracker_id = 77;
  ++row.row_number;
  image.rows.push_back(row);
  ObserveInput input;
  input.base = &base;
  input.image = &image;
  input.store = "store";
  input.ids = IdTrust::full;
  input.cloud_row = [](EntryId) -> const Cells* { return nullptr; };
  const Cells was = row.cells;
  input.gone_row = [&was](EntryId id) { return id == 77 ? &was : nullptr; };
  Observation seen = observe(input);
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::restore);
  EXPECT_EQ(seen.ops[0].row.id, 77);
  at(image.rows.back().cells, Field::status) = std::string(40, 's');
  seen = observe(input);
  ASSERT_EQ(seen.ops.size(), 1U);
  EXPECT_EQ(seen.ops[0].kind, OpKind::insert) << "the rest of it, as a new row";
  EXPECT_EQ(seen.kept.size(), 1U);
}

TEST(Observe, a_new_row_waits_whole_while_a_key_cell_is_blank_or_cannot_travel) {
  const SheetState base = ten_rows();
  auto rows = texts_of(base);
  rows.push_back(cells("", "wip", "Ben"));
  rows.push_back(cells(std::string(60, 'x'), "wip", "Eva"));
  const Observation seen = observed(base, image_of(rows));
  EXPECT_TRUE(seen.ops.empty());
  EXPECT_EQ(seen.kept.size(), 2U);
  EXPECT_TRUE(seen.rows[10].draft);
  EXPECT_TRUE(seen.rows[11].draft);
}

TEST(Observe, a_shot_typed_on_both_sides_is_one_row_though_one_cell_cannot_travel) {
  const SheetState base = ten_rows();
  std::vector<Cells> rows = texts_of(base);
  rows.push_back(cells("SH99", std::string(40, 's'), "Ben"));
  const workbook::Image image = image_of(rows);
  const Cells cloud = cells("SH99", "wip", "Ben");
  ObserveInput input;
  input.base = &base;
  input.image = &image;
  input.store = "store";
  input.unseen_twin = [](const Cells& typed) { return at(typed, Field::shot) == "SH99" ? 99 : 0; };
  input.cloud_row = [&cloud](EntryId id) { return id == 99 ? &cloud : nullptr; };
  const Observation seen = observe(input);
  EXPECT_TRUE(seen.ops.empty());
  ASSERT_EQ(seen.kept.size(), 1U);
  EXPECT_EQ(seen.rows.back().id, 99);
}

TEST(Twins, two_unseen_rows_of_one_key_are_nobody_s_twin) {
  Mirror mirror;
  mirror[1].cells = mirror[2].cells = cells("SH01");
  mirror[3].cells = cells("SH03");
  mirror[4].cells = cells("SH04");
  mirror[4].uid = "store:4";  // it came from the workbook
  const Twins twins = rows_unseen_in({}, mirror);
  EXPECT_EQ(twins.at(natural_key(cells("SH01"))), 0);
  EXPECT_EQ(twins.at(natural_key(cells("SH03"))), 3);
  EXPECT_FALSE(twins.contains(natural_key(cells("SH04"))));
}

TEST(SheetState, states_are_equal_by_their_rows) {
  SheetState other = ten_rows();
  EXPECT_EQ(other, ten_rows());
  change(other, 3, [](SheetRow& row) { at(row.text, Field::status) = "done"; });
  EXPECT_FALSE(other == ten_rows());
  EXPECT_EQ(cloud_cells(other[3]), other[3].text);
}

// ---- what the gate refused

class Refused : public testing::Test {
 protected:
  Refused() {
    plan.patch.cells.push_back({4, Field::status, "done"});
    plan.patch.deleted_rows.push_back(6);
    plan.patch.appended.push_back({cells("SH11"), 11, {}});
    plan.patch.appended.push_back({cells("SH12"), 12, {}});
    for (const SheetRow& row : before) {
      if (row.id != 5) plan.rows.push_back(row);
    }
    change(plan.rows, 2, [](SheetRow& row) {
      at(row.text, Field::status) = "done";
      row.measured[0] = "142";
    });
    plan.rows.push_back(base_row(20, 11, cells("SH11")));
    plan.rows.push_back(base_row(21, 12, cells("SH12")));
    for (std::uint32_t number = 2; number <= 11; ++number) numbers.push_back(number);
  }

  SheetState after(const workbook::Refusal& refusal) {
    SheetPlan applied = plan;
    apply_refusals(applied, before, numbers, std::vector{refusal});
    return applied.rows;
  }

  SheetState before = ten_rows();
  std::vector<std::uint32_t> numbers;
  SheetPlan plan;
};

TEST_F(Refused, a_new_row_is_not_there_and_the_other_one_is) {
  const SheetState rows = after({"append", "no", 0, std::nullopt, 0, false});
  ASSERT_EQ(rows.size(), 10U);
  EXPECT_EQ(rows.back().id, 12);
}

TEST_F(Refused, a_row_to_delete_stays) {
  const SheetState rows = after({"row 6", "no", 6, std::nullopt, 0, false});
  ASSERT_EQ(rows.size(), 12U);
  EXPECT_EQ(rows[4].id, 5);
}

TEST_F(Refused, a_row_as_a_whole_keeps_its_measured_cells) {
  const SheetState rows = after({"row 4", "no", 4, std::nullopt, 0, false});
  EXPECT_EQ(rows[2].measured[0], "");
  EXPECT_EQ(at(rows[2].text, Field::status), "done");
}

TEST_F(Refused, a_cell_keeps_its_text_and_stands_for_the_cloud_s) {
  const SheetState rows = after({"G4", "no", 4, Field::status, 0, false});
  EXPECT_EQ(at(rows[2].text, Field::status), "wip");
  EXPECT_EQ(cloud_value(rows[2], Field::status), "done");
}

}  // namespace
}  // namespace tracker::merge

// A row that was copied shows the id of its original until it gets one of its own.
#include <gtest/gtest.h>

#include "merge/align.hpp"
#include "sheet_builder.hpp"

namespace tracker::merge {
namespace {

workbook::ImageRow shown(Cells text, std::optional<EntryId> id) {
  workbook::ImageRow row;
  row.cells = std::move(text);
  row.tracker_id = id;
  return row;
}

workbook::Image sheet_of(std::vector<workbook::ImageRow> rows) {
  workbook::Image image = image_of({});
  image.rows = std::move(rows);
  return image;
}

using Pairs = std::vector<std::optional<std::size_t>>;

SheetRow copied(std::int64_t uid, EntryId shown, Cells text) {
  SheetRow row = base_row(uid, 0, std::move(text));
  row.shown = shown;
  return row;
}

/// A row with id 5 and its copy, which an earlier save brought.
SheetState original_and_copy() {
  return {base_row(1, 5, cells("SH01")), copied(2, 5, cells("SH01", "done"))};
}

TEST(Align, a_copy_is_known_by_its_content_when_its_original_is_deleted) {
  const auto rows = sheet_of({shown(cells("SH01", "done"), 5)});
  EXPECT_EQ(align(original_and_copy(), rows, IdTrust::full, {}), Pairs{1});
}

TEST(Align, a_copy_is_known_by_its_content_when_its_original_is_edited) {
  const auto rows = sheet_of({shown(cells("SH01", "done"), 5), shown(cells("SH01", "retake"), 5)});
  EXPECT_EQ(align(original_and_copy(), rows, IdTrust::full, {}), (Pairs{1, 0}));
}

TEST(Align, an_unchanged_original_is_itself_beside_an_equal_copy) {
  const SheetState base{base_row(1, 5, cells("SH01")), copied(2, 5, cells("SH01"))};
  const auto rows = sheet_of({shown(cells("SH01"), 5)});
  EXPECT_EQ(align(base, rows, IdTrust::full, {}), Pairs{0});
}

TEST(Align, of_an_original_and_its_copy_the_one_that_was_edited_less_is_the_nearer) {
  Cells edited = cells("SH01", "done");
  at(edited, Field::notes) = "again";
  const auto rows = sheet_of({shown(edited, 5)});
  EXPECT_EQ(align(original_and_copy(), rows, IdTrust::full, {}), Pairs{1});
}

TEST(Align, a_row_that_is_as_near_to_the_original_as_to_its_copy_is_taken_by_its_place) {
  const SheetState base{base_row(1, 5, cells("SH01")), copied(2, 5, cells("SH02", "done"))};
  // The first is retyped; the second one's status alone is what the first one's was.
  const auto rows = sheet_of({shown(cells("SH03", "retake"), 5), shown(cells("SH02", "wip"), 5)});
  EXPECT_EQ(align(base, rows, IdTrust::full, {}), (Pairs{0, 1}));
}

TEST(Align, an_unchanged_original_is_itself_wherever_it_stands_beside_an_edited_copy) {
  const SheetState base{copied(2, 5, cells("SH01")), base_row(1, 5, cells("SH01"))};
  const auto rows = sheet_of({shown(cells("SH01"), 5), shown(cells("SH03", "retake"), 5)});
  EXPECT_EQ(align(base, rows, IdTrust::full, {}), (Pairs{1, 0}));
}

TEST(Align, of_a_block_that_was_sorted_and_typed_into_each_row_is_the_one_that_it_is_most_like) {
  const SheetState base{base_row(1, 0, cells("SH01", "retake")), base_row(2, 0, cells("SH01"))};
  Cells noted = cells("SH01", "retake");
  at(noted, Field::notes) = "typed";
  const auto rows = sheet_of({shown(cells("SH01", "done"), {}), shown(noted, {})});
  EXPECT_EQ(align(base, rows, IdTrust::full, {}), (Pairs{1, 0}));
}

TEST(Align, a_column_that_is_missing_tells_nothing) {
  auto rows = sheet_of({shown(cells("SH02"), {}), shown(cells("SH01"), {})});
  const SheetState base{base_row(1, 1, cells("SH01")), base_row(2, 2, cells("SH02"))};
  rows.columns.reset(index(Field::animator));
  for (auto& row : rows.rows) at(row.cells, Field::animator).clear();
  EXPECT_EQ(align(base, rows, IdTrust::full, {}), (Pairs{1, 0}));
}

TEST(Align, rows_that_look_alike_are_no_rivals) {
  const SheetState base{base_row(1, 1, cells("SH01"))};
  const auto rows = sheet_of({shown(cells("SH01", "done"), {}), shown(cells("SH01", "done"), {})});
  EXPECT_EQ(align(base, rows, IdTrust::full, {}), (Pairs{0, std::nullopt}));
}

/// Otherwise the second copy would take the key, the id and the history of the row that was
/// renamed.
TEST(Align, a_copy_of_a_row_that_stayed_is_not_the_row_beside_it_that_was_renamed) {
  const SheetState base{base_row(1, 5, cells("SH01")), base_row(2, 6, cells("SH01", "done"))};
  const auto rows = sheet_of({shown(cells("SH02"), {}), shown(cells("SH01", "done"), {}),
                              shown(cells("SH01", "done"), {})});
  EXPECT_EQ(align(base, rows, IdTrust::none, {}), (Pairs{0, std::nullopt, 1}));
}

TEST(Align, a_row_that_became_equal_to_one_that_stayed_keeps_its_key) {
  const SheetState base{base_row(1, 5, cells("SH01")), base_row(2, 6, cells("SH01", "done"))};
  const auto rows = sheet_of({shown(cells("SH01", "done"), {}), shown(cells("SH01", "done"), {}),
                              shown(cells("SH07", "retake", "Ben"), {})});
  EXPECT_EQ(align(base, rows, IdTrust::none, {}), (Pairs{1, 0, std::nullopt}));
}

/// Two parts came from backups: the ids were ours, and may have been given anew.
TEST(Align, an_id_that_is_only_likely_tips_the_balance_between_rows_that_are_equally_alike) {
  const Cells second = cells("SH01", "done", "Ana");
  const Cells now = cells("SH01", "retake", "Ben");
  const SheetState base{base_row(1, 7, cells("SH01")), base_row(2, 8, second)};
  const auto rows = sheet_of({shown(now, 8)});
  EXPECT_EQ(align(base, rows, IdTrust::hint, {}), Pairs{1});
  EXPECT_EQ(align(base, rows, IdTrust::none, {}), Pairs{std::nullopt});
}

TEST(Align, of_two_copies_that_show_one_likely_id_each_finds_its_row) {
  Cells noted = cells("SH01");
  at(noted, Field::notes) = "typed into the copy";
  Cells renamed = noted;
  at(renamed, Field::shot) = "SH02";
  const SheetState base{base_row(1, 5, cells("SH01", "done")), base_row(2, 8, renamed)};
  const auto rows = sheet_of({shown(cells("SH01"), 5), shown(noted, 5)});
  EXPECT_EQ(align(base, rows, IdTrust::hint, {}), (Pairs{0, 1}));
}

TEST(Align, an_id_that_is_only_likely_makes_no_row_of_two_that_have_nothing_in_common) {
  const SheetState base{base_row(1, 7, cells("SH01"))};
  Cells other;
  at(other, Field::scene) = "SC900";
  at(other, Field::shot) = "SH900";
  EXPECT_EQ(align(base, sheet_of({shown(other, 7)}), IdTrust::hint, {}), Pairs{std::nullopt});
}

}  // namespace
}  // namespace tracker::merge

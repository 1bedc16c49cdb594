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

using Pairs = std::vector<std::optional<std::size_t>>;

/// A row with id 5 and its copy, which an earlier save brought.
SheetState original_and_copy() {
  return {base_row(1, 5, cells("SH01")), base_row(2, 0, cells("SH01", "done"))};
}

TEST(Align, a_copy_is_known_by_its_content_when_its_original_is_deleted) {
  const std::vector rows{shown(cells("SH01", "done"), 5)};
  EXPECT_EQ(align(original_and_copy(), rows, true, true), Pairs{1});
}

TEST(Align, a_copy_is_known_by_its_content_when_its_original_is_edited) {
  const std::vector rows{shown(cells("SH01", "done"), 5), shown(cells("SH01", "retake"), 5)};
  EXPECT_EQ(align(original_and_copy(), rows, true, true), (Pairs{1, 0}));
}

TEST(Align, an_unchanged_original_is_itself_beside_an_equal_copy) {
  const SheetState base{base_row(1, 5, cells("SH01")), base_row(2, 0, cells("SH01"))};
  const std::vector rows{shown(cells("SH02"), {}), shown(cells("SH01"), 5)};
  EXPECT_EQ(align(base, rows, true, true), (Pairs{std::nullopt, 0}));
}

TEST(Align, a_new_row_that_shows_no_id_comes_before_one_that_looks_like_it_now) {
  const std::vector rows{shown(cells("SH01", "done"), 5), shown(cells("SH01", "done"), {})};
  EXPECT_EQ(align(original_and_copy(), rows, true, true), (Pairs{0, 1}));
}

}  // namespace
}  // namespace tracker::merge

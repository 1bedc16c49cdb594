#include "domain/told.hpp"

#include <gtest/gtest.h>

namespace tracker {
namespace {

Cells cells_of(const std::string& status, const std::string& notes) {
  Cells cells;
  at(cells, Field::episode_title) = "EP01";
  at(cells, Field::shot) = "0010";
  at(cells, Field::status) = status;
  at(cells, Field::notes) = notes;
  return cells;
}

TEST(Told, AnEditNamesRowColumnAndValue) {
  Change change;
  change.before = cells_of("wip", "");
  change.after = cells_of("done", "at last");
  EXPECT_EQ(told(change), "EP01 · 0010, status: “done”, notes: “at last”");
  change.after = change.before;
  EXPECT_EQ(told(change), "EP01 · 0010, its other columns");
}

TEST(Told, ARowThatComesOrGoes) {
  Change change;
  change.kind = ChangeKind::insert;
  change.after = cells_of("wip", "");
  EXPECT_EQ(told(change), "EP01 · 0010, a new row");
  std::swap(change.before, change.after);
  change.kind = ChangeKind::remove;
  EXPECT_EQ(told(change), "EP01 · 0010, deleted");
}

TEST(Told, ALongTextIsCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 81; ++i) text += "é";
  EXPECT_EQ(beginning_of(text), text.substr(0, 160) + "…");
  EXPECT_EQ(beginning_of(text.substr(0, 160)), text.substr(0, 160));
}

}  // namespace
}  // namespace tracker

// The rehearsal of a sync, and the replacement of the database, told from the engine alone.
#include "sync/preview.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "../merge/sheet_builder.hpp"

namespace tracker::sync {
namespace {

using merge::SheetState;

class PreviewTest : public testing::Test {
 protected:
  PreviewTest() {
    memory_.store = "store";
    memory_.has_mirror = true;
    memory_.cursor = 10;
    memory_.generation = memory_.written_generation = 3;
    for (const merge::SheetRow& row : base_) memory_.mirror[row.id].cells = row.text;
  }

  merge::MirrorRow& mirrored(EntryId id) { return memory_.mirror.at(id); }

  /// The file as people left it, with its base known or, on first contact, not.
  WorkbookSeen seen(bool base_known = true) {
    WorkbookSeen event;
    event.digest = "digest";
    image_.token = workbook::Token{"store", 3, "n"};
    event.image = std::make_shared<const workbook::Image>(image_);
    if (base_known) {
      event.bases.written = event.bases.newest = std::make_shared<const SheetState>(base_);
    }
    return event;
  }

  void connect(Engine& engine) {
    HelloAnswer hello;
    hello.epoch = 1;
    engine.step(LinkUp{hello});
    PullAnswer nothing_new;
    nothing_new.after = nothing_new.head = memory_.cursor;
    engine.step(Pulled{nothing_new});
  }

  /// What an engine that looks at that file asks for.
  Preview rehearsed(std::vector<Event> events) {
    Engine engine(memory_);
    connect(engine);
    std::optional<WriteWorkbook> write;
    for (Event& event : events) {
      for (Effect& effect : engine.step(std::move(event))) {
        if (auto* found = std::get_if<WriteWorkbook>(&effect)) write = std::move(*found);
        if (auto* saved = std::get_if<SaveObservation>(&effect)) pushes_ = saved->pushes;
      }
    }
    batch_ = engine.replacement_batch();
    return preview(engine, write ? &*write : nullptr);
  }

  SheetState base_ = merge::ten_rows();
  workbook::Image image_ = merge::image_of(merge::texts_of(base_));
  Memory memory_;
  std::vector<Push> pushes_;
  std::string batch_;
};

TEST_F(PreviewTest, what_each_side_brings_stands_under_the_other_side) {
  at(image_.rows[1].cells, Field::notes) = "typed in Excel";
  image_.rows.erase(image_.rows.begin() + 4);  // SH05
  workbook::ImageRow added = image_.rows.back();
  added.cells = merge::cells("SH99", "done", "Ben");
  at(added.cells, Field::scene) = "SC090";
  at(added.cells, Field::episode_title) = "EP09";
  ++added.row_number;
  image_.rows.push_back(added);
  at(mirrored(3).cells, Field::status) = "from the web";
  memory_.mirror[12].cells = merge::cells("SH12");
  memory_.mirror.erase(7);

  const Preview told = rehearsed({seen()});
  ASSERT_EQ(told.database.cells.size(), 1U);
  EXPECT_EQ(told.database.cells[0].row, "EP01 · SC010 · SH02");
  EXPECT_EQ(told.database.cells[0].column, "notes");
  EXPECT_EQ(told.database.cells[0].after, "typed in Excel");
  ASSERT_EQ(told.database.added.size(), 1U);
  EXPECT_EQ(at(told.database.added[0].cells, Field::shot), "SH99");
  ASSERT_EQ(told.database.removed.size(), 1U);
  EXPECT_EQ(told.database.removed[0].id, 5);
  ASSERT_EQ(told.workbook.cells.size(), 1U);
  EXPECT_EQ(told.workbook.cells[0].id, 3);
  EXPECT_EQ(told.workbook.cells[0].before, "wip");
  EXPECT_EQ(told.workbook.cells[0].after, "from the web");
  ASSERT_EQ(told.workbook.added.size(), 1U);
  EXPECT_EQ(told.workbook.added[0].id, 12);
  ASSERT_EQ(told.workbook.removed.size(), 1U);
  EXPECT_EQ(told.workbook.removed[0].id, 7);
  EXPECT_TRUE(told.conflicts.empty());
}

TEST_F(PreviewTest, a_cell_that_both_sides_changed_is_a_conflict_and_told_once) {
  at(image_.rows[2].cells, Field::status) = "Excel's";
  at(mirrored(3).cells, Field::status) = "web's";
  const Preview told = rehearsed({seen()});
  ASSERT_EQ(told.conflicts.size(), 1U);
  EXPECT_EQ(told.conflicts[0].before, "web's");
  EXPECT_EQ(told.conflicts[0].after, "Excel's");
  EXPECT_TRUE(told.database.empty());
  EXPECT_TRUE(told.workbook.empty());
}

TEST_F(PreviewTest, equal_sides_give_an_empty_preview) {
  const Preview told = rehearsed({seen()});
  EXPECT_TRUE(told.database.empty());
  EXPECT_TRUE(told.workbook.empty());
  const auto json = to_json(told);
  EXPECT_TRUE(json.at("conflicts").as_array().empty());
  EXPECT_EQ(json.at("measuredCells"), 0);
}

TEST_F(PreviewTest, a_replacement_takes_from_the_database_what_the_sheet_lacks_without_conflict) {
  image_.rows.resize(3);  // a save like that would be held
  at(image_.rows[0].cells, Field::notes) = "Excel's";
  at(mirrored(1).cells, Field::notes) = "web's";
  at(mirrored(2).cells, Field::status) = "unseen by Excel";
  const Preview told = rehearsed({ReplacementWanted{}, seen(false)});
  EXPECT_EQ(told.database.removed.size(), 7U);
  ASSERT_EQ(told.database.cells.size(), 2U);
  EXPECT_EQ(told.database.cells[0].after, "Excel's");
  EXPECT_EQ(told.database.cells[1].after, "wip");
  EXPECT_TRUE(told.conflicts.empty());
  EXPECT_TRUE(told.workbook.empty());
  ASSERT_EQ(pushes_.size(), 1U);
  EXPECT_EQ(pushes_[0].author, "Excel replaces the database");
  EXPECT_EQ(batch_, pushes_[0].batch_id);
}

TEST_F(PreviewTest, a_replacement_of_what_is_equal_has_nothing_to_undo) {
  rehearsed({seen(), ReplacementWanted{}});
  EXPECT_EQ(batch_, "");
}

TEST_F(PreviewTest, a_replacement_waits_until_the_cloud_has_told_everything) {
  at(image_.rows[0].cells, Field::notes) = "Excel's";
  Engine engine(memory_);
  engine.step(ReplacementWanted{});
  engine.step(seen());
  EXPECT_TRUE(engine.memory().queue.empty());
  EXPECT_FALSE(engine.at_rest());
  connect(engine);
  ASSERT_EQ(engine.memory().queue.size(), 1U);
  EXPECT_EQ(engine.memory().queue.front().author, "Excel replaces the database");
}

TEST_F(PreviewTest, the_json_names_each_row_as_people_do) {
  memory_.mirror[3].uid = "store:3";
  memory_.mirror.erase(9);
  memory_.mirror[12].cells = merge::cells("SH12");
  at(memory_.mirror[12].cells, Field::scene).clear();
  at(mirrored(4).cells, Field::status) = "from the web";
  workbook::ImageRow added = image_.rows.back();
  added.cells = merge::cells("SH99", "done", "Ben");
  at(added.cells, Field::scene) = "SC090";
  at(added.cells, Field::episode_title) = "EP09";
  ++added.row_number;
  image_.rows.push_back(added);
  const auto json = to_json(rehearsed({seen()}));
  const auto& workbook = json.at("workbook").as_object();
  EXPECT_EQ(workbook.at("cells").as_array().at(0).at("row"), "EP01 · SC010 · SH04");
  EXPECT_EQ(workbook.at("added").as_array().at(0).at("row"), "EP01 · SH12");
  EXPECT_EQ(workbook.at("added").as_array().at(0).at("id"), 12);
  EXPECT_EQ(workbook.at("removed").as_array().at(0).at("id"), 9);
  const auto& database = json.at("database").as_object();
  EXPECT_TRUE(database.at("added").as_array().at(0).at("id").is_null());
  EXPECT_EQ(database.at("added").as_array().at(0).at("cells").at("animator"), "Ben");
}

TEST_F(PreviewTest, a_side_is_empty_only_without_cells_and_without_rows) {
  PreviewSide side;
  EXPECT_TRUE(side.empty());
  side.removed.push_back({});
  EXPECT_FALSE(side.empty());
  side = {};
  side.added.push_back({});
  EXPECT_FALSE(side.empty());
  side = {};
  side.cells.push_back({});
  EXPECT_FALSE(side.empty());
}

}  // namespace
}  // namespace tracker::sync

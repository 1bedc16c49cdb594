// Two people save one workbook: neither takes back, deletes or overwrites unlogged what the other
// did.
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

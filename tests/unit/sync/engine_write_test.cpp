// The engine's workbook side alone: what the gate refuses, what drops a write, whose token it is.
#include "engine_fixture.hpp"

namespace tracker::sync {
namespace {

class EngineWrite : public EngineFixture {
 protected:
  /// The write that shows row 3's new status, with the workbook seen and the cloud connected.
  WriteWorkbook planned() {
    start();
    engine->step(seen(sheet()));
    connect();
    const Effects effects = engine->step(Pulled{feed({{3, merge::cells("SH03", "from the web")}})});
    const auto* write = find<WriteWorkbook>(effects);
    EXPECT_NE(write, nullptr);
    return write != nullptr ? *write : WriteWorkbook();
  }

  /// That write with one refusal.
  Effects refused(const workbook::Refusal& refusal) {
    const WriteWorkbook write = planned();
    WorkbookWritten done = written(write, sheet());
    done.refusals.push_back(refusal);
    return engine->step(std::move(done));
  }
};

TEST_F(EngineWrite, a_cell_that_the_gate_refused_waits_with_its_reason) {
  refused({"Production!G4", "the cell is covered by a merged cell", 4, Field::status, 0, false});
  ASSERT_EQ(engine->report().quarantined.size(), 1U);
  EXPECT_EQ(engine->report().quarantined[0].where, "Production!G4");
  EXPECT_TRUE(engine->memory().queue.empty()) << "the cloud's value stays: nobody overruled it";
}

TEST_F(EngineWrite, a_row_that_the_gate_refused_waits_until_somebody_saves) {
  refused({"row 4", "it holds an array formula", 4, std::nullopt, 0, false});
  EXPECT_EQ(engine->report().quarantined.size(), 1U);
  workbook::Image mended = sheet();
  at(mended.rows[0].cells, Field::notes) = "mended";
  engine->step(seen(std::move(mended), 4));
  EXPECT_TRUE(engine->report().quarantined.empty());
}

TEST_F(EngineWrite, a_row_that_had_to_stay_without_its_entry_is_told_and_waits_for_nothing) {
  start();
  engine->step(seen(sheet()));
  connect();
  PullAnswer answer = feed({{3, {}}});
  answer.changes[0].after.reset();
  const Effects effects = engine->step(Pulled{std::move(answer)});
  const auto* write = find<WriteWorkbook>(effects);
  ASSERT_NE(write, nullptr);
  ASSERT_EQ(write->plan.patch.deleted_rows, std::vector<std::uint32_t>{4});
  workbook::Image image = sheet();
  image.rows.erase(image.rows.begin() + 2);  // a blank row is no entry
  image.token = write->plan.patch.token;
  WorkbookWritten done = written(*write, std::move(image));
  done.refusals.push_back({"row 4", "emptied", 4, {}, 0, false, true});
  EXPECT_EQ(find<WriteWorkbook>(engine->step(std::move(done))), nullptr);
  EXPECT_EQ(engine->report().quarantined.size(), 1U);
  EXPECT_TRUE(engine->at_rest());
}

TEST_F(EngineWrite, a_refusal_of_a_row_that_is_not_there_is_only_told) {
  refused({"append", "the sheet is protected", 0, std::nullopt, 0, false});
  EXPECT_EQ(engine->report().quarantined.size(), 1U);
  refused({"row 99", "no such row", 99, std::nullopt, 0, false});
  EXPECT_EQ(engine->report().quarantined.size(), 1U);
}

TEST_F(EngineWrite, a_write_that_failed_is_told_and_done_again_after_the_next_look) {
  planned();
  Effects effects = engine->step(WriteDropped{"the disk is full", {}});
  EXPECT_EQ(find<WriteWorkbook>(effects), nullptr) << "look first";
  ASSERT_EQ(engine->report().quarantined.size(), 1U);
  EXPECT_EQ(engine->report().quarantined[0].reason, "the disk is full");
  EXPECT_FALSE(engine->nothing_to_write());
  effects = engine->step(LockSeen{});
  EXPECT_NE(find<WriteWorkbook>(effects), nullptr);
  EXPECT_FALSE(engine->at_rest()) << "while it writes";
}

TEST_F(EngineWrite, nothing_is_written_into_a_workbook_that_cannot_be_read) {
  start();
  engine->step(seen(sheet()));
  connect();
  engine->step(WorkbookUnreadable{"it is cut off"});
  const Effects effects = engine->step(Pulled{feed({{3, merge::cells("SH03", "web")}})});
  EXPECT_EQ(find<WriteWorkbook>(effects), nullptr);
  EXPECT_NE(find<WriteWorkbook>(engine->step(seen(sheet()))), nullptr);
}

TEST_F(EngineWrite, a_workbook_of_another_studio_is_joined_and_gets_our_token) {
  start();
  connect();
  WorkbookSeen event = seen(sheet());
  workbook::Image image = *event.image;
  image.token = workbook::Token{"another", 9, "n"};
  at(image.rows[1].cells, Field::status).clear();
  at(image.rows[2].cells, Field::status) = "theirs";
  event.image = std::make_shared<const workbook::Image>(std::move(image));
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U) << "a blank cell says nothing against a value";
  EXPECT_EQ(saved->pushes[0].ops[0].after, "theirs");
  const auto* write = find<WriteWorkbook>(effects);
  ASSERT_NE(write, nullptr);
  EXPECT_EQ(write->plan.patch.token->store, "store");
  ASSERT_EQ(write->plan.patch.cells.size(), 1U);
  EXPECT_EQ(write->plan.patch.cells[0].text, "wip");
}

TEST_F(EngineWrite, a_workbook_without_a_token_is_compared_with_the_nearest_state_we_remember) {
  start();
  connect();
  WorkbookSeen event = seen(sheet());
  workbook::Image image = *event.image;
  image.token.reset();
  image.rows.pop_back();
  at(image.rows[2].cells, Field::status) = "typed";
  event.image = std::make_shared<const workbook::Image>(std::move(image));
  SheetState earlier = base;
  merge::change(earlier, 5, [](merge::SheetRow& row) { at(row.text, Field::notes) = "before"; });
  event.bases.observed = {std::make_shared<const SheetState>(earlier)};
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U) << "a missing row is no deletion on a guess";
  EXPECT_EQ(saved->pushes[0].ops[0].after, "typed");
}

TEST_F(EngineWrite, what_waits_in_the_queue_counts_on_first_contact) {
  Push waiting;
  waiting.number = 1;
  waiting.ops.push_back({OpKind::edit, {3, {}}, Field::status, "wip", "queued", {}, {}, {}});
  Op created{OpKind::insert, {0, "store.1:500"}, {}, {}, {}, merge::cells("SH50"), {}, {}};
  waiting.ops.push_back(created);
  memory.queue.push_back(waiting);
  memory.next_number = 2;
  start();
  workbook::Image image = sheet();
  at(image.rows[2].cells, Field::status) = "queued";
  WorkbookSeen event = seen(std::move(image));
  event.bases = {};
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  EXPECT_TRUE(saved->pushes.empty()) << "it is on its way already";
}

TEST_F(EngineWrite, a_replacement_asked_for_while_a_file_waits_takes_that_file) {
  memory.has_mirror = false;
  memory.mirror.clear();
  memory.cursor = 0;
  start();
  engine->step(seen(sheet()));
  engine->step(ReplacementWanted{});
  engine->step(LinkUp{hello()});
  PullAnswer snapshot;
  snapshot.snapshot = true;
  snapshot.head = 7;
  Entry only_here;
  only_here.id = 70;
  only_here.cells = merge::cells("SH70", "wip", "Ben");
  at(only_here.cells, Field::scene) = "SC900";
  snapshot.rows.push_back(only_here);
  const Effects effects = engine->step(Pulled{snapshot});
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops.back().kind, OpKind::remove);
  EXPECT_EQ(engine->replacement_batch(), saved->pushes[0].batch_id);
}

TEST_F(EngineWrite, a_good_write_ends_the_word_of_the_one_that_failed) {
  const WriteWorkbook write = planned();
  engine->step(WriteDropped{"the disk is full", {}});
  engine->step(LockSeen{});
  engine->step(written(write, sheet()));
  EXPECT_TRUE(engine->report().quarantined.empty());
}

TEST_F(EngineWrite, a_cell_that_waits_is_called_by_its_new_place_when_rows_went) {
  start();
  workbook::Image typed = sheet();
  at(typed.rows[6].cells, Field::status) = std::string(60, 'x');
  engine->step(LockSeen{"Anna"});
  engine->step(seen(typed));
  connect();
  ASSERT_EQ(engine->report().quarantined[0].where, "Production!G8");
  PullAnswer answer = feed({{3, {}}});
  answer.changes[0].after.reset();
  engine->step(Pulled{std::move(answer)});
  const Effects effects = engine->step(LockSeen{});
  const auto* write = find<WriteWorkbook>(effects);
  ASSERT_NE(write, nullptr);
  std::vector<Cells> rows = merge::texts_of(base);
  rows[6] = typed.rows[6].cells;
  rows.erase(rows.begin() + 2);
  engine->step(written(*write, merge::image_of(std::move(rows))));
  ASSERT_EQ(engine->report().quarantined.size(), 1U);
  EXPECT_EQ(engine->report().quarantined[0].where, "Production!G7");
}

}  // namespace
}  // namespace tracker::sync

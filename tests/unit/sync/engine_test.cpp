// The engine alone: events in, effects out. What many schedules say of it is said by tests/sim.
#include <algorithm>

#include "engine_fixture.hpp"

namespace tracker::sync {
namespace {

class EngineTest : public EngineFixture {
 protected:
  PullAnswer snapshot(const std::vector<std::pair<EntryId, Cells>>& rows) {
    PullAnswer answer;
    answer.snapshot = true;
    answer.head = 7;
    answer.chain = "other";
    for (const auto& [id, cells] : rows) {
      Entry entry;
      entry.id = id;
      entry.cells = cells;
      answer.rows.push_back(entry);
    }
    return answer;
  }
};

TEST_F(EngineTest, a_cell_that_a_human_edits_becomes_one_numbered_push) {
  start();
  workbook::Image image = merge::image_of(merge::texts_of(base));
  at(image.rows[2].cells, Field::status) = "done";
  const Effects effects = engine->step(seen(std::move(image), 3));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  EXPECT_EQ(saved->pushes[0].number, 1);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].before, "wip");
}

TEST_F(EngineTest, a_mass_deletion_is_told_to_the_cloud_and_the_sheet_stays_as_typed) {
  start();
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  auto rows = merge::texts_of(base);
  rows.resize(3);
  const Effects effects = engine->step(seen(merge::image_of(rows), 3));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  EXPECT_TRUE(saved->pushes[0].ops.empty());
  ASSERT_TRUE(saved->pushes[0].held);
  EXPECT_EQ(saved->pushes[0].held->ops.size(), 7U);
  EXPECT_EQ(saved->held->number, 1);
  EXPECT_EQ(find<WriteWorkbook>(effects), nullptr);
  ASSERT_EQ(engine->report().quarantined.size(), 1U);
  EXPECT_TRUE(engine->report().quarantined[0].reason.starts_with("7 of 10 rows were deleted"));
  EXPECT_TRUE(engine->report().problem.empty());
}

TEST_F(EngineTest, what_a_producer_rejects_is_written_back_and_the_refused_file_is_kept) {
  memory.held_back.number = 4;
  memory.held_back.held.reason = "1 of 10 rows were deleted from the workbook";
  memory.held_back.held.ops = {{OpKind::remove, {10, {}}, {}, {}, {}, base[9].text, {}, {}}};
  memory.next_number = 5;
  memory.applied_number = 4;
  SheetState nine;
  for (std::size_t i = 0; i < 9; ++i) nine.push_back(base[i]);
  start();
  engine->step(LinkUp{hello(HelloOutcome::ok, 4)});
  WorkbookSeen shown = seen(merge::image_of(merge::texts_of(nine)), 3);
  shown.bases.seen = std::make_shared<const SheetState>(nine);
  EXPECT_EQ(find<WriteWorkbook>(engine->step(shown)), nullptr) << "held rows are not written";
  PullAnswer answer;
  answer.after = answer.head = memory.cursor;
  answer.applied_number = 4;
  answer.decided_number = 3;
  EXPECT_EQ(find<WriteWorkbook>(engine->step(Pulled{answer})), nullptr) << "an older decision";
  engine->step(Hinted{});
  answer.decided_number = 4;
  const Effects effects = engine->step(Pulled{answer});
  ASSERT_NE(find<SaveMirror>(effects), nullptr);
  EXPECT_TRUE(find<SaveMirror>(effects)->held_decided);
  const auto* written = find<WriteWorkbook>(effects);
  ASSERT_NE(written, nullptr);
  EXPECT_EQ(written->plan.patch.appended.size(), 1U);
  EXPECT_TRUE(written->keep_refused);
}

TEST_F(EngineTest, a_cloud_that_lost_our_pushes_gets_everything_again) {
  memory.next_number = 5;
  memory.applied_number = 4;
  start();
  const Effects effects = engine->step(LinkUp{hello(HelloOutcome::ok, 2)});
  ASSERT_NE(find<SaveRestart>(effects), nullptr);
  EXPECT_TRUE(find<SaveRestart>(effects)->keep_mirror);
}

TEST_F(EngineTest, a_file_that_we_wrote_and_do_not_remember_means_that_the_journal_was_restored) {
  start();
  const Effects effects =
      engine->step(seen(merge::image_of(merge::texts_of(base)), memory.generation + 1));
  const auto* restart = find<SaveRestart>(effects);
  ASSERT_NE(restart, nullptr);
  EXPECT_EQ(restart->incarnation, 2);
  EXPECT_GT(restart->generation, memory.generation + 1);
  EXPECT_FALSE(restart->keep_mirror);
  EXPECT_EQ(find<SaveObservation>(effects), nullptr);
}

TEST_F(EngineTest, a_file_from_before_what_we_remember_is_joined_and_what_it_overwrites_is_logged) {
  WorkbookSeen event = seen(merge::image_of(merge::texts_of(base)), 1);
  event.bases.written = nullptr;
  at(memory.mirror[3].cells, Field::status) = "from the web";
  start();
  const Effects effects = engine->step(std::move(event));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].after, "wip");
  EXPECT_EQ(saved->pushes[0].ops[0].before, "");
}

TEST_F(EngineTest, a_row_that_our_edit_is_about_to_bring_back_is_not_added_anew_by_an_older_file) {
  start();
  connect();
  workbook::Image edited = sheet();
  at(edited.rows[2].cells, Field::status) = "retake";
  engine->step(seen(std::move(edited)));
  PullAnswer deleted = feed({{3, {}}});
  deleted.changes[0].kind = ChangeKind::remove;
  deleted.changes[0].after.reset();
  engine->step(Pulled{std::move(deleted)});
  ASSERT_FALSE(engine->memory().mirror.contains(3));
  WorkbookSeen older = seen(sheet(), 1);
  older.digest = "another digest";
  older.bases.written = nullptr;
  const Effects effects = engine->step(std::move(older));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  for (const Push& push : saved->pushes) {
    for (const Op& op : push.ops) EXPECT_NE(op.kind, OpKind::insert);
  }
}

TEST_F(EngineTest, a_copy_that_another_person_opened_earlier_takes_nothing_back) {
  start();
  SheetState ben = base;
  ben.replace(4, [&] {
    merge::SheetRow row = base[4];
    at(row.text, Field::notes) = "Ben's";
    return row;
  }());
  workbook::Image image = merge::image_of(merge::texts_of(ben));
  image.last_modified_by = "Ben";
  engine->step(seen(image, 3));
  image = merge::image_of(merge::texts_of(base));
  image.last_modified_by = "Anna";
  at(image.rows[2].cells, Field::status) = "done";
  WorkbookSeen anna = seen(image, 3);
  anna.digest = "another digest";
  anna.bases.observed = {std::make_shared<const SheetState>(ben)};
  anna.bases.newest = anna.bases.observed[0];
  const Effects effects = engine->step(std::move(anna));
  const auto* saved = find<SaveObservation>(effects);
  ASSERT_NE(saved, nullptr);
  ASSERT_EQ(saved->pushes.size(), 1U);
  ASSERT_EQ(saved->pushes[0].ops.size(), 1U);
  EXPECT_EQ(saved->pushes[0].ops[0].after, "done");
}

TEST_F(EngineTest, what_a_restored_database_lost_is_pushed_again) {
  memory.mirror = {{1, {merge::cells("SH01", "done"), {}, 5, {}}},
                   {2, {merge::cells("SH02"), {}, 6, {}}}};
  start();
  const Effects restarted = engine->step(LinkUp{hello(HelloOutcome::diverged)});
  const auto* restart = find<SaveRestart>(restarted);
  ASSERT_NE(restart, nullptr);
  EXPECT_TRUE(restart->keep_mirror);
  ASSERT_NE(find<Reconnect>(restarted), nullptr);
  EXPECT_EQ(engine->hello().cursor, 0);
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  const Effects joined = engine->step(Pulled{snapshot({{1, merge::cells("SH01", "wip")}})});
  const auto* pushes = find<SavePushes>(joined);
  ASSERT_NE(pushes, nullptr);
  ASSERT_EQ(pushes->pushes.size(), 1U);
  const std::vector<Op>& ops = pushes->pushes[0].ops;
  ASSERT_EQ(ops.size(), 2U);
  EXPECT_EQ(ops[0].after, "done");
  EXPECT_EQ(ops[1].kind, OpKind::insert);
  EXPECT_EQ(at(ops[1].cells, Field::shot), "SH02");
}

TEST_F(EngineTest, another_row_under_a_lost_id_is_no_older_state_of_that_row) {
  memory.mirror = {{1, {merge::cells("SH01"), {}, 5, {}}}};
  start();
  engine->step(LinkUp{hello(HelloOutcome::diverged)});
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  Cells other;
  at(other, Field::scene) = "SC999";
  at(other, Field::shot) = "SH99";
  const Effects joined = engine->step(Pulled{snapshot({{1, other}})});
  const auto* pushes = find<SavePushes>(joined);
  ASSERT_NE(pushes, nullptr);
  ASSERT_EQ(pushes->pushes[0].ops.size(), 1U);
  EXPECT_EQ(pushes->pushes[0].ops[0].kind, OpKind::insert);
}

/// Pushed again once already, by a journal that then came from a backup too.
TEST_F(EngineTest, a_lost_row_that_stands_there_under_another_id_is_not_pushed_again) {
  memory.mirror = {{2, {merge::cells("SH02", "done"), {}, 6, {}}}};
  start();
  engine->step(LinkUp{hello(HelloOutcome::diverged)});
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  const Effects joined = engine->step(Pulled{snapshot({{9, merge::cells("SH02", "wip")}})});
  const auto* pushes = find<SavePushes>(joined);
  ASSERT_NE(pushes, nullptr);
  ASSERT_EQ(pushes->pushes[0].ops.size(), 1U);
  EXPECT_EQ(pushes->pushes[0].ops[0].kind, OpKind::edit);
  EXPECT_EQ(pushes->pushes[0].ops[0].row.id, 9);
  EXPECT_EQ(pushes->pushes[0].ops[0].after, "done");
}

TEST_F(EngineTest, a_restored_journal_does_not_push_what_it_remembers) {
  start();
  const Effects restarted = engine->step(LinkUp{hello(HelloOutcome::rewound)});
  ASSERT_NE(find<SaveRestart>(restarted), nullptr);
  EXPECT_FALSE(find<SaveRestart>(restarted)->keep_mirror);
  EXPECT_TRUE(engine->memory().mirror.empty());
}

TEST_F(EngineTest, a_formula_gives_its_value_back_also_in_a_row_whose_id_is_just_being_learned) {
  // Row 10 came from the sheet; the feed has told its id, the sheet does not show it yet.
  SheetState rows;
  for (merge::SheetRow row : base) {
    if (row.id == 10) row.id = 0;
    rows.push_back(row);
  }
  base = rows;
  memory.mirror[10].uid = merge::uid_text("store.1", 10);
  start();
  engine->step(seen(merge::image_of(merge::texts_of(base)), 3));
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  PullAnswer answer;
  answer.after = 10;
  answer.head = 11;
  Change change;
  change.seq = 11;
  change.entry_id = 10;
  change.after = merge::cells("SH10", "from the web");
  answer.changes.push_back(change);
  const Effects planned = engine->step(Pulled{answer});
  const auto* write = find<WriteWorkbook>(planned);
  ASSERT_NE(write, nullptr);
  WorkbookWritten written;
  written.generation = write->generation;
  written.digest = "written";
  written.image = std::make_shared<const workbook::Image>(merge::image_of(merge::texts_of(base)));
  written.rows = std::make_shared<const SheetState>(write->plan.rows);
  workbook::Refusal refusal{"row 11", "the cell is a formula", 11, Field::status, 0, true};
  written.refusals.push_back(refusal);
  const Effects after = engine->step(std::move(written));
  const auto* pushes = find<SavePushes>(after);
  ASSERT_NE(pushes, nullptr);
  EXPECT_EQ(pushes->pushes[0].ops[0].row.id, 10);
  EXPECT_EQ(pushes->pushes[0].ops[0].after, "wip");
}

TEST_F(EngineTest, pushes_of_another_local_server_do_not_count_as_ours) {
  Push waiting;
  waiting.number = 1;
  waiting.ops.push_back({OpKind::edit, {3, {}}, Field::status, "wip", "done", {}, {}, {}});
  memory.queue.push_back(waiting);
  memory.next_number = 2;
  start();
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  PullAnswer answer;
  answer.after = 10;
  answer.head = 12;  // more is to come
  Change change;
  change.seq = 11;
  change.entry_id = 4;
  change.after = merge::cells("SH04", "rival's");
  change.push_number = 7;
  answer.changes.push_back(change);
  engine->step(Pulled{answer});
  EXPECT_EQ(engine->memory().queue.size(), 1U);
}

TEST_F(EngineTest, a_number_that_was_given_before_means_that_the_journal_was_restored) {
  Push waiting;
  waiting.number = 1;
  memory.queue.push_back(waiting);
  memory.next_number = 2;
  start();
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  const Effects effects = engine->step(Pushed{{1, PushOutcome::mismatch, 1}});
  EXPECT_NE(find<SaveRestart>(effects), nullptr);
  EXPECT_NE(find<Reconnect>(effects), nullptr);
}

TEST_F(EngineTest, a_push_that_the_cloud_knows_otherwise_under_its_number_is_not_taken_as_sent) {
  for (std::int64_t number = 1; number <= 2; ++number) {
    Push waiting;
    waiting.number = number;
    memory.queue.push_back(waiting);
  }
  memory.next_number = 3;
  start();
  HelloAnswer answer = hello(HelloOutcome::ok);
  answer.applied_number = 1;
  answer.applied_hash = hash_of(memory.queue.front());
  EXPECT_EQ(find<SaveRestart>(engine->step(LinkUp{answer})), nullptr);
  answer.applied_hash = "of a push that this journal has forgotten";
  const Effects effects = engine->step(LinkUp{answer});
  EXPECT_NE(find<SaveRestart>(effects), nullptr);
  EXPECT_NE(find<Reconnect>(effects), nullptr);
}

TEST_F(EngineTest, what_a_restored_database_lost_is_queued_once_whatever_crash_came_between) {
  memory.has_mirror = false;  // the rows that the database lost
  memory.cursor = 0;
  Push rescue;
  rescue.number = 1;
  rescue.author = "restored database";
  memory.queue.push_back(rescue);
  memory.next_number = 2;
  start();
  engine->step(LinkUp{hello(HelloOutcome::ok)});
  const Effects effects = engine->step(Pulled{snapshot({})});
  EXPECT_EQ(find<SavePushes>(effects), nullptr);
  EXPECT_EQ(engine->memory().queue.size(), 1U);
}

}  // namespace
}  // namespace tracker::sync

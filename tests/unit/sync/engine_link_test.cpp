// The engine's cloud side alone: what it tells people, commands of others, messages out of order.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"

namespace tracker::sync {
namespace {

using testing::HasSubstr;

class EngineLink : public EngineFixture {
 protected:
  /// What a webhook without a version makes of the rows.
  std::vector<Op> commanded(std::string action, EntryId id, const Cells& cells) {
    start();
    Commanded command{std::move(action), id, {}, "key"};
    for (Field field : all_fields) {
      if (!at(cells, field).empty()) command.cells[index(field)] = at(cells, field);
    }
    const Effects effects = engine->step(command);
    const auto* saved = find<SavePushes>(effects);
    if (saved == nullptr) return {};
    EXPECT_EQ(saved->command_key, "key");
    return saved->pushes.at(0).ops;
  }
};

TEST_F(EngineLink, a_command_to_create_a_new_shot_is_an_insert) {
  const auto ops = commanded("create", 77, merge::cells("SH99", "wip", "Ben"));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::insert);
  EXPECT_EQ(ops[0].row.id, 0) << "the cloud gives the id";
  EXPECT_EQ(at(ops[0].cells, Field::shot), "SH99");
}

TEST_F(EngineLink, a_command_to_create_what_is_there_under_its_key_edits_that_row) {
  const auto ops = commanded("create", 77, merge::cells("SH04", "done"));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::edit);
  EXPECT_EQ(ops[0].row.id, 4);
  EXPECT_EQ(ops[0].field, Field::status);
  EXPECT_EQ(ops[0].before, "wip");
}

TEST_F(EngineLink, a_command_to_update_touches_only_what_it_names_and_changes) {
  Cells status_only;
  at(status_only, Field::status) = "done";
  at(status_only, Field::animator) = "Mina";
  const auto ops = commanded("update", 5, status_only);
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].row.id, 5);
  EXPECT_EQ(ops[0].after, "done");
}

TEST_F(EngineLink, a_command_to_update_an_unknown_row_creates_it) {
  const auto ops = commanded("update", 77, merge::cells("SH99", "wip", "Ben"));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::insert);
}

TEST_F(EngineLink, a_command_to_delete_deletes_a_known_row_and_nothing_else) {
  const auto ops = commanded("delete", 6, {});
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_EQ(ops[0].kind, OpKind::remove);
  EXPECT_EQ(at(ops[0].cells, Field::shot), "SH06");
  EXPECT_TRUE(commanded("delete", 77, {}).empty());
}

TEST_F(EngineLink, before_the_first_look_there_is_no_workbook_to_tell_of) {
  start();
  const Report report = engine->report();
  EXPECT_FALSE(report.workbook_available);
  EXPECT_EQ(report.rows, 0);
  EXPECT_EQ(report.problem, "");
}

TEST_F(EngineLink, what_the_sheet_itself_lacks_is_told_as_waiting) {
  start();
  workbook::Image image = sheet();
  image.warnings.push_back("there is no column \"Notes\"");
  engine->step(seen(std::move(image)));
  const Report report = engine->report();
  EXPECT_TRUE(report.workbook_available);
  ASSERT_EQ(report.quarantined.size(), 1U);
  EXPECT_EQ(report.quarantined[0].where, "sheet Production");
}

TEST_F(EngineLink, a_workbook_that_cannot_be_read_is_the_first_thing_to_tell) {
  start();
  engine->step(seen(sheet()));
  engine->step(LinkUp{hello(HelloOutcome::leased)});
  EXPECT_THAT(engine->report().problem, HasSubstr("(rival) holds this studio"));
  engine->step(WorkbookUnreadable{"it is cut off"});
  EXPECT_EQ(engine->report().problem, "it is cut off");
  EXPECT_FALSE(engine->report().workbook_available);
}

TEST_F(EngineLink, a_newer_cloud_asks_for_a_newer_program) {
  start();
  EXPECT_TRUE(engine->step(LinkUp{hello(HelloOutcome::too_old)}).empty());
  EXPECT_THAT(engine->report().problem, HasSubstr("update this program"));
  EXPECT_FALSE(engine->at_head());
}

TEST_F(EngineLink, a_cloud_that_has_applied_more_than_we_ever_numbered_means_a_restored_journal) {
  start();
  const Effects effects = engine->step(LinkUp{hello(HelloOutcome::ok, 5)});
  EXPECT_NE(find<SaveRestart>(effects), nullptr);
  EXPECT_NE(find<Reconnect>(effects), nullptr);
}

TEST_F(EngineLink, a_journal_that_is_restored_before_it_knew_a_row_starts_anew_without_rows) {
  memory.has_mirror = false;
  memory.mirror.clear();
  memory.cursor = 0;
  start();
  const Effects effects = engine->step(LinkUp{hello(HelloOutcome::rewound)});
  ASSERT_NE(find<SaveRestart>(effects), nullptr);
  EXPECT_FALSE(find<SaveRestart>(effects)->keep_mirror);
}

TEST_F(EngineLink, an_answer_that_does_not_begin_where_we_are_is_asked_for_again) {
  start();
  engine->step(LinkUp{hello()});
  PullAnswer late = feed({{3, merge::cells("SH03", "late")}});
  late.after = 9;
  Effects effects = engine->step(Pulled{late});
  ASSERT_NE(find<SendPull>(effects), nullptr);
  EXPECT_EQ(find<SendPull>(effects)->pull.after, 10);
  PullAnswer snapshot;
  snapshot.snapshot = true;
  effects = engine->step(Pulled{snapshot});
  EXPECT_NE(find<SendPull>(effects), nullptr);
  EXPECT_EQ(find<SaveMirror>(effects), nullptr);
  EXPECT_EQ(at(engine->memory().mirror.at(3).cells, Field::status), "wip");
}

TEST_F(EngineLink, changes_do_not_count_while_the_first_rows_are_still_to_come) {
  memory.has_mirror = false;
  memory.cursor = 0;
  start();
  engine->step(LinkUp{hello()});
  PullAnswer changes;
  EXPECT_EQ(find<SaveMirror>(engine->step(Pulled{changes})), nullptr);
  engine->step(PullFailed{});
  EXPECT_FALSE(engine->at_head());
}

TEST_F(EngineLink, a_hint_of_what_is_known_asks_nothing_and_one_of_news_asks_once) {
  start();
  connect();
  EXPECT_TRUE(engine->at_head());
  EXPECT_TRUE(engine->step(Hinted{10}).empty());
  EXPECT_NE(find<SendPull>(engine->step(Hinted{11})), nullptr);
  EXPECT_EQ(find<SendPull>(engine->step(Hinted{12})), nullptr) << "one is under way";
  EXPECT_FALSE(engine->at_head());
  EXPECT_FALSE(engine->at_rest());
}

TEST_F(EngineLink, a_gap_is_filled_from_the_number_that_the_cloud_names) {
  for (std::int64_t number : {1, 2}) {
    Push push;
    push.number = number;
    push.ops.push_back({OpKind::edit, {3, {}}, Field::status, "wip", "done", {}, {}, {}});
    memory.queue.push_back(push);
  }
  memory.next_number = 3;
  start();
  const Effects first = engine->step(LinkUp{hello()});
  ASSERT_NE(find<SendPush>(first), nullptr);
  EXPECT_EQ(find<SendPush>(first)->push.number, 1);
  const Effects again = engine->step(Pushed{{1, PushOutcome::gap, 1}});
  ASSERT_NE(find<SendPush>(again), nullptr);
  EXPECT_EQ(find<SendPush>(again)->push.number, 2);
  EXPECT_FALSE(engine->at_rest());
}

TEST_F(EngineLink, a_measurement_of_a_row_that_is_gone_is_nobodys) {
  start();
  Measurement measurement;
  measurement.frames = 142;
  EXPECT_TRUE(engine->step(Measured{{{77, measurement}}}).empty());
  const Effects effects = engine->step(Measured{{{7, measurement}}});
  ASSERT_NE(find<SavePushes>(effects), nullptr);
  EXPECT_TRUE(engine->step(Measured{{{7, measurement}}}).empty()) << "sent already";
}

TEST_F(EngineLink, what_the_cloud_refuses_again_and_again_is_told_until_it_goes_through) {
  start();
  connect();
  for (int i = 0; i < 3; ++i) engine->step(PushFailed{"the wire broke"});
  EXPECT_EQ(engine->report().problem, "") << "a link may break";
  engine->step(PushFailed{"the database said no"});
  EXPECT_NE(engine->report().problem.find("the database said no"), std::string::npos);
  engine->step(Pushed{});
  EXPECT_EQ(engine->report().problem, "");
}

}  // namespace
}  // namespace tracker::sync

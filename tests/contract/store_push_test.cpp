// The meeting of the two roles on a real PostgreSQL: hello, push, pull, and who wins.
#include <boost/json.hpp>

#include "link_fixture.hpp"

namespace tracker::test {
namespace {

TEST_F(Link, a_push_is_applied_once_however_often_it_comes) {
  const Entry entry = created("010");
  hello();
  const auto push =
      next_push({edit(entry.id, Field::status, "wip", "done"), insert("studio:1", row("020"))});
  EXPECT_EQ(send(push).outcome, PushOutcome::applied);
  const auto after_first = feed();
  const std::string log = sql("SELECT count(*) FROM sync_log");
  for (int again = 0; again < 3; ++again) {
    const auto answer = send(push);
    EXPECT_EQ(answer.outcome, PushOutcome::known);
    EXPECT_EQ(answer.applied_number, 1);
  }
  EXPECT_EQ(feed().size(), after_first.size());
  EXPECT_EQ(sql("SELECT count(*) FROM sync_log"), log);
  const auto list = run(store_->list({}));
  ASSERT_EQ(list->entries.size(), 2U);
  EXPECT_EQ(at(list->entries[0].cells, Field::status), "done");
}

TEST_F(Link, a_known_number_with_another_content_is_a_mistake_and_a_gap_is_refused) {
  hello();
  auto push = next_push({insert("studio:1", row("010"))});
  send(push);
  push.ops[0].cells = row("099");
  EXPECT_EQ(send(push).outcome, PushOutcome::mismatch);
  number_ = 2;
  const auto gap = send(next_push({insert("studio:2", row("020"))}));
  EXPECT_EQ(gap.outcome, PushOutcome::gap);
  EXPECT_EQ(gap.applied_number, 1);
  EXPECT_EQ(run(store_->list({}))->entries.size(), 1U);
}

TEST_F(Link, everything_returns_through_the_feed) {
  hello();
  send(next_push({insert("studio:1", row("010")), insert("studio:2", row("020"))}));
  const auto page = pull(0);
  ASSERT_EQ(page.changes.size(), 2U);
  EXPECT_EQ(page.changes[0].uid, "studio:1");
  EXPECT_EQ(page.changes[1].uid, "studio:2");
  EXPECT_EQ(page.changes[0].origin, Origin::excel);
  EXPECT_EQ(page.changes[0].author, "Clara");
  EXPECT_EQ(page.changes[0].push_number, 1);
  EXPECT_EQ(page.changes[0].batch_id, "save-1");
  EXPECT_EQ(page.applied_number, 1);
  EXPECT_EQ(page.head, 2);
  const auto rows = pull(0, true);
  EXPECT_EQ(rows.rows.size(), 2U);
  EXPECT_EQ(rows.chain, page.changes[1].chain);
  sync::Hello again;
  again.store = "studio";
  again.last_number = 1;
  again.cursor = 2;
  again.chain = rows.chain;
  EXPECT_EQ(run(store_->hello(again))->outcome, HelloOutcome::ok);
}

TEST_F(Link, a_conflict_is_logged_once_and_one_click_brings_the_value_back) {
  const Entry entry = created("010");
  hello();
  web_edit(entry.id, Field::status, "retake");
  const auto push = next_push({edit(entry.id, Field::status, "wip", "done")});
  send(push);
  send(push);
  EXPECT_EQ(at(run(store_->get(entry.id))->cells, Field::status), "done") << "the workbook wins";
  const auto conflicts = run(store_->conflicts(0, 10));
  ASSERT_WORKED(conflicts);
  ASSERT_EQ(conflicts->size(), 1U);
  const store::Loser& loser = conflicts->at(0);
  EXPECT_EQ(loser.losing, "retake");
  EXPECT_EQ(loser.losing_author, "Ben");
  EXPECT_EQ(loser.losing_origin, Origin::web);
  EXPECT_GT(loser.losing_at, Time());
  EXPECT_EQ(loser.winning, "done");
  EXPECT_EQ(loser.winning_author, "Clara");
  EXPECT_EQ(at(loser.row, Field::shot), "010");

  const auto restored = run(store_->restore_loser(loser.id, anna_));
  ASSERT_WORKED(restored);
  EXPECT_EQ(at(restored->entries.at(0).cells, Field::status), "retake");
  EXPECT_EQ(feed().back().origin, Origin::web);
  EXPECT_TRUE(run(store_->conflicts(0, 10))->empty());
  EXPECT_EQ(run(store_->restore_loser(loser.id, anna_)).error().code, ErrorCode::conflict);
}

TEST_F(Link, a_row_deleted_in_the_workbook_over_a_newer_web_edit_can_be_brought_back) {
  const Entry entry = created("010");
  hello();
  web_edit(entry.id, Field::notes, "please keep");
  Op gone = op(OpKind::remove, entry.id);
  gone.cells = entry.cells;
  send(next_push({gone}));
  EXPECT_FALSE(run(store_->get(entry.id)));
  const auto conflicts = run(store_->conflicts(0, 10));
  ASSERT_EQ(conflicts->size(), 1U);
  EXPECT_TRUE(conflicts->at(0).row_deleted);
  EXPECT_EQ(at(conflicts->at(0).row, Field::shot), "010");
  const auto back = run(store_->restore_loser(conflicts->at(0).id, anna_));
  ASSERT_WORKED(back);
  EXPECT_EQ(back->entries.at(0).id, entry.id);
  EXPECT_EQ(at(back->entries.at(0).cells, Field::notes), "please keep");
}

TEST_F(Link, an_edit_in_the_workbook_keeps_a_row_that_the_web_deleted) {
  const Entry entry = created("010");
  hello();
  ASSERT_WORKED(run(store_->remove({entry.id}, anna_)));
  send(next_push({edit(entry.id, Field::status, "wip", "done")}));
  const auto now = run(store_->get(entry.id));
  ASSERT_WORKED(now);
  EXPECT_EQ(now->cells, row("010", "done"));
}

TEST_F(Link, a_row_made_on_both_sides_becomes_one) {
  hello();
  const Entry web = created("010");
  send(next_push({insert("studio:1", row("010", "done"))}));
  const auto list = run(store_->list({}));
  ASSERT_EQ(list->entries.size(), 1U);
  EXPECT_EQ(at(list->entries[0].cells, Field::status), "done");
  const Change told = feed().back();
  EXPECT_EQ(told.uid, "studio:1");
  EXPECT_EQ(told.entry_id, web.id);
  EXPECT_EQ(run(store_->conflicts(0, 10))->size(), 1U);
  send(next_push({insert("studio:2", row("020"))}));
  send(next_push({edit(0, Field::status, "wip", "x")}));
}

TEST_F(Link, an_equal_row_made_on_both_sides_still_learns_its_id) {
  hello();
  const Entry web = created("010");
  send(next_push({insert("studio:1", row("010"))}));
  EXPECT_EQ(run(store_->list({}))->entries.size(), 1U);
  EXPECT_EQ(feed().back().uid, "studio:1");
  EXPECT_EQ(feed().back().entry_id, web.id);
  Op later = edit(0, Field::status, "wip", "done");
  later.row.uid = "studio:1";
  send(next_push({later}));
  EXPECT_EQ(at(run(store_->get(web.id))->cells, Field::status), "done");
}

TEST_F(Link, what_a_newer_save_typed_over_is_a_conflict_and_changes_nothing) {
  const Entry entry = created("010");
  hello();
  Op lost = edit(entry.id, Field::status, "wip", "retake");
  lost.kind = OpKind::lost;
  const std::size_t before = feed().size();
  send(next_push({lost}));
  EXPECT_EQ(feed().size(), before);
  const auto conflicts = run(store_->conflicts(0, 10));
  ASSERT_WORKED(conflicts);
  ASSERT_EQ(conflicts->size(), 1U);
  EXPECT_EQ(conflicts->at(0).losing, "retake");
  EXPECT_EQ(conflicts->at(0).losing_origin, Origin::excel);
  EXPECT_EQ(conflicts->at(0).losing_author, "Clara");
  EXPECT_EQ(conflicts->at(0).winning, "wip");
  ASSERT_WORKED(run(store_->restore_loser(conflicts->at(0).id, anna_)));
  EXPECT_EQ(at(run(store_->get(entry.id))->cells, Field::status), "retake");
}

TEST_F(Link, measurements_and_further_columns_belong_to_the_row) {
  const Entry entry = created("010");
  hello();
  Op measure = op(OpKind::measure, entry.id);
  measure.measurement = Measurement();
  measure.measurement->frames = 142;
  measure.measurement->frame_rate = Rational{24, 1};
  measure.measurement->duration = Rational{71, 12};
  Op extra = op(OpKind::extra, entry.id);
  extra.extra = {{"Client", "ACME \"quoted\""}};
  send(next_push({edit(entry.id, Field::status, "wip", "done"), measure, extra}));
  const auto now = run(store_->get(entry.id));
  ASSERT_WORKED(now);
  EXPECT_EQ(now->measurement, measure.measurement);
  EXPECT_EQ(now->extra, extra.extra);
  const Change media = feed().back();
  EXPECT_EQ(media.kind, ChangeKind::media);
  EXPECT_EQ(media.origin, Origin::media);
  EXPECT_EQ(media.measurement, measure.measurement);
  EXPECT_EQ(media.after, now->cells);
  store::RowEdit edit;
  edit.id = entry.id;
  edit.seen = now->version - 1;
  edit.changes[index(Field::notes)] = "measuring is no conflict";
  EXPECT_TRUE(run(store_->edit({edit}, anna_))->conflicts.empty());
  EXPECT_EQ(run(store_->get(entry.id))->measurement, measure.measurement);
  const std::size_t before = feed().size();
  send(next_push({measure, extra}));
  EXPECT_EQ(feed().size(), before) << "the same again is no change";
}

TEST_F(Link, an_op_that_cannot_be_applied_is_refused_alone_and_logged) {
  const Entry entry = created("010");
  hello();
  const auto answer = send(
      next_push({edit(entry.id, Field::scene, "sc010", ""), edit(4711, Field::status, "a", "b"),
                 edit(entry.id, Field::status, "wip", "done")}));
  EXPECT_EQ(answer.outcome, PushOutcome::applied);
  EXPECT_EQ(run(store_->get(entry.id))->cells, row("010", "done"));
  EXPECT_EQ(sql("SELECT count(*) FROM sync_log WHERE status = 'refused'"), "2");
}

TEST_F(Link, one_studio_one_lease) {
  hello("studio");
  const auto other = hello("intruder");
  EXPECT_EQ(other.outcome, HelloOutcome::leased);
  EXPECT_EQ(other.held_by, "studio");
  const std::int64_t old_epoch = epoch_;
  EXPECT_EQ(hello("studio").outcome, HelloOutcome::ok) << "the same store gets it at once";
  EXPECT_GT(epoch_, old_epoch);
  auto stale = next_push({insert("studio:1", row("010"))});
  stale.epoch = old_epoch;
  EXPECT_EQ(send(stale).outcome, PushOutcome::fenced);
  stale.epoch = epoch_;
  hello("intruder", true);
  EXPECT_EQ(send(stale).outcome, PushOutcome::fenced);
  EXPECT_TRUE(run(store_->list({}))->entries.empty());
}

TEST_F(Link, restored_parts_are_noticed) {
  created("010");
  hello();
  const sync::Push push = next_push({insert("studio:1", row("020"))});
  send(push);
  EXPECT_EQ(hello().applied_hash, sync::hash_of(push));
  sync::Hello rewound;
  rewound.store = "studio";
  rewound.last_number = 0;
  EXPECT_EQ(run(store_->hello(rewound))->outcome, HelloOutcome::rewound);
  rewound.incarnation = 2;
  const auto fresh = run(store_->hello(rewound));
  EXPECT_EQ(fresh->outcome, HelloOutcome::ok);
  EXPECT_EQ(fresh->applied_number, 0);
  EXPECT_EQ(fresh->applied_hash, "");
  sync::Hello diverged = rewound;
  diverged.cursor = 1;
  diverged.chain = std::string(64, '0');
  EXPECT_EQ(run(store_->hello(diverged))->outcome, HelloOutcome::diverged);
  diverged.protocol = 0;
  EXPECT_EQ(run(store_->hello(diverged))->outcome, HelloOutcome::too_old);
}

TEST_F(Link, the_page_knows_how_the_local_side_is) {
  EXPECT_EQ(run(store_->link_state())->store, "");
  created("010");
  hello();
  sync::Report report;
  report.store = "studio";
  report.workbook_available = true;
  report.open_by = "Clara";
  ASSERT_WORKED(run(store_->report(report)));
  auto state = run(store_->link_state());
  ASSERT_WORKED(state);
  EXPECT_EQ(state->store, "studio");
  EXPECT_EQ(state->pending_to_workbook, 1);
  ASSERT_TRUE(state->report);
  EXPECT_EQ(*state->report, report);
  ASSERT_WORKED(run(store_->applied({"studio", 1, 7})));
  state = run(store_->link_state());
  EXPECT_EQ(state->pending_to_workbook, 0);
  EXPECT_EQ(state->acked_seq, 1);
  EXPECT_EQ(state->generation, 7);
  EXPECT_TRUE(state->last_sync_at);
}

}  // namespace
}  // namespace tracker::test

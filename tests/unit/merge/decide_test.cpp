// The rules of design/sync.md §3, cell by cell: what a push makes of the cloud's rows.
#include "merge/decide.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace tracker::merge {
namespace {

Cells cells(const std::string& shot, const std::string& status = "wip") {
  return {"Anna", "TV", "Pilot", "sc010", shot, "20260105", status, ""};
}

CloudRow cloud_row(EntryId id, Cells with) {
  CloudRow row;
  row.id = id;
  row.cells = std::move(with);
  row.cell_seq.fill(100 + id);
  row.inserted_seq = 10;
  return row;
}

Op op(OpKind kind, EntryId id, std::string uid = {}) {
  Op made;
  made.kind = kind;
  made.row = {id, std::move(uid)};
  return made;
}

Op edit(EntryId id, Field field, std::string before, std::string after) {
  Op made = op(OpKind::edit, id);
  made.field = field;
  made.before = std::move(before);
  made.after = std::move(after);
  return made;
}

Op insert(std::string uid, Cells with) {
  Op made = op(OpKind::insert, 0, std::move(uid));
  made.cells = std::move(with);
  return made;
}

Decision decided(std::vector<CloudRow> rows, const std::vector<Op>& ops, ChangeNumber based_on = 0,
                 std::map<std::string, EntryId> uids = {}) {
  return decide({std::move(rows), std::move(uids), based_on, ops});
}

TEST(Decide, a_cell_that_has_the_new_value_already_is_left_alone) {
  const auto made =
      decided({cloud_row(1, cells("010", "done"))}, {edit(1, Field::status, "wip", "done")});
  EXPECT_TRUE(made.writes.empty());
  EXPECT_TRUE(made.losers.empty());
}

TEST(Decide, a_cell_that_has_the_old_value_is_written) {
  const auto made = decided({cloud_row(1, cells("010"))}, {edit(1, Field::status, "wip", "done")});
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(made.writes[0].before, cells("010", "wip"));
  EXPECT_EQ(made.writes[0].after, cells("010", "done"));
  EXPECT_TRUE(made.losers.empty());
}

TEST(Decide, in_a_true_conflict_the_workbook_wins_and_the_other_value_is_kept) {
  const auto made =
      decided({cloud_row(1, cells("010", "retake"))}, {edit(1, Field::status, "wip", "done")});
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(made.writes[0].after, cells("010", "done"));
  ASSERT_EQ(made.losers.size(), 1U);
  EXPECT_EQ(made.losers[0].losing, "retake");
  EXPECT_EQ(made.losers[0].winning, "done");
  EXPECT_EQ(made.losers[0].losing_seq, 101);
}

TEST(Decide, what_was_typed_and_is_lost_is_logged_and_changes_nothing) {
  Op lost = edit(1, Field::status, "wip", "typed in a late save");
  lost.kind = OpKind::lost;
  const auto made = decided({cloud_row(1, cells("010", "done"))}, {lost});
  EXPECT_TRUE(made.writes.empty());
  ASSERT_EQ(made.losers.size(), 1U);
  EXPECT_EQ(made.losers[0].losing, "typed in a late save");
  EXPECT_EQ(made.losers[0].winning, "done");
  EXPECT_EQ(made.losers[0].losing_seq, 0) << "typed by whoever saved this push";
}

TEST(Decide, what_is_lost_and_stands_there_all_the_same_is_no_loser) {
  Op lost = edit(1, Field::status, "wip", "done");
  lost.kind = OpKind::lost;
  EXPECT_TRUE(decided({cloud_row(1, cells("010", "done"))}, {lost}).losers.empty());
}

TEST(Decide, edits_of_other_cells_of_a_row_meet_in_it) {
  const auto made = decided({cloud_row(1, cells("010", "retake"))},
                            {edit(1, Field::notes, "", "look at the hands")});
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(at(*made.writes[0].after, Field::status), "retake");
  EXPECT_TRUE(made.losers.empty());
}

TEST(Decide, a_row_deleted_in_the_workbook_goes_and_what_it_had_not_seen_is_kept) {
  Op gone = op(OpKind::remove, 1);
  gone.cells = cells("010", "wip");
  const auto made = decided({cloud_row(1, cells("010", "retake"))}, {gone});
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_FALSE(made.writes[0].after);
  ASSERT_EQ(made.losers.size(), 1U);
  EXPECT_EQ(made.losers[0].losing, "retake");
  EXPECT_TRUE(made.losers[0].row_removed);
}

TEST(Decide, an_edit_brings_back_the_row_that_the_web_deleted) {
  CloudRow row = cloud_row(1, cells("010"));
  row.removed = true;
  const auto made = decided({row}, {edit(1, Field::status, "wip", "done")});
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(made.writes[0].id, 1);
  EXPECT_FALSE(made.writes[0].before);
  EXPECT_EQ(made.writes[0].after, cells("010", "done"));
}

TEST(Decide, deleting_a_row_twice_is_deleting_it_once) {
  CloudRow row = cloud_row(1, cells("010"));
  row.removed = true;
  Op gone = op(OpKind::remove, 1);
  gone.cells = cells("020");
  const auto made = decided({row}, {gone});
  EXPECT_TRUE(made.writes.empty());
  EXPECT_TRUE(made.losers.empty());
}

TEST(Decide, a_uid_becomes_a_row_once) {
  const auto first = decided({}, {insert("s:1", cells("010")), insert("s:1", cells("010"))});
  ASSERT_EQ(first.writes.size(), 1U);
  EXPECT_EQ(first.writes[0].id, 0);
  EXPECT_EQ(first.writes[0].uids, std::vector<std::string>{"s:1"});
  const auto again =
      decided({cloud_row(7, cells("010"))}, {insert("s:1", cells("010"))}, 0, {{"s:1", 7}});
  EXPECT_TRUE(again.writes.empty());
}

TEST(Decide, new_rows_come_in_the_order_of_the_sheet_and_take_their_edits_along) {
  Op named = edit(0, Field::status, "wip", "done");
  named.row.uid = "s:2";
  const auto made = decided({}, {insert("s:1", cells("010")), insert("s:2", cells("020")), named});
  ASSERT_EQ(made.writes.size(), 2U);
  EXPECT_EQ(made.writes[0].after, cells("010"));
  EXPECT_EQ(made.writes[1].after, cells("020", "done"));
  EXPECT_TRUE(made.losers.empty());
}

TEST(Decide, a_row_made_on_both_sides_unseen_is_one_row) {
  CloudRow web = cloud_row(5, cells("010", "retake"));
  web.inserted_seq = 50;
  const auto made = decided({web}, {insert("s:1", cells("010", "done"))}, 40);
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(made.writes[0].id, 5);
  EXPECT_EQ(made.writes[0].uids, std::vector<std::string>{"s:1"});
  EXPECT_EQ(made.writes[0].after, cells("010", "done"));
  ASSERT_EQ(made.losers.size(), 1U);
  EXPECT_EQ(made.losers[0].losing, "retake");
}

TEST(Decide, a_blank_of_the_workbook_says_nothing_against_a_value_when_rows_are_merged) {
  CloudRow web = cloud_row(5, cells("010", "retake"));
  web.inserted_seq = 50;
  const auto made = decided({web}, {insert("s:1", cells("010", ""))}, 40);
  ASSERT_EQ(made.writes.size(), 1U) << "the uid must become known";
  EXPECT_EQ(made.writes[0].after, made.writes[0].before);
  EXPECT_TRUE(made.losers.empty());
}

TEST(Decide, a_second_row_of_a_key_that_was_seen_is_a_second_row) {
  CloudRow seen = cloud_row(5, cells("010"));
  seen.inserted_seq = 30;
  EXPECT_EQ(decided({seen}, {insert("s:1", cells("010"))}, 40).writes.at(0).id, 0);
  CloudRow own = cloud_row(5, cells("010"));
  own.inserted_seq = 50;
  own.inserted_by_workbook = true;
  EXPECT_EQ(decided({own}, {insert("s:1", cells("010"))}, 40).writes.at(0).id, 0);
  CloudRow web = cloud_row(5, cells("010"));
  web.inserted_seq = 50;
  const auto two = decided({web}, {insert("s:1", cells("010")), insert("s:2", cells("010"))}, 40);
  ASSERT_EQ(two.writes.size(), 2U) << "one merges, the other is a row of its own";
  EXPECT_EQ(two.writes[0].id, 5);
  EXPECT_EQ(two.writes[1].id, 0);
}

TEST(Decide, measuring_and_further_columns_never_conflict) {
  Op measure = op(OpKind::measure, 1);
  measure.measurement = Measurement();
  measure.measurement->frames = 142;
  measure.measurement->measured_at = "2026-01-01T00:00:00.000Z";
  Op extra = op(OpKind::extra, 1);
  extra.extra = {{"Client", "ACME"}};
  const auto made = decided({cloud_row(1, cells("010"))}, {measure, extra});
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_TRUE(made.writes[0].measured);
  EXPECT_EQ(made.writes[0].measurement->frames, 142);
  EXPECT_EQ(made.writes[0].extra, extra.extra);

  CloudRow now = cloud_row(1, cells("010"));
  now.measurement = measure.measurement;
  now.measurement->measured_at = "2026-02-02T00:00:00.000Z";
  now.extra = extra.extra;
  EXPECT_TRUE(decided({now}, {measure, extra}).writes.empty()) << "measured again is no news";
  now.removed = true;
  now.measurement.reset();
  EXPECT_TRUE(decided({now}, {measure}).writes.empty()) << "it brings no row back";
}

TEST(Decide, what_cannot_be_applied_is_refused_alone) {
  const std::vector<Op> ops{edit(1, Field::scene, "sc010", ""), edit(99, Field::status, "a", "b"),
                            edit(1, Field::week_yyyymmdd, "20260105", "20261399"),
                            edit(1, Field::status, "wip", "done")};
  const auto made = decided({cloud_row(1, cells("010"))}, ops);
  ASSERT_EQ(made.refusals.size(), 3U);
  EXPECT_EQ(made.refusals[0].field, Field::scene);
  EXPECT_EQ(made.refusals[1].op, 1U);
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(made.writes[0].after, cells("010", "done"));
}

TEST(Decide, a_row_inserted_and_deleted_in_one_push_never_was) {
  Op gone = op(OpKind::remove, 0, "s:1");
  gone.cells = cells("010");
  const auto made = decided({}, {insert("s:1", cells("010")), gone});
  EXPECT_TRUE(made.writes.empty());
  EXPECT_TRUE(made.refusals.empty());
}

/// A few rows, few values, so that ops meet.
std::vector<Op> random_ops() {
  const auto text = rc::gen::element<std::string>("wip", "done", "retake", "final");
  std::vector<Op> ops;
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    const EntryId id = *rc::gen::inRange(1, 4);
    const int kind = *rc::gen::inRange(0, 4);
    Op made = edit(id, *rc::gen::element(Field::status, Field::notes), *text, *text);
    if (kind == 1) made.kind = OpKind::remove;
    if (kind == 2) made.kind = OpKind::restore;
    made.cells = cells("010", *text);
    ops.push_back(made);
  }
  return ops;
}

std::vector<CloudRow> random_rows() {
  std::vector<CloudRow> rows;
  for (EntryId id = 1; id < 4; ++id) {
    CloudRow row = cloud_row(id, cells("010", *rc::gen::element<std::string>("wip", "done")));
    row.removed = *rc::gen::inRange(0, 4) == 0;
    rows.push_back(row);
  }
  return rows;
}

RC_GTEST_PROP(DecideProperty, a_value_of_the_cloud_is_kept_seen_or_logged, ()) {
  const auto rows = random_rows();
  const auto ops = random_ops();
  const auto made = decided(rows, ops);
  for (const RowWrite& write : made.writes) {
    if (!write.before) continue;
    for (const Field field : all_fields) {
      const std::string& was = at(*write.before, field);
      if (write.after && at(*write.after, field) == was) continue;
      const bool logged = std::ranges::any_of(made.losers, [&](const DecidedLoser& loser) {
        return loser.id == write.id && loser.field == field && loser.losing == was;
      });
      const bool seen = std::ranges::any_of(ops, [&](const Op& one) {
        if (one.row.id != write.id) return false;
        if (one.kind == OpKind::edit) return one.field == field && one.before == was;
        return one.kind == OpKind::remove && at(one.cells, field) == was;
      });
      RC_ASSERT(logged || seen);
    }
  }
}

RC_GTEST_PROP(DecideProperty, each_row_is_written_once_and_only_if_it_changes, ()) {
  const auto made = decided(random_rows(), random_ops());
  std::vector<EntryId> ids;
  for (const RowWrite& write : made.writes) {
    RC_ASSERT(write.before != write.after);
    ids.push_back(write.id);
  }
  RC_ASSERT(std::ranges::is_sorted(ids));
  RC_ASSERT(std::ranges::adjacent_find(ids) == ids.end());
}

TEST(Decide, what_nobody_can_store_is_refused_alone_with_its_field) {
  Cells bad = cells("020");
  at(bad, Field::status) = std::string(40, 's');
  Op restore = op(OpKind::restore, 1);
  restore.cells = bad;
  Op too_many = op(OpKind::extra, 1);
  for (std::size_t i = 0; i <= extra_columns_max; ++i) too_many.extra[std::to_string(i)] = "x";
  const auto made = decided({cloud_row(1, cells("010"))},
                            {restore, insert("store:1", bad), insert("", cells("030")), too_many,
                             op(OpKind::remove, 0, "store:unknown")});
  EXPECT_TRUE(made.writes.empty());
  ASSERT_EQ(made.refusals.size(), 5U);
  EXPECT_EQ(made.refusals[0].field, Field::status);
  EXPECT_EQ(made.refusals[1].field, Field::status);
  EXPECT_EQ(made.refusals[2].reason, "a new row needs a uid");
  EXPECT_NE(made.refusals[3].reason.find("further columns"), std::string::npos);
  EXPECT_EQ(made.refusals[4].reason, "the cloud does not know this row");
}

TEST(Decide, a_row_that_only_this_push_knows_loses_nothing) {
  Op second = edit(0, Field::status, "something else", "done");
  second.row = {0, "store:1"};
  const auto made = decided({}, {insert("store:1", cells("010")), second});
  EXPECT_TRUE(made.losers.empty());
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(at(*made.writes[0].after, Field::status), "done");
}

TEST(Decide, further_columns_of_a_deleted_row_are_nobodys_and_others_replace) {
  CloudRow gone = cloud_row(1, cells("010"));
  gone.removed = true;
  Op of_gone = op(OpKind::extra, 1);
  Op of_other = op(OpKind::extra, 2);
  of_gone.extra = of_other.extra = {{"Client", "ACME"}};
  const auto made = decided({gone, cloud_row(2, cells("020"))}, {of_gone, of_other});
  ASSERT_EQ(made.writes.size(), 1U);
  EXPECT_EQ(made.writes[0].id, 2);
  EXPECT_EQ(made.writes[0].extra, of_other.extra);
  EXPECT_EQ(made.writes[0].before, made.writes[0].after);
}

TEST(Decide, an_unseen_row_is_joined_once_and_a_blank_of_it_loses_nothing) {
  CloudRow made_on_the_web = cloud_row(1, cells("010", ""));
  CloudRow removed = cloud_row(2, cells("020"));
  removed.removed = true;
  const auto made =
      decided({made_on_the_web, removed},
              {insert("store:1", cells("010", "done")), insert("store:2", cells("010", "done")),
               insert("store:3", cells("020"))},
              5);
  EXPECT_TRUE(made.losers.empty());
  ASSERT_EQ(made.writes.size(), 3U);
  EXPECT_EQ(made.writes[0].id, 1);
  EXPECT_EQ(at(*made.writes[0].after, Field::status), "done");
  EXPECT_EQ(made.writes[1].id, 0);
  EXPECT_EQ(made.writes[2].id, 0) << "a deleted row is no twin";
}

}  // namespace
}  // namespace tracker::merge

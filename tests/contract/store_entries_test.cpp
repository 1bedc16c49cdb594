// Entries as the cloud's HTTP side sees them, on a real PostgreSQL.
#include <boost/json.hpp>

#include "store_fixture.hpp"

namespace tracker::test {
namespace {

using store::EditOutcome;
using store::RowEdit;

RowEdit edit_of(const Entry& entry, Field field, std::string text) {
  RowEdit edit;
  edit.id = entry.id;
  edit.seen = entry.version;
  edit.changes[index(field)] = std::move(text);
  return edit;
}

class Entries : public StoreTest {};

TEST_F(Entries, created_entries_are_listed_with_their_version) {
  const auto written = run(store_->create({{row("001"), row("002")}, {}, {}}, anna_));
  ASSERT_WORKED(written);
  ASSERT_EQ(written->entries.size(), 2U);
  EXPECT_EQ(at(written->entries[0].cells, Field::shot), "001");
  EXPECT_EQ(written->head, written->entries[1].version);
  const auto list = run(store_->list({}));
  ASSERT_WORKED(list);
  ASSERT_EQ(list->entries.size(), 2U);
  EXPECT_EQ(list->entries[1].cells, row("002"));
  EXPECT_EQ(list->head, written->head);
  EXPECT_GT(list->entries[0].created_at, Time());
}

TEST_F(Entries, an_edit_changes_its_cell_and_nothing_else) {
  const Entry entry = created("010");
  const auto outcome = run(store_->edit({edit_of(entry, Field::status, "done")}, anna_));
  ASSERT_WORKED(outcome);
  ASSERT_EQ(outcome->written.entries.size(), 1U);
  const Entry& now = outcome->written.entries[0];
  EXPECT_EQ(now.cells, row("010", "done"));
  EXPECT_GT(now.version, entry.version);
  const auto history = run(store_->history(entry.id, 0, 10));
  ASSERT_WORKED(history);
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ((*history)[0].author, "Anna");
  EXPECT_EQ(at(*(*history)[0].before, Field::status), "wip");
}

TEST_F(Entries, an_entry_knows_when_it_was_sent_back_last) {
  const Entry entry = created("010");
  EXPECT_EQ(entry.retake_at, std::nullopt);
  const auto status = [&](const std::string& text) {
    RowEdit edit;
    edit.id = entry.id;
    edit.changes[index(Field::status)] = text;
    const auto outcome = run(store_->edit({edit}, anna_));
    EXPECT_TRUE(outcome);
    return outcome->written.entries.at(0);
  };
  const auto first = status("Retake").retake_at;
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(status("Done").retake_at, first);
  EXPECT_EQ(status("retakes: fixed").retake_at > first, true) << "whatever is written around it";
  const auto last = run(store_->get(entry.id))->retake_at;
  for (const char* other : {"fixed", "revisado", "Review", "prefix", ""}) {
    EXPECT_EQ(status(other).retake_at, last) << other;
  }
  for (const char* again : {"to fix", "REJECTED", "Überarbeiten", "リテイク待ち", "Reprise"}) {
    const auto before = run(store_->get(entry.id))->retake_at;
    EXPECT_GT(status(again).retake_at, before) << again;
  }
  EXPECT_EQ(run(store_->list({}))->entries.at(0).retake_at, run(store_->get(entry.id))->retake_at);
}

TEST_F(Entries, an_edit_that_arrives_twice_is_done_once) {
  const Entry entry = created("010");
  const store::Once once{"key-1", "hash"};
  const auto first = run(store_->edit({edit_of(entry, Field::status, "done")}, anna_, once));
  ASSERT_WORKED(first);
  // Ben writes over it before the second delivery arrives: his value must stand.
  RowEdit his = edit_of(first->written.entries.at(0), Field::status, "retake");
  ASSERT_WORKED(run(store_->edit({his}, {"Ben", {}})));
  const auto second = run(store_->edit({edit_of(entry, Field::status, "done")}, anna_, once));
  ASSERT_WORKED(second);
  EXPECT_TRUE(second->conflicts.empty());
  EXPECT_EQ(second->written.batch_id, first->written.batch_id);
  EXPECT_EQ(at(second->written.entries.at(0).cells, Field::status), "retake");
  const auto other = run(store_->edit({his}, anna_, {"key-1", "another hash"}));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::conflict);
}

TEST_F(Entries, a_refused_edit_does_not_use_up_its_key) {
  const Entry seen = created("010");
  ASSERT_WORKED(run(store_->edit({edit_of(seen, Field::status, "done")}, {"Ben", {}})));
  const store::Once once{"key-2", "hash"};
  for (int i = 0; i < 2; ++i) {
    const auto refused = run(store_->edit({edit_of(seen, Field::status, "mine")}, anna_, once));
    ASSERT_WORKED(refused);
    EXPECT_EQ(refused->conflicts.size(), 1U);
  }
}

TEST_F(Entries, a_removal_and_a_restore_that_arrive_twice_are_done_once) {
  const Entry entry = created("010");
  const auto first = run(store_->remove({entry.id}, anna_, {"key-3", "hash"}));
  ASSERT_WORKED(first);
  ASSERT_WORKED(run(store_->restore(entry.id, anna_, {"key-4", "hash"})));
  const auto second = run(store_->remove({entry.id}, anna_, {"key-3", "hash"}));
  ASSERT_WORKED(second);
  EXPECT_EQ(second->written.entries.at(0).cells, entry.cells);
  ASSERT_WORKED(run(store_->get(entry.id)));

  ASSERT_WORKED(run(store_->remove({entry.id}, anna_)));
  ASSERT_WORKED(run(store_->restore(entry.id, anna_, {"key-4", "hash"})));
  EXPECT_FALSE(run(store_->get(entry.id))) << "the second removal stands";
}

TEST_F(Entries, a_held_removal_that_arrives_twice_is_held_once) {
  std::vector<EntryId> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(created(std::to_string(i)).id);
  const auto first = run(store_->remove(ids, anna_, {"key-5", "hash"}));
  ASSERT_WORKED(first);
  ASSERT_GT(first->held_id, 0);
  const auto second = run(store_->remove(ids, anna_, {"key-5", "hash"}));
  ASSERT_WORKED(second);
  EXPECT_EQ(second->held_id, first->held_id);
  EXPECT_EQ(run(store_->held())->size(), 1U);
}

TEST_F(Entries, rows_edited_and_added_together_are_one_batch) {
  const Entry entry = created("010");
  const auto both =
      run(store_->edit({edit_of(entry, Field::status, "done")}, anna_, {}, {row("020")}));
  ASSERT_WORKED(both);
  ASSERT_EQ(both->written.entries.size(), 2U);
  EXPECT_EQ(both->written.entries[1].cells, row("020"));
  ASSERT_WORKED(run(store_->undo(both->written.batch_id, anna_)));
  const auto list = run(store_->list({}));
  ASSERT_EQ(list->entries.size(), 1U);
  EXPECT_EQ(list->entries[0].cells, entry.cells);
}

TEST_F(Entries, an_edit_that_changes_nothing_writes_no_change) {
  const Entry entry = created("010");
  const auto outcome = run(store_->edit({edit_of(entry, Field::status, "wip")}, anna_));
  ASSERT_WORKED(outcome);
  EXPECT_EQ(outcome->written.batch_id, "");
  EXPECT_EQ(feed().size(), 1U);
}

TEST_F(Entries, an_older_version_is_refused_only_for_cells_that_are_newer) {
  const Entry seen = created("010");
  ASSERT_WORKED(run(store_->edit({edit_of(seen, Field::status, "done")}, {"Ben", {}})));
  const auto other_cell = run(store_->edit({edit_of(seen, Field::notes, "hm")}, anna_));
  ASSERT_WORKED(other_cell);
  EXPECT_TRUE(other_cell->conflicts.empty());

  RowEdit same_cell = edit_of(seen, Field::status, "retake");
  const auto refused = run(store_->edit({same_cell}, anna_));
  ASSERT_WORKED(refused);
  ASSERT_EQ(refused->conflicts.size(), 1U);
  const store::CellConflict& cell = refused->conflicts[0].cells.at(0);
  EXPECT_EQ(cell.current, "done");
  EXPECT_EQ(cell.wanted, "retake");
  EXPECT_EQ(cell.changed_by, "Ben");
  EXPECT_EQ(at(refused->conflicts[0].current.cells, Field::notes), "hm");

  same_cell.force = true;
  const auto forced = run(store_->edit({same_cell}, anna_));
  ASSERT_WORKED(forced);
  EXPECT_EQ(at(forced->written.entries.at(0).cells, Field::status), "retake");
}

TEST_F(Entries, a_paste_is_one_batch_and_one_undo) {
  const Entry one = created("010");
  const Entry two = created("020");
  const auto paste = run(store_->edit(
      {edit_of(one, Field::status, "done"), edit_of(two, Field::status, "done")}, anna_));
  ASSERT_WORKED(paste);
  ASSERT_WORKED(
      run(store_->edit({edit_of(paste->written.entries[1], Field::status, "final")}, {"Ben", {}})));
  const auto undone = run(store_->undo(paste->written.batch_id, anna_));
  ASSERT_WORKED(undone);
  EXPECT_EQ(at(run(store_->get(one.id))->cells, Field::status), "wip");
  EXPECT_EQ(at(run(store_->get(two.id))->cells, Field::status), "final") << "Ben's word stands";
  ASSERT_EQ(undone->left_alone.size(), 1U);
  EXPECT_EQ(undone->left_alone[0].cells.at(0).changed_by, "Ben");

  const auto again = run(store_->undo(undone->written.batch_id, anna_));
  ASSERT_WORKED(again);
  EXPECT_EQ(at(run(store_->get(one.id))->cells, Field::status), "done") << "undo of the undo";
}

TEST_F(Entries, a_removed_entry_comes_back_with_its_id) {
  const Entry entry = created("010");
  ASSERT_WORKED(run(store_->remove({entry.id}, anna_)));
  EXPECT_EQ(run(store_->get(entry.id)).error().code, ErrorCode::not_found);
  const auto back = run(store_->restore(entry.id, anna_));
  ASSERT_WORKED(back);
  EXPECT_EQ(back->entries.at(0).id, entry.id);
  EXPECT_EQ(back->entries.at(0).cells, entry.cells);
  EXPECT_EQ(feed().back().kind, ChangeKind::restore);
}

TEST_F(Entries, undo_of_a_deletion_and_of_an_insertion) {
  const auto made = run(store_->create({{row("010")}, {}, {}}, anna_));
  ASSERT_WORKED(made);
  const EntryId id = made->entries[0].id;
  const auto removed = run(store_->remove({id}, anna_));
  ASSERT_WORKED(removed);
  ASSERT_WORKED(run(store_->undo(removed->written.batch_id, anna_)));
  ASSERT_WORKED(run(store_->get(id)));
  ASSERT_WORKED(run(store_->undo(made->batch_id, anna_)));
  EXPECT_FALSE(run(store_->get(id)));
}

TEST_F(Entries, the_same_key_gives_the_same_answer_and_another_content_a_conflict) {
  const store::Create request{{row("010")}, "key-1", "hash-1"};
  const auto first = run(store_->create(request, anna_));
  const auto second = run(store_->create(request, anna_));
  ASSERT_WORKED(first);
  ASSERT_WORKED(second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->entries.at(0).id, first->entries.at(0).id);
  EXPECT_EQ(second->batch_id, first->batch_id);
  EXPECT_EQ(run(store_->list({}))->entries.size(), 1U);
  const auto other = run(store_->create({{row("020")}, "key-1", "hash-2"}, anna_));
  EXPECT_EQ(other.error().code, ErrorCode::conflict);
}

TEST_F(Entries, deleting_very_many_waits_for_a_producer) {
  std::vector<EntryId> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(created(std::to_string(i)).id);
  const auto held = run(store_->remove(ids, anna_));
  ASSERT_WORKED(held);
  ASSERT_GT(held->held_id, 0);
  EXPECT_EQ(run(store_->list({}))->entries.size(), 8U);
  const auto waiting = run(store_->held());
  ASSERT_WORKED(waiting);
  ASSERT_EQ(waiting->size(), 1U);
  EXPECT_EQ(waiting->at(0).entries.size(), 8U);
  ASSERT_WORKED(run(store_->reject(held->held_id, anna_)));
  EXPECT_FALSE(run(store_->approve(held->held_id, anna_))) << "decided once";
  const auto again = run(store_->remove(ids, anna_));
  ASSERT_WORKED(run(store_->approve(again->held_id, anna_)));
  EXPECT_TRUE(run(store_->list({}))->entries.empty());
}

TEST_F(Entries, somebody_bound_to_own_rows_can_write_no_other) {
  const Entry entry = created("010");
  const store::Who ben{"Ben", std::vector<std::string>{"Ben"}};
  const auto edited = run(store_->edit({edit_of(entry, Field::status, "done")}, ben));
  EXPECT_EQ(edited.error().code, ErrorCode::forbidden);
  EXPECT_EQ(run(store_->remove({entry.id}, ben)).error().code, ErrorCode::forbidden);
  EXPECT_EQ(run(store_->create({{row("020")}, {}, {}}, ben)).error().code, ErrorCode::forbidden);
}

TEST_F(Entries, filters_sort_and_pages) {
  for (int i = 0; i < 25; ++i) created(std::string(1, static_cast<char>('a' + i)));
  store::ListQuery query;
  query.sort = "-shot";
  query.limit = 10;
  std::string shots;
  do {
    const auto page = run(store_->list(query));
    ASSERT_WORKED(page);
    for (const Entry& entry : page->entries) shots += at(entry.cells, Field::shot);
    query.after = page->next;
  } while (!query.after.empty());
  EXPECT_EQ(shots, "yxwvutsrqponmlkjihgfedcba");

  store::ListQuery one;
  one.equal[index(Field::shot)] = "c";
  EXPECT_EQ(run(store_->list(one))->entries.size(), 1U);
  store::ListQuery text;
  text.q = "PILOT";
  EXPECT_EQ(run(store_->list(text))->entries.size(), 25U);
  store::ListQuery bad;
  bad.sort = "id; DROP TABLE production_summary";
  EXPECT_EQ(run(store_->list(bad)).error().where, "sort");
}

TEST_F(Entries, injection_payloads_are_text) {
  for (const std::string payload : {"'; DROP TABLE production_summary; --", "\"},{\\\"", "{NULL}",
                                    "$1", "\\x00", "%s%n", "NULL", "a,b", "{\"a\":1}"}) {
    Cells cells = row("x");
    at(cells, Field::notes) = payload;
    at(cells, Field::animator) = payload;
    const auto written = run(store_->create({{cells}, {}, {}}, {payload, {}}));
    ASSERT_WORKED(written);
    EXPECT_EQ(written->entries.at(0).cells, cells);
    store::ListQuery query;
    query.equal[index(Field::animator)] = payload;
    EXPECT_EQ(run(store_->list(query))->entries.size(), 1U) << payload;
    query.q = payload;
    EXPECT_EQ(run(store_->list(query))->entries.size(), 1U) << payload;
    EXPECT_EQ(feed().back().author, payload);
  }
}

}  // namespace
}  // namespace tracker::test

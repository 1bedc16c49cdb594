// What is saved is there after a new start, state by state, and costs only what changed.
#include "journal/journal.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <random>

namespace tracker::journal {
namespace {

namespace fs = std::filesystem;
using merge::SheetRow;
using merge::SheetState;

SheetRow row(std::int64_t uid, const std::string& shot) {
  SheetRow out;
  out.uid = uid;
  out.id = uid * 10;
  at(out.text, Field::scene) = "SC";
  at(out.text, Field::shot) = shot;
  return out;
}

class JournalTest : public testing::Test {
 protected:
  JournalTest() : folder(fs::temp_directory_path() / ("journal-" + std::to_string(::getpid()))) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    reopen();
  }
  ~JournalTest() override {
    journal.reset();
    fs::remove_all(folder);
  }

  void reopen() {
    journal.reset();
    auto opened = Journal::open(folder, "store");
    ASSERT_TRUE(opened) << describe(opened.error());
    journal = std::move(*opened);
  }

  void observe(SheetState rows, const std::string& digest, std::int64_t generation) {
    sync::SaveObservation save;
    save.rows = std::make_shared<const SheetState>(std::move(rows));
    save.digest = digest;
    save.generation = generation;
    ASSERT_TRUE(journal->save(save, Time()));
  }

  fs::path folder;
  std::unique_ptr<Journal> journal;
};

TEST_F(JournalTest, a_long_line_of_states_that_share_rows_is_read_back_as_it_was) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t end) { return random() % end; };
  std::vector<SheetState> states{{row(1, "a"), row(2, "b"), row(3, "c")}};
  observe(states.back(), "d0", 1);
  for (std::int64_t uid = 4; uid < 120; ++uid) {
    const SheetState& old = states.back();
    SheetState rows;
    const std::size_t place = below(old.size() + 1);
    const std::size_t kind = below(4);
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (i == place && kind == 0) rows.push_back(row(uid, "new"));
      if (i == place && kind == 1) continue;
      if (i != place) rows.push_back(old.shared(i));
      if (i == place && kind == 2) rows.push_back(row(old[i].uid, std::to_string(uid)));
      if (i == place && kind == 3) rows.push_back(old.shared(i));
    }
    if (place == old.size()) rows.push_back(row(uid, "last"));
    if (kind == 3 && rows.size() > 1) {  // cut and pasted to another place
      SheetState moved;
      for (std::size_t i = 1; i < rows.size(); ++i) moved.push_back(rows.shared(i));
      moved.push_back(rows.shared(0));
      rows = moved;
    }
    states.push_back(rows);
    observe(rows, "d" + std::to_string(states.size() - 1), 1);
  }
  reopen();
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto found = journal->bases("d" + std::to_string(i), std::nullopt);
    ASSERT_TRUE(found && found->seen);
    EXPECT_EQ(*found->seen, states[i]) << "state " << i;
  }
}

TEST_F(JournalTest, saves_in_a_row_share_their_rows_after_a_restart_too) {
  SheetState rows{row(1, "a"), row(2, "b"), row(3, "c")};
  for (int save = 0; save < 60; ++save) {
    rows.replace(1, row(2, std::to_string(save)));
    observe(rows, "d" + std::to_string(save), 1);
  }
  reopen();
  const auto found = journal->bases("new", workbook::Token{"store", 1, "nonce"});
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->observed.size(), 50U);
  EXPECT_EQ(*found->observed.back(), rows);
  EXPECT_EQ(found->observed.front()->shared(0), found->observed.back()->shared(0));
  EXPECT_EQ(found->observed.back(), found->newest);
}

TEST_F(JournalTest, states_are_found_by_digest_and_by_token) {
  const SheetState first{row(1, "a"), row(2, "b"), row(3, "c")};
  SheetState second{row(3, "c"), row(1, "a2"), row(4, "d")};
  SheetRow marked = second[1];
  marked.marks.push_back({Field::notes, "cloud"});
  second.replace(1, marked);
  SheetRow draft = second[2];
  draft.draft = true;
  draft.twin = 3;
  second.replace(2, draft);
  observe(first, "d1", 1);
  observe(second, "d2", 1);
  reopen();
  const auto old = journal->bases("d1", std::nullopt);
  ASSERT_TRUE(old);
  ASSERT_TRUE(old->seen);
  EXPECT_EQ(*old->seen, first);
  EXPECT_EQ(*old->newest, second);
  EXPECT_TRUE(*journal->has_observed("d1"));
  EXPECT_FALSE(*journal->has_observed("unknown"));
  const auto lineage = journal->bases("unknown", workbook::Token{"store", 1, "n"});
  ASSERT_TRUE(lineage);
  EXPECT_FALSE(lineage->seen);
  ASSERT_EQ(lineage->observed.size(), 2U);
  EXPECT_EQ(*lineage->observed.back(), second);
}

TEST_F(JournalTest, pushes_and_mirror_survive_and_applied_pushes_go) {
  sync::SavePushes pushes;
  pushes.next_number = 3;
  for (int n = 1; n <= 2; ++n) {
    sync::Push push;
    push.number = n;
    Op op;
    op.row.id = 5;
    op.after = "x";
    push.ops = {op};
    pushes.pushes.push_back(push);
  }
  ASSERT_TRUE(journal->save(pushes, Time()));
  sync::SaveMirror mirror;
  merge::MirrorRow mirrored;
  at(mirrored.cells, Field::shot) = "SH1";
  mirrored.measurement = Measurement{};
  mirrored.measurement->frames = 48;
  mirror.upserted.emplace_back(5, mirrored);
  mirror.cursor = 9;
  mirror.applied_number = 1;
  ASSERT_TRUE(journal->save(mirror));
  reopen();
  const auto memory = journal->load();
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->store, "store");
  EXPECT_EQ(memory->cursor, 9);
  EXPECT_EQ(memory->next_number, 3);
  ASSERT_EQ(memory->queue.size(), 1U);
  EXPECT_EQ(memory->queue.front().number, 2);
  EXPECT_EQ(memory->mirror.at(5), mirrored);
}

TEST_F(JournalTest, an_intent_waits_for_recovery_and_a_dropped_file_is_no_known_state) {
  const Intent intent{7, "old", "new", ".temp"};
  const auto rows = std::make_shared<const SheetState>(SheetState{row(1, "a")});
  ASSERT_TRUE(journal->begin_write(intent, rows, 2, Time()));
  reopen();
  const auto found = journal->intent();
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->temp_name, ".temp");
  ASSERT_TRUE(journal->end_write(**found, false));
  EXPECT_FALSE(*journal->knows("new"));
  EXPECT_FALSE(journal->intent()->has_value());
  EXPECT_EQ(journal->load()->generation, 7);
  EXPECT_EQ(journal->load()->written_generation, 0);
}

TEST_F(JournalTest, a_rewrite_leaves_an_intent_but_no_state_and_no_new_generation) {
  const auto rows = std::make_shared<const SheetState>(SheetState{row(1, "a")});
  const Intent first{7, "old", "new", ".temp"};
  ASSERT_TRUE(journal->begin_write(first, rows, 2, Time()));
  ASSERT_TRUE(journal->end_write(first, true));
  ASSERT_TRUE(journal->begin_rewrite({7, "new", "with our sheet", ".temp2"}));
  reopen();
  const auto found = journal->intent();
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->new_digest, "with our sheet");
  ASSERT_TRUE(journal->end_write(**found, true));
  EXPECT_TRUE(*journal->knows("new"));
  EXPECT_FALSE(*journal->has_observed("new")) << "it is ours";
  EXPECT_FALSE(*journal->knows("with our sheet")) << "it is seen like anybody's save";
  EXPECT_EQ(journal->load()->written_generation, 7);
}

TEST_F(JournalTest, a_command_is_known_once_it_is_saved) {
  EXPECT_FALSE(*journal->knows_command("k"));
  ASSERT_TRUE(journal->save_command("k", Time()));
  reopen();
  EXPECT_TRUE(*journal->knows_command("k"));
}

TEST_F(JournalTest, a_journal_of_the_first_version_learns_what_is_held) {
  journal.reset();
  SQLite::Database(folder / "journal.sqlite", SQLite::OPEN_READWRITE)
      .exec("ALTER TABLE queue DROP COLUMN held; PRAGMA user_version = 1");
  reopen();
  sync::SaveObservation observation;
  observation.rows = std::make_shared<const SheetState>(SheetState{row(1, "010")});
  sync::Push push;
  push.number = 1;
  push.held =
      merge::Held{"sorted", {{OpKind::edit, {10, {}}, Field::status, "a", "b", {}, {}, {}}}};
  observation.pushes = {push};
  observation.held = sync::HeldBack{*push.held, 1};
  ASSERT_TRUE(journal->save(observation, Time()));
  reopen();
  const auto memory = journal->load();
  ASSERT_TRUE(memory) << describe(memory.error());
  ASSERT_EQ(memory->queue.size(), 1U);
  EXPECT_EQ(memory->queue.front().held, push.held);
  EXPECT_EQ(memory->held_back.held, *push.held);
  EXPECT_EQ(memory->held_back.number, 1);
}

}  // namespace
}  // namespace tracker::journal

// The simulator's journal promises what the one on SQLite does: after the same random saves both
// remember the same and offer the same bases.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "../sim/fake_journal.hpp"
#include "journal/journal.hpp"

namespace tracker::test {
namespace {

class JournalHistory : public testing::Test {
 protected:
  JournalHistory()
      : folder_(std::filesystem::temp_directory_path() /
                ("journal-history-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    auto opened = journal::Journal::open(folder_, "store");
    EXPECT_TRUE(opened);
    real_ = std::move(*opened);
  }
  ~JournalHistory() override {
    real_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  std::string value() { return "v" + std::to_string(++values_); }

  sync::SharedState some_rows() {
    auto rows = std::make_shared<merge::SheetState>();
    for (std::size_t i = 0; i < 2 + below(4); ++i) {
      merge::SheetRow row;
      row.uid = static_cast<std::int64_t>(i + 1);
      row.id = static_cast<EntryId>(below(2) * (i + 10));
      at(row.text, Field::shot) = value();
      if (below(3) == 0) row.marks.push_back({Field::status, value()});
      row.draft = below(5) == 0;
      rows->push_back(std::move(row));
    }
    return rows;
  }

  std::vector<sync::Push> some_pushes() {
    std::vector<sync::Push> pushes;
    for (std::size_t i = 0; i < below(3); ++i) {
      sync::Push push;
      push.store = "store";
      push.incarnation = incarnation_;
      push.number = next_number_++;
      push.batch_id = value();
      push.author = "Anna";
      Op op;
      op.row = {static_cast<EntryId>(1 + below(5)), {}};
      op.after = value();
      push.ops.push_back(op);
      pushes.push_back(std::move(push));
    }
    return pushes;
  }

  template <class Save>
  void both(const Save& save) {
    if constexpr (std::is_same_v<Save, sync::SaveObservation> ||
                  std::is_same_v<Save, sync::SavePushes>) {
      ASSERT_TRUE(real_->save(save, Time()));
    } else {
      ASSERT_TRUE(real_->save(save));
    }
    fake_.save(save);
  }

  void observes() {
    sync::SaveObservation save;
    save.rows = some_rows();
    save.digest = digests_.emplace_back(value());
    save.generation = generation_;
    save.author = below(2) == 0 ? "Anna" : "Ben";
    save.pushes = some_pushes();
    save.next_number = next_number_;
    save.next_uid = ++uid_;
    both(save);
  }

  void pulls() {
    sync::SaveMirror save;
    save.replace = below(8) == 0;
    for (std::size_t i = 0; i < below(4); ++i) {
      merge::MirrorRow row;
      at(row.cells, Field::shot) = value();
      row.version = ++cursor_;
      row.uid = below(2) == 0 ? value() : std::string();
      save.upserted.emplace_back(static_cast<EntryId>(i + 1), std::move(row));
    }
    if (below(3) == 0) save.removed.push_back(9);
    save.cursor = cursor_;
    save.chain = value();
    save.applied_number = static_cast<std::int64_t>(below(static_cast<std::size_t>(next_number_)));
    both(save);
  }

  void writes() {
    const journal::Intent intent{++generation_, value(), digests_.emplace_back(value()), "temp"};
    const sync::SharedState rows = some_rows();
    ASSERT_TRUE(real_->begin_write(intent, rows, ++uid_, Time()));
    fake_.begin_write({intent.generation, intent.old_digest, intent.new_digest}, rows, uid_);
    const bool written = below(3) > 0;
    ASSERT_TRUE(real_->end_write(intent, written));
    fake_.end_write(written);
  }

  void restarts() {
    generation_ += 1000;
    next_number_ = 1;
    both(sync::SaveRestart{++incarnation_, generation_, below(2) == 0});
  }

  void expect_equal() {
    const auto real = real_->load();
    ASSERT_TRUE(real) << describe(real.error());
    const sync::Memory& fake = fake_.memory();
    EXPECT_EQ(real->incarnation, fake.incarnation);
    EXPECT_EQ(real->generation, fake.generation);
    EXPECT_EQ(real->written_generation, fake.written_generation);
    EXPECT_EQ(real->next_number, fake.next_number);
    EXPECT_EQ(real->next_uid, fake.next_uid);
    EXPECT_EQ(real->applied_number, fake.applied_number);
    EXPECT_EQ(real->has_mirror, fake.has_mirror);
    EXPECT_EQ(real->cursor, fake.cursor);
    EXPECT_EQ(real->chain, fake.chain);
    EXPECT_EQ(real->last_author, fake.last_author);
    EXPECT_TRUE(real->mirror == fake.mirror);
    ASSERT_EQ(real->queue.size(), fake.queue.size());
    for (std::size_t i = 0; i < real->queue.size(); ++i) {
      EXPECT_EQ(sync::hash_of(real->queue[i]), sync::hash_of(fake.queue[i]));
    }
    if (digests_.empty()) return;
    const std::string& digest = digests_[below(digests_.size())];
    std::optional<workbook::Token> token;
    if (below(4) > 0) {
      token = workbook::Token{"store", generation_ - static_cast<std::int64_t>(below(3)), "n"};
    }
    const auto bases = real_->bases(digest, token);
    ASSERT_TRUE(bases) << describe(bases.error());
    const sync::Bases expected = fake_.bases(digest, token);
    EXPECT_TRUE(same(bases->seen, expected.seen));
    EXPECT_TRUE(same(bases->written, expected.written));
    EXPECT_TRUE(same(bases->newest, expected.newest));
    const std::size_t kept =
        std::min<std::size_t>(bases->observed.size(), expected.observed.size());
    for (std::size_t i = 1; i <= kept; ++i) {
      EXPECT_TRUE(same(bases->observed[bases->observed.size() - i],
                       expected.observed[expected.observed.size() - i]));
    }
  }

  static bool same(const sync::SharedState& a, const sync::SharedState& b) {
    return a && b ? *a == *b : !a == !b;
  }

  std::filesystem::path folder_;
  std::unique_ptr<journal::Journal> real_;
  sim::FakeJournal fake_{"store", sim::Mutant::none};
  std::mt19937_64 random_{7};
  std::vector<std::string> digests_;
  std::int64_t values_ = 0;
  std::int64_t next_number_ = 1;
  std::int64_t incarnation_ = 1;
  std::int64_t generation_ = 0;
  std::int64_t uid_ = 1;
  ChangeNumber cursor_ = 0;
};

TEST_F(JournalHistory, sqlite_and_the_journal_in_memory_remember_the_same) {
  for (int step = 0; step < 400 && !HasFailure(); ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    const std::size_t kind = below(20);
    if (kind < 7) {
      observes();
    } else if (kind < 12) {
      pulls();
    } else if (kind < 15) {
      sync::SavePushes save;
      save.pushes = some_pushes();
      save.next_number = next_number_;
      save.next_uid = ++uid_;
      both(save);
    } else if (kind < 19) {
      writes();
    } else {
      restarts();
    }
    expect_equal();
  }
}

}  // namespace
}  // namespace tracker::test

// The simulator's cloud promises what the store does: the same random histories on both end in
// equal tables and equal answers.
#include <algorithm>
#include <random>

#include "../sim/fake_cloud.hpp"
#include "store_fixture.hpp"

namespace tracker::test {
namespace {

constexpr int histories = 25;
constexpr int steps = 30;

class CloudHistory : public StoreTest {
 protected:
  /// A row is known by its scene, which nobody edits; its id differs on the two sides.
  struct Known {
    std::string scene;
    std::string uid;
    EntryId real = 0;
    EntryId fake = 0;
  };

  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  std::string value() { return "v" + std::to_string(++values_); }

  Cells new_cells() {
    Cells cells = row("sh" + value());
    at(cells, Field::scene) = "sc" + value();
    return cells;
  }

  void hello() {
    sync::Hello message;
    message.store = "studio";
    message.last_number = number_;
    const auto real = run(store_->hello(message));
    ASSERT_WORKED(real);
    const sync::HelloAnswer fake = fake_->hello(message, false);
    EXPECT_EQ(real->outcome, fake.outcome);
    EXPECT_EQ(real->applied_number, fake.applied_number);
    real_epoch_ = real->epoch;
    fake_epoch_ = fake.epoch;
  }

  void web_adds() {
    const Cells cells =
        below(4) == 0 && !typed_.empty() ? typed_[below(typed_.size())] : new_cells();
    if (known_scene(at(cells, Field::scene))) return;
    const auto written = run(store_->create({{cells}, {}, {}}, anna_));
    ASSERT_WORKED(written);
    known_.push_back({at(cells, Field::scene), {}, written->entries[0].id, fake_->insert(cells)});
  }

  void web_edits() {
    const Known* one = some_row();
    if (one == nullptr || !fake_->there(one->fake)) return;
    const Field field = below(2) == 0 ? Field::status : Field::notes;
    store::RowEdit edit;
    edit.id = one->real;
    edit.changes[index(field)] = value();
    const std::string text = *edit.changes[index(field)];
    ASSERT_WORKED(run(store_->edit({edit}, anna_)));
    fake_->edit(one->fake, field, text);
  }

  void web_deletes() {
    const Known* one = some_row();
    if (one == nullptr || !fake_->there(one->fake)) return;
    ASSERT_WORKED(run(store_->remove({one->real}, anna_)));
    fake_->remove(one->fake);
  }

  void excel_saves() {
    std::vector<Op> ops;
    const std::size_t count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i) ops.push_back(some_op());
    sync::Push real = push_of(ops, true);
    sync::Push fake = push_of(ops, false);
    ++number_;
    const int times = below(5) == 0 ? 2 : 1;
    for (int i = 0; i < times; ++i) send(real, fake);
    learn_ids();
  }

  void send(const sync::Push& real, const sync::Push& fake) {
    const auto answer = run(store_->push(real));
    ASSERT_WORKED(answer);
    const sync::PushAnswer expected = fake_->push(fake);
    EXPECT_EQ(answer->outcome, expected.outcome);
    EXPECT_EQ(answer->applied_number, expected.applied_number);
  }

  sync::Push push_of(const std::vector<Op>& ops, bool real) {
    sync::Push push;
    push.store = "studio";
    push.epoch = real ? real_epoch_ : fake_epoch_;
    push.number = number_ + 1;
    push.batch_id = "save-" + std::to_string(push.number);
    // Its human saw everything, or nothing since the last hello.
    push.based_on = stale_base_ ? (real ? real_base_ : fake_base_) : head(real);
    push.ops = ops;
    for (Op& op : push.ops) {
      for (const Known& one : known_) {
        if (op.row.uid == one.scene) op.row = {real ? one.real : one.fake, {}};
      }
    }
    return push;
  }

  ChangeNumber head(bool real) {
    if (!real) return fake_->head();
    return run(store_->head()).value();
  }

  /// Rows that are known by id are named by their scene until push_of() knows the side.
  Op some_op() {
    Op op;
    const Known* one = some_row();
    if (one == nullptr || below(3) == 0) {
      op.kind = OpKind::insert;
      op.row.uid = "studio:" + std::to_string(++uids_);
      op.cells = new_cells();
      typed_.push_back(op.cells);
      pending_.push_back({at(op.cells, Field::scene), op.row.uid, 0, 0});
      return op;
    }
    const Cells& now = fake_->rows().at(one->fake).state.cells;
    op.row.uid = one->scene;
    op.kind = std::array{OpKind::edit, OpKind::edit, OpKind::remove, OpKind::restore}[below(4)];
    op.field = below(2) == 0 ? Field::status : Field::notes;
    op.before = below(2) == 0 ? at(now, op.field) : value();
    op.after = below(6) == 0 ? std::string(4000, 'x') : value();
    op.cells = now;
    if (below(2) == 0) at(op.cells, Field::animator) = value();
    return op;
  }

  void learn_ids() {
    const auto list = run(store_->list({}));
    ASSERT_WORKED(list);
    for (const Known& one : pending_) {
      Known found = one;
      for (const Entry& entry : list->entries) {
        if (at(entry.cells, Field::scene) == one.scene) found.real = entry.id;
      }
      for (const auto& [id, row] : fake_->rows()) {
        if (at(row.state.cells, Field::scene) == one.scene) found.fake = id;
      }
      if (found.real != 0 && found.fake != 0 && !known_scene(one.scene)) known_.push_back(found);
    }
    pending_.clear();
  }

  bool known_scene(const std::string& scene) const {
    return std::any_of(known_.begin(), known_.end(),
                       [&](const Known& one) { return one.scene == scene; });
  }
  const Known* some_row() { return known_.empty() ? nullptr : &known_[below(known_.size())]; }

  void expect_equal_tables() {
    const auto list = run(store_->list({}));
    ASSERT_WORKED(list);
    std::vector<Cells> real;
    std::vector<Cells> fake;
    for (const Entry& entry : list->entries) real.push_back(entry.cells);
    for (const auto& [id, row] : fake_->rows()) {
      if (!row.state.removed) fake.push_back(row.state.cells);
    }
    std::sort(real.begin(), real.end());
    std::sort(fake.begin(), fake.end());
    EXPECT_EQ(real, fake);
    const auto losers = run(store_->conflicts(0, 5000));
    ASSERT_WORKED(losers);
    std::set<std::string> lost;
    for (const auto& loser : *losers) lost.insert(loser.losing);
    EXPECT_EQ(lost, fake_->losers());
  }

  void clear() {
    sql("TRUNCATE production_summary; DELETE FROM sync_log; DELETE FROM entry_uid; "
        "DELETE FROM local_store; DELETE FROM push_result");
    fake_ = std::make_unique<sim::FakeCloud>();
    known_.clear();
    typed_.clear();
    number_ = 0;
  }

  std::mt19937_64 random_{20260105};
  std::unique_ptr<sim::FakeCloud> fake_;
  std::vector<Known> known_;
  std::vector<Known> pending_;
  std::vector<Cells> typed_;
  std::int64_t values_ = 0;
  std::int64_t uids_ = 0;
  std::int64_t number_ = 0;
  std::int64_t real_epoch_ = 0;
  std::int64_t fake_epoch_ = 0;
  bool stale_base_ = false;
  ChangeNumber real_base_ = 0;
  ChangeNumber fake_base_ = 0;
};

TEST_F(CloudHistory, postgresql_and_the_cloud_in_memory_end_with_equal_tables) {
  for (int history = 0; history < histories && !HasFailure(); ++history) {
    SCOPED_TRACE("history " + std::to_string(history));
    clear();
    hello();
    for (int step = 0; step < steps && !HasFailure(); ++step) {
      const std::size_t kind = below(10);
      if (kind == 0) {
        real_base_ = head(true);
        fake_base_ = head(false);
        stale_base_ = !stale_base_;
      } else if (kind == 1) {
        hello();
      } else if (kind < 4) {
        web_adds();
      } else if (kind < 6) {
        web_edits();
      } else if (kind == 6) {
        web_deletes();
      } else {
        excel_saves();
      }
    }
    expect_equal_tables();
  }
}

}  // namespace
}  // namespace tracker::test

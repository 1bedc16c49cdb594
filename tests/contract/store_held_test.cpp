// What a workbook holds back, on a real PostgreSQL: listed, approved, rejected, replaced,
// withdrawn.
#include <boost/json.hpp>

#include "link_fixture.hpp"

namespace tracker::test {
namespace {

/// The workbook deletes row 1 and retypes the status of row 2, held for a decision.
class HeldByWorkbook : public Link {
 protected:
  void SetUp() override {
    Link::SetUp();
    hello();
    for (const char* shot : {"010", "020"}) {
      entries_.push_back(run(store_->create({{row(shot)}, {}, {}}, anna_))->entries[0]);
    }
  }

  Op removal() const {
    return {OpKind::remove, {entries_[0].id, {}}, {}, {}, {}, entries_[0].cells, {}, {}};
  }
  Op retyped(const std::string& after) const {
    return {OpKind::edit,
            {entries_[1].id, {}},
            Field::status,
            at(entries_[1].cells, Field::status),
            after,
            {},
            {},
            {}};
  }

  std::int64_t hold(std::vector<Op> ops) {
    sync::Push push = next_push({});
    push.held = merge::Held{ops.empty() ? "" : "sorted", std::move(ops)};
    EXPECT_EQ(send(push).outcome, PushOutcome::applied);
    return push.number;
  }

  std::int64_t decided_number() {
    auto answer = run(store_->pull({"studio", 0, false}));
    EXPECT_TRUE(answer);
    return answer->decided_number;
  }

  std::vector<std::string> logged(const std::string& status) {
    std::vector<std::string> texts;
    for (const store::LogRow& line : *run(store_->log(0, 100))) {
      if (line.sync_type != "conflict" || line.status != status) continue;
      texts.emplace_back(line.data_snapshot.at("losing").as_string());
    }
    return texts;
  }

  std::vector<Entry> entries_;
};

TEST_F(HeldByWorkbook, is_listed_and_approved_as_one_batch) {
  const std::int64_t number = hold({removal(), retyped("done")});
  const auto held = run(store_->held());
  ASSERT_WORKED(held);
  ASSERT_EQ(held->size(), 1U);
  EXPECT_EQ(held->at(0).author, "Clara");
  EXPECT_TRUE(held->at(0).from_workbook);
  EXPECT_EQ(held->at(0).entries.size(), 2U);
  EXPECT_EQ(decided_number(), 0);
  const auto outcome = run(store_->approve(held->at(0).id, anna_, held->at(0).version));
  ASSERT_WORKED(outcome);
  EXPECT_TRUE(outcome->left_alone.empty());
  EXPECT_EQ(decided_number(), number);
  EXPECT_FALSE(run(store_->get(entries_[0].id)));
  EXPECT_EQ(at(run(store_->get(entries_[1].id))->cells, Field::status), "done");
  ASSERT_WORKED(run(store_->undo(outcome->written.batch_id, anna_)));
  EXPECT_TRUE(run(store_->get(entries_[0].id))) << "one undo takes it all back";
}

TEST_F(HeldByWorkbook, leaves_alone_what_moved_on_and_keeps_the_text) {
  hold({removal(), retyped("done")});
  store::RowEdit web;
  web.id = entries_[1].id;
  web.changes[index(Field::status)] = "on the page";
  ASSERT_WORKED(run(store_->edit({web}, anna_)));
  const auto outcome = run(store_->approve(run(store_->held())->at(0).id, anna_));
  ASSERT_WORKED(outcome);
  EXPECT_EQ(outcome->left_alone.size(), 1U);
  EXPECT_EQ(at(run(store_->get(entries_[1].id))->cells, Field::status), "on the page");
  EXPECT_EQ(logged("open"), std::vector<std::string>{"done"});
}

TEST_F(HeldByWorkbook, is_rejected_and_each_text_can_still_be_put_back) {
  const std::int64_t number = hold({retyped("done")});
  ASSERT_WORKED(run(store_->reject(run(store_->held())->at(0).id, anna_)));
  EXPECT_EQ(decided_number(), number);
  EXPECT_EQ(logged("rejected"), std::vector<std::string>{"done"});
  EXPECT_TRUE(run(store_->conflicts(0, 10))->empty()) << "nobody is asked again";
  std::int64_t line = 0;
  for (const store::LogRow& one : *run(store_->log(0, 100))) {
    if (one.status == "rejected") line = one.id;
  }
  ASSERT_WORKED(run(store_->restore_loser(line, anna_)));
  EXPECT_EQ(at(run(store_->get(entries_[1].id))->cells, Field::status), "done");
}

TEST_F(HeldByWorkbook, is_replaced_by_the_next_push_and_withdrawn_by_an_empty_one) {
  hold({retyped("done")});
  const auto first = run(store_->held())->at(0);
  hold({retyped("final")});
  const auto second = run(store_->held());
  ASSERT_EQ(second->size(), 1U);
  EXPECT_EQ(second->at(0).id, first.id);
  EXPECT_EQ(run(store_->approve(first.id, anna_, first.version)).error().code, ErrorCode::conflict)
      << "anna looked at the first one";
  EXPECT_EQ(logged("superseded"), std::vector<std::string>{"done"});
  hold({});
  EXPECT_TRUE(run(store_->held())->empty());
  EXPECT_EQ(decided_number(), 0);
}

TEST_F(HeldByWorkbook, is_decided_in_the_studio_too) {
  const std::int64_t number = hold({retyped("done")});
  EXPECT_FALSE(run(store_->decide({"studio", number + 1, true}))) << "another number";
  ASSERT_WORKED(run(store_->decide({"studio", number, true})));
  EXPECT_EQ(decided_number(), number);
  EXPECT_EQ(at(run(store_->get(entries_[1].id))->cells, Field::status), "done");
}

}  // namespace
}  // namespace tracker::test

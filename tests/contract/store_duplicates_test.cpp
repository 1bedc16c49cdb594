// Rows that two people at one workbook may have made twice, on a real PostgreSQL: listed until one
// is deleted, or somebody says that both are meant.
#include "link_fixture.hpp"

namespace tracker::test {
namespace {

class Duplicates : public Link {
 protected:
  void SetUp() override {
    Link::SetUp();
    hello();
    ASSERT_EQ(send(next_push({insert("studio.1:1", "010")})).outcome, PushOutcome::applied);
  }

  static Op insert(const std::string& uid, const std::string& shot, RowRef twin = {}) {
    Op op;
    op.kind = OpKind::insert;
    op.row = {0, uid};
    op.cells = row(shot);
    op.twin = std::move(twin);
    return op;
  }

  std::vector<store::PossibleDuplicate> listed() {
    auto duplicates = run(store_->duplicates(10));
    EXPECT_TRUE(duplicates);
    return *duplicates;
  }
};

TEST_F(Duplicates, are_listed_with_their_twin_until_one_of_them_is_deleted) {
  ASSERT_EQ(send(next_push({insert("studio.1:2", "011", {0, "studio.1:1"})})).outcome,
            PushOutcome::applied);
  ASSERT_EQ(listed().size(), 1U);
  EXPECT_EQ(at(listed()[0].twin.cells, Field::shot), "010");
  EXPECT_EQ(at(listed()[0].newer.cells, Field::shot), "011");
  ASSERT_WORKED(run(store_->remove({listed()[0].twin.id}, anna_)));
  EXPECT_TRUE(listed().empty());
}

TEST_F(Duplicates, are_listed_too_where_an_edit_may_have_met_the_wrong_one_of_two_copies) {
  ASSERT_EQ(send(next_push({insert("studio.1:2", "010")})).outcome, PushOutcome::applied);
  Op op;
  op.kind = OpKind::edit;
  op.row = {0, "studio.1:2"};
  op.field = Field::status;
  op.after = "done";
  op.twin = {0, "studio.1:1"};
  ASSERT_EQ(send(next_push({op, op})).outcome, PushOutcome::applied);
  ASSERT_EQ(listed().size(), 1U);
  EXPECT_NE(listed()[0].newer.id, listed()[0].twin.id);
}

TEST_F(Duplicates, are_listed_no_longer_once_somebody_keeps_both) {
  ASSERT_EQ(send(next_push({insert("studio.1:2", "011", {0, "studio.1:1"})})).outcome,
            PushOutcome::applied);
  const EntryId newer = listed().at(0).newer.id;
  ASSERT_WORKED(run(store_->keep_both(newer, anna_)));
  EXPECT_TRUE(listed().empty());
  const auto again = run(store_->keep_both(newer, anna_));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::not_found);
}

TEST_F(Duplicates, are_not_listed_when_the_push_comes_again_or_the_twin_is_unknown) {
  const sync::Push push = next_push({insert("studio.1:2", "011", {0, "studio.1:1"}),
                                     insert("studio.1:3", "012", {0, "studio.1:99"})});
  ASSERT_EQ(send(push).outcome, PushOutcome::applied);
  ASSERT_EQ(send(push).outcome, PushOutcome::known);
  EXPECT_EQ(listed().size(), 1U);
}

}  // namespace
}  // namespace tracker::test

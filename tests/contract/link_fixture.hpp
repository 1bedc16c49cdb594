// A store with a studio that says hello and pushes.
#pragma once

#include "store_fixture.hpp"

namespace tracker::test {

using sync::HelloOutcome;
using sync::PushOutcome;

class Link : public StoreTest {
 protected:
  sync::HelloAnswer hello(const std::string& name = "studio", bool take_over = false) {
    sync::Hello message;
    message.store = name;
    message.last_number = number_;
    auto answer = run(store_->hello(message, take_over));
    EXPECT_TRUE(answer) << describe(answer.error());
    if (answer->outcome == HelloOutcome::ok) epoch_ = answer->epoch;
    return *answer;
  }

  sync::Push next_push(std::vector<Op> ops) {
    sync::Push push;
    push.store = "studio";
    push.epoch = epoch_;
    push.number = ++number_;
    push.batch_id = "save-" + std::to_string(number_);
    push.author = "Clara";
    push.based_on = based_on_;
    push.ops = std::move(ops);
    return push;
  }

  sync::PushAnswer send(const sync::Push& push) {
    auto answer = run(store_->push(push));
    EXPECT_TRUE(answer) << describe(answer.error());
    return *answer;
  }

  static Op op(OpKind kind, EntryId id, std::string uid = {}) {
    Op made;
    made.kind = kind;
    made.row = {id, std::move(uid)};
    return made;
  }
  static Op edit(EntryId id, Field field, std::string before, std::string after) {
    Op made = op(OpKind::edit, id);
    made.field = field;
    made.before = std::move(before);
    made.after = std::move(after);
    return made;
  }
  static Op insert(std::string uid, Cells cells) {
    Op made = op(OpKind::insert, 0, std::move(uid));
    made.cells = std::move(cells);
    return made;
  }
  void web_edit(EntryId id, Field field, std::string text) {
    store::RowEdit edit;
    edit.id = id;
    edit.changes[index(field)] = std::move(text);
    ASSERT_WORKED(run(store_->edit({edit}, {"Ben", {}})));
  }
  sync::PullAnswer pull(ChangeNumber after, bool snapshot = false) {
    auto answer = run(store_->pull({"studio", after, snapshot}));
    EXPECT_TRUE(answer) << describe(answer.error());
    return std::move(*answer);
  }

  std::int64_t epoch_ = 0;
  std::int64_t number_ = 0;
  ChangeNumber based_on_ = 0;
};

}  // namespace tracker::test

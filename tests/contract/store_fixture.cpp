#include "store_fixture.hpp"

namespace tracker::test {

using namespace std::chrono_literals;

PrivatePostgres& server() {
  static PrivatePostgres one;
  return one;
}

void StoreTest::SetUp() {
  url_ = server().fresh_database();
  store_ = another_store();
  const Status migrated = run(store_->migrate([](std::string_view) {}));
  ASSERT_WORKED(migrated);
}

void StoreTest::TearDown() {
  if (store_) store_->close();
  drain();
}

void StoreTest::drain() {
  context_.restart();
  context_.run_for(30s);
  ASSERT_TRUE(context_.stopped()) << "a call did not end";
}

std::unique_ptr<store::Store> StoreTest::another_store() {
  return std::make_unique<store::Store>(context_.get_executor(), store::Options{Secret(url_), 8});
}

Cells StoreTest::row(const std::string& shot, const std::string& status) {
  return {"Anna", "TV", "Pilot", "sc010", shot, "20260105", status, ""};
}

Entry StoreTest::created(const std::string& shot) {
  const auto written = run(store_->create({{row(shot)}, {}, {}}, anna_));
  EXPECT_TRUE(written) << describe(written.error());
  return written->entries.at(0);
}

std::vector<Change> StoreTest::feed() {
  auto page = run(store_->changes_since(0, 10'000));
  EXPECT_TRUE(page);
  return std::move(page->changes);
}

}  // namespace tracker::test

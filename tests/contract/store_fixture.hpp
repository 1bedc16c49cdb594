// A Store on a fresh database of the program's one private PostgreSQL. run(…) drives one call to
// its end on the test's thread; spawn(…) starts several at once for drain() to finish.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "private_postgres.hpp"
#include "runtime/asio.hpp"
#include "store/store.hpp"

namespace tracker::test {

/// One cluster for all tests of a program.
PrivatePostgres& server();

class StoreTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// The call's result; a test that waits for more than 30 s fails.
  template <class T>
  T run(Awaitable<T> call) {
    std::optional<T> result;
    spawn(std::move(call), result);
    drain();
    return std::move(*result);
  }

  template <class T>
  void spawn(Awaitable<T> call, std::optional<T>& result) {
    asio::co_spawn(context_, std::move(call), [&result](std::exception_ptr thrown, T value) {
      ASSERT_FALSE(thrown);
      result = std::move(value);
    });
  }

  void drain();
  /// Another process on the same database.
  std::unique_ptr<store::Store> another_store();
  std::string sql(const std::string& text) { return psql(url_, text); }

  /// A row that differs from others by its shot.
  static Cells row(const std::string& shot, const std::string& status = "wip");
  Entry created(const std::string& shot);
  std::vector<Change> feed();

  asio::io_context context_;
  std::string url_;
  std::unique_ptr<store::Store> store_;
  store::Who anna_{"Anna", {}};
};

/// Asserts that a call worked, and says why not.
#define ASSERT_WORKED(result) ASSERT_TRUE(result) << ::tracker::describe((result).error())

}  // namespace tracker::test

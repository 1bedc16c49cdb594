// Tasks, time limits, signals and the disk thread, on a real io_context.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <latch>
#include <stdexcept>
#include <vector>

#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"
#include "runtime/turn.hpp"
#include "runtime/with_timeout.hpp"
#include "runtime/worker_thread.hpp"

namespace tracker::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Runs one coroutine to its end on a fresh io_context.
template <class T>
T run(asio::io_context& io, Awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr thrown;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T value) {
    thrown = error;
    result = std::move(value);
  });
  io.restart();
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

Awaitable<void> sleep_then_note(seconds duration, std::vector<int>* notes, int number) {
  struct AtEnd {
    std::vector<int>* notes;
    int number;
    ~AtEnd() { notes->push_back(number); }
  } at_end{notes, number};
  co_await sleep_for(duration);
}

Awaitable<Status> stop_soon(TaskGroup& group) {
  co_await sleep_for(milliseconds(5));
  co_return co_await group.stop(seconds(5));
}

TEST(TaskGroup, StopsTheNewestFirst) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  std::vector<int> notes;
  for (int number : {1, 2, 3}) {
    group.start("sleeper", sleep_then_note(seconds(3600), &notes, number));
  }
  const auto before = TaskGroup::exceptions_caught();
  EXPECT_TRUE(run(io, stop_soon(group)).has_value());
  EXPECT_EQ(notes, (std::vector<int>{3, 2, 1}));
  EXPECT_EQ(group.running(), 0U);
  EXPECT_EQ(TaskGroup::exceptions_caught(), before) << "a stop is no fault";
}

Awaitable<void> throw_something() {
  throw std::runtime_error("the library is unhappy");
  co_return;
}

TEST(TaskGroup, CatchesAndCountsWhatATaskThrows) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  const auto before = TaskGroup::exceptions_caught();
  group.start("thrower", throw_something());
  io.run();
  EXPECT_EQ(TaskGroup::exceptions_caught(), before + 1);
  EXPECT_EQ(group.running(), 0U);
}

Awaitable<void> work_on(WorkerThread& worker, std::latch* gate) {
  (void)co_await run_blocking(worker, [gate] { gate->wait(); });
}

Awaitable<Status> stop_and_release(TaskGroup& group, std::latch* gate) {
  co_await sleep_for(milliseconds(5));
  auto status = co_await group.stop(milliseconds(20));
  gate->count_down();
  co_await group.wait_until_empty(seconds(10));
  co_return status;
}

TEST(TaskGroup, NamesATaskThatOutlivesTheDeadline) {
  asio::io_context io;
  std::latch gate(1);
  WorkerThread worker("disk");
  TaskGroup group(io.get_executor());
  group.start("slow write", work_on(worker, &gate));
  const auto status = run(io, stop_and_release(group, &gate));
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().what.find("slow write"), std::string::npos);
  EXPECT_EQ(group.running(), 0U);
}

Awaitable<int> value_after(milliseconds duration, int value) {
  co_await sleep_for(duration);
  co_return value;
}

Awaitable<Result<int>> failing() { co_return fail(ErrorCode::conflict, "no"); }

TEST(WithTimeout, GivesTheValueOrTheTimeout) {
  asio::io_context io;
  EXPECT_EQ(run(io, with_timeout(value_after(milliseconds(1), 7), seconds(10))).value(), 7);
  const auto start = steady_clock::now();
  const auto late = run(io, with_timeout(value_after(seconds(3600), 7), milliseconds(20), "nap"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timeout);
  EXPECT_EQ(late.error().what, "nap took longer than 20 ms");
  EXPECT_LT(steady_clock::now() - start, seconds(10));
  EXPECT_EQ(run(io, with_timeout(failing(), seconds(1))).error().code, ErrorCode::conflict);
}

Awaitable<int> throwing() {
  throw std::runtime_error("broken");
  co_return 1;
}

TEST(WithTimeout, LetsWhatIsThrownThrough) {
  asio::io_context io;
  EXPECT_THROW(run(io, with_timeout(throwing(), seconds(10))), std::runtime_error);
}

Awaitable<bool> wait_on(Signal& signal, milliseconds limit) {
  co_return co_await signal.wait_for(limit);
}

Awaitable<void> count_if_notified(Signal& signal, int* count) {
  if (co_await signal.wait_for(seconds(60))) ++*count;
}

TEST(Signal, RemembersOneNotificationAndWakesAllWaiters) {
  asio::io_context io;
  Signal signal(io.get_executor());
  EXPECT_FALSE(run(io, wait_on(signal, milliseconds(5))));
  signal.notify();
  signal.notify();
  EXPECT_TRUE(run(io, wait_on(signal, milliseconds(5))));
  EXPECT_FALSE(run(io, wait_on(signal, milliseconds(5)))) << "two before a wait are one";

  int woken = 0;
  TaskGroup group(io.get_executor());
  for (int i = 0; i < 3; ++i) group.start("waiter", count_if_notified(signal, &woken));
  io.restart();
  while (io.poll() != 0) {
  }
  signal.notify();
  io.run();
  EXPECT_EQ(woken, 3);
}

Awaitable<void> hold(Turn& turn, milliseconds duration, std::vector<int>* notes, int number) {
  const auto held = co_await turn.take();
  notes->push_back(number);
  co_await sleep_for(duration);
}

Awaitable<bool> cancel_the_second(asio::any_io_executor executor, std::vector<int>* notes) {
  Turn turn(executor);
  TaskGroup others(executor);
  TaskGroup cancelled(executor);
  auto first = std::make_optional(co_await turn.take());
  cancelled.start("second", hold(turn, milliseconds(1), notes, 2));
  co_await sleep_for(milliseconds(1));
  others.start("third", hold(turn, milliseconds(1), notes, 3));
  co_await sleep_for(milliseconds(1));
  EXPECT_EQ(turn.waiting(), 2U);
  EXPECT_TRUE(notes->empty()) << "the first has not let go";
  (void)co_await cancelled.stop(seconds(5));
  first.reset();
  co_return co_await others.wait_until_empty(seconds(10));
}

TEST(Turn, GoesInOrderAndForgetsWhoLeft) {
  asio::io_context io;
  std::vector<int> notes;
  EXPECT_TRUE(run(io, cancel_the_second(io.get_executor(), &notes)));
  EXPECT_EQ(notes, (std::vector<int>{3}));
}

Awaitable<Result<std::thread::id>> thread_of(WorkerThread& worker) {
  co_return co_await run_blocking(worker, [] { return std::this_thread::get_id(); });
}

Awaitable<Status> throw_in(WorkerThread& worker) {
  co_return co_await run_blocking(worker, [] { throw std::runtime_error("disk on fire"); });
}

TEST(RunBlocking, RunsElsewhereAndCatches) {
  asio::io_context io;
  WorkerThread worker("disk");
  const auto thread = run(io, thread_of(worker));
  ASSERT_TRUE(thread);
  EXPECT_NE(*thread, std::this_thread::get_id());
  const auto status = run(io, throw_in(worker));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().what, "disk on fire");
  EXPECT_EQ(status.error().where, "disk");
}

TEST(RunBlocking, SaysBusyWhenTheQueueIsFull) {
  asio::io_context io;
  std::latch started(1);
  std::latch gate(1);
  WorkerThread worker("disk", 1);
  std::move_only_function<void()> blocker = [&] {
    started.count_down();
    gate.wait();
  };
  ASSERT_TRUE(worker.post(blocker));
  started.wait();
  std::move_only_function<void()> waiting = [] {};
  ASSERT_TRUE(worker.post(waiting));
  const auto refused = run(io, thread_of(worker));
  gate.count_down();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::busy);
}

Awaitable<int> wait_for_stop(StopSignals& signals) {
  std::raise(SIGTERM);
  co_return co_await signals.wait();
}

TEST(StopSignals, TellsOfSigterm) {
  asio::io_context io;
  StopSignals signals(io.get_executor());
  EXPECT_EQ(run(io, wait_for_stop(signals)), SIGTERM);
}

}  // namespace
}  // namespace tracker::runtime

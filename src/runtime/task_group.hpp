// TaskGroup: coroutines that live and stop together.
//
// Promises: every coroutine of the program is started by start(). What it throws is caught once, at
// its root: logged with the task's name and counted in exceptions_caught(), which tests expect to
// be 0. A cancelled task unwinds by Asio's operation_aborted; that is no fault and is not counted.
// stop() cancels the newest task first and waits for it before it goes on to the one before, so a
// task may rely on those that were started earlier. A task that outlives the deadline is named in
// the error. Destroying a group cancels what still runs without waiting.
//
// Thread rule: the io thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "runtime/asio.hpp"

namespace tracker::runtime {

class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Runs `task` from the next turn of the io thread on. After stop() it is dropped unstarted.
  void start(std::string name, Awaitable<void> task);

  std::size_t running() const;

  /// True as soon as nothing runs any more, false after `limit`.
  Awaitable<bool> wait_until_empty(std::chrono::milliseconds limit);

  /// Newest first, all within `limit`. REQUIRES: not called from a task of this group.
  Awaitable<Status> stop(std::chrono::milliseconds limit);

  /// Exceptions that reached a root in this process; anything but 0 is a mistake of ours.
  static std::uint64_t exceptions_caught();

  /// For the rare place that must catch earlier (a server that answers 500): logs and counts the
  /// same way. True if it was a fault, false for nothing and for a cancellation.
  static bool note_exception(std::exception_ptr thrown, const std::string& where);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tracker::runtime

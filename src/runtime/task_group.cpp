#include "runtime/task_group.hpp"

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <list>

#include "core/log.hpp"
#include "runtime/signal.hpp"

namespace tracker::runtime {
namespace {

std::atomic<std::uint64_t>& exception_counter() {
  static std::atomic<std::uint64_t> counter{0};
  return counter;
}

}  // namespace

struct TaskGroup::State {
  struct Task {
    std::string name;
    asio::cancellation_signal cancellation;
    bool running = true;
  };

  explicit State(asio::any_io_executor on) : executor(std::move(on)), task_ended(executor) {}

  asio::any_io_executor executor;
  Signal task_ended;
  std::list<std::shared_ptr<Task>> tasks;  ///< oldest first
  bool stopped = false;
};

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() {
  state_->stopped = true;
  const auto tasks = state_->tasks;
  for (const auto& task : tasks) task->cancellation.emit(asio::cancellation_type::terminal);
}

void TaskGroup::start(std::string name, Awaitable<void> task) {
  if (state_->stopped) return;
  auto entry = std::make_shared<State::Task>();
  entry->name = std::move(name);
  const auto place = state_->tasks.insert(state_->tasks.end(), entry);
  asio::co_spawn(
      state_->executor, std::move(task),
      asio::bind_cancellation_slot(entry->cancellation.slot(),
                                   [state = state_, entry, place](std::exception_ptr thrown) {
                                     note_exception(std::move(thrown), entry->name);
                                     entry->running = false;
                                     state->tasks.erase(place);
                                     state->task_ended.notify();
                                   }));
}

std::size_t TaskGroup::running() const { return state_->tasks.size(); }

Awaitable<bool> TaskGroup::wait_until_empty(std::chrono::milliseconds limit) {
  const auto state = state_;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!state->tasks.empty()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) co_return false;
    co_await state->task_ended.wait_for(left);
  }
  co_return true;
}

Awaitable<Status> TaskGroup::stop(std::chrono::milliseconds limit) {
  const auto state = state_;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  state->stopped = true;
  std::string late;
  const auto tasks = state->tasks;
  for (auto place = tasks.rbegin(); place != tasks.rend(); ++place) {
    const auto task = *place;
    if (task->running) task->cancellation.emit(asio::cancellation_type::terminal);
    while (task->running) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      co_await state->task_ended.wait_for(left);
    }
    if (task->running) late += (late.empty() ? "" : ", ") + task->name;
  }
  if (!late.empty()) co_return fail(ErrorCode::timeout, "tasks that did not stop in time: " + late);
  co_return Status{};
}

std::uint64_t TaskGroup::exceptions_caught() { return exception_counter(); }

bool TaskGroup::note_exception(std::exception_ptr thrown, const std::string& where) {
  if (!thrown) return false;
  std::string what = "something unknown";
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return false;
    what = error.what();
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
  }
  exception_counter()++;
  log::error("{} ended by an exception: {}", where, what);
  return true;
}

}  // namespace tracker::runtime

// WorkerThread and run_blocking: the only way to do something that may block (disk, SQLite, a
// password hash) without stopping the io thread.
//
// Promises: one thread, one queue, strict order: two run_blocking() on one worker never overlap, so
// what they alone touch needs no lock. The queue is bounded; when it is full run_blocking answers
// Error busy at once. What the work throws becomes Error internal. A cancelled coroutine waits for
// work that was queued already, so references into its frame stay good.
//
// Lifetime: the worker is destroyed (it finishes its queue) before the io_context of those who
// wait on it. REQUIRES: nothing of this program keeps the io thread inside the work.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "core/result.hpp"
#include "runtime/asio.hpp"
#include "runtime/flat_result.hpp"

namespace tracker::runtime {

class WorkerThread {
 public:
  /// `name` is what `top -H` shows (15 characters).
  explicit WorkerThread(std::string name, std::size_t queue_length_max = 256);
  ~WorkerThread();
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  /// False, and `work` is untouched, when the queue is full. Safe on any thread.
  bool post(std::move_only_function<void()>& work);

  /// Jobs that wait (the running one is not counted). Safe on any thread.
  std::size_t queued() const;
  const std::string& name() const { return name_; }

 private:
  void run(const std::stop_token& stop);

  std::string name_;
  std::size_t queue_length_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::move_only_function<void()>> queue_;
  std::jthread thread_;
};

/// An exception as an error; also counts nothing: it was caught at the border.
Error error_from(std::exception_ptr thrown, const std::string& where);

template <class F>
auto call_safely(F& work, const std::string& where) -> FlatResult<std::invoke_result_t<F&>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (...) {
    return std::unexpected<Error>(error_from(std::current_exception(), where));
  }
}

/// co_await run_blocking(worker, [&] { return …; }): runs on the worker, resumes on the io thread.
template <class F>
auto run_blocking(WorkerThread& worker, F work) -> Awaitable<FlatResult<std::invoke_result_t<F&>>> {
  using Value = FlatResult<std::invoke_result_t<F&>>;
  auto initiate = [&worker](auto handler, F job) {
    auto guard = asio::make_work_guard(asio::get_associated_executor(handler));
    const auto executor = guard.get_executor();
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    std::move_only_function<void()> queued =
        [shared, job = std::move(job), guard = std::move(guard), name = worker.name()]() mutable {
          Value value = call_safely(job, name);
          asio::post(guard.get_executor(),
                     [shared = std::move(shared), value = std::move(value)]() mutable {
                       (*shared)(std::move(value));
                     });
        };
    if (worker.post(queued)) return;
    asio::post(executor, [shared]() mutable {
      (*shared)(Value(fail(ErrorCode::busy, "too much work waits for the disk", "try again soon")));
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Value)>(
      initiate, asio::use_awaitable, std::move(work));
}

}  // namespace tracker::runtime

// with_timeout(task, limit): the task's value, or Error timeout when `limit` is over.
//
// Promises: when time is over the task is cancelled AND awaited, so nothing of it runs on after
// the return. It follows that a task which cannot be cancelled (run_blocking) is waited for. What
// the task throws comes out of here. A task that returns a Result is not wrapped a second time.
//
// Thread rule: the io thread only. T has a default constructor.
#pragma once

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "runtime/asio.hpp"
#include "runtime/flat_result.hpp"

namespace tracker::runtime {

template <class T>
Awaitable<FlatResult<T>> with_timeout(Awaitable<T> task, std::chrono::milliseconds limit,
                                      std::string what = "operation") {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, limit);
  auto group = asio::experimental::make_parallel_group(
      asio::co_spawn(executor, std::move(task), asio::deferred), timer.async_wait(asio::deferred));
  if constexpr (std::is_void_v<T>) {
    auto [order, thrown, timer_error] =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] == 0) {
      if (thrown) std::rethrow_exception(thrown);
      co_return Status{};
    }
  } else {
    auto [order, thrown, value, timer_error] =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] == 0) {
      if (thrown) std::rethrow_exception(thrown);
      co_return std::move(value);
    }
  }
  co_return fail(ErrorCode::timeout,
                 what + " took longer than " + std::to_string(limit.count()) + " ms");
}

}  // namespace tracker::runtime

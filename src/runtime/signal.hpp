// Signal: "something happened", for coroutines to wait on with a time limit. And StopSignals: what
// the operating system says (SIGTERM, SIGINT).
//
// Promises: notify() wakes everybody who waits now; if nobody waits, the next wait returns at once
// (several notifications before it count as one). So state that is set before notify() is never
// missed by `while (!state) co_await signal.wait_for(…)`.
//
// Thread rule: the io thread only. A Signal may be destroyed while somebody waits: they see false.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <memory>

#include "runtime/asio.hpp"

namespace tracker::runtime {

class Signal {
 public:
  explicit Signal(asio::any_io_executor executor);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void notify();

  /// True: notified. False: `limit` is over.
  Awaitable<bool> wait_for(std::chrono::milliseconds limit);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// co_await sleep_for(…): a pause that a cancelled task leaves at once.
Awaitable<void> sleep_for(std::chrono::milliseconds duration);

/// Holds SIGTERM and SIGINT for its lifetime; SIGPIPE is ignored from then on. A further signal
/// while the program is stopping changes nothing.
class StopSignals {
 public:
  explicit StopSignals(asio::any_io_executor executor);

  /// The signal's number, when the first of them came.
  Awaitable<int> wait();

 private:
  asio::signal_set signals_;
};

}  // namespace tracker::runtime

#include "runtime/signal.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <list>

namespace tracker::runtime {

struct Signal::State {
  struct Waiter {
    asio::steady_timer timer;
    bool woken = false;
    bool notified = false;
  };

  asio::any_io_executor executor;
  std::list<Waiter*> waiters;
  bool pending = false;

  void wake_all(bool notified) {
    for (auto* waiter : waiters) {
      if (waiter->woken) continue;
      waiter->woken = true;
      waiter->notified = notified;
      waiter->timer.cancel();
    }
  }
};

Signal::Signal(asio::any_io_executor executor) : state_(std::make_shared<State>()) {
  state_->executor = std::move(executor);
}

Signal::~Signal() { state_->wake_all(false); }

void Signal::notify() {
  if (state_->waiters.empty()) {
    state_->pending = true;
  } else {
    state_->wake_all(true);
  }
}

Awaitable<bool> Signal::wait_for(std::chrono::milliseconds limit) {
  const auto state = state_;
  if (state->pending) {
    state->pending = false;
    co_return true;
  }
  State::Waiter waiter{asio::steady_timer(state->executor, limit)};
  struct Place {
    State& state;
    std::list<State::Waiter*>::iterator position;
    ~Place() { state.waiters.erase(position); }
  } place{*state, state->waiters.insert(state->waiters.end(), &waiter)};
  const auto [error] = co_await waiter.timer.async_wait(as_result);
  // Cancelled by neither notify() nor the destructor: the task itself is being stopped.
  if (error && !waiter.woken) throw boost::system::system_error(error);
  co_return waiter.notified;
}

Awaitable<void> sleep_for(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

StopSignals::StopSignals(asio::any_io_executor executor)
    : signals_(std::move(executor), SIGTERM, SIGINT) {
  std::signal(SIGPIPE, SIG_IGN);
}

Awaitable<int> StopSignals::wait() { co_return co_await signals_.async_wait(asio::use_awaitable); }

}  // namespace tracker::runtime

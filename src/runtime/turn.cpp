#include "runtime/turn.hpp"

namespace tracker::runtime {

Awaitable<Turn::Held> Turn::take() {
  if (taken_ || !line_.empty()) {
    Signal called(executor_);
    struct Place {
      Turn& turn;
      std::list<Signal*>::iterator position;
      bool reached = false;
      ~Place() {
        const bool first = position == turn.line_.begin();
        turn.line_.erase(position);
        // Called up, but cancelled before it could take its turn: call the next.
        if (first && !reached && !turn.taken_) turn.pass_on();
      }
    } place{*this, line_.insert(line_.end(), &called)};
    while (taken_ || line_.front() != &called) {
      co_await called.wait_for(std::chrono::seconds(60));
    }
    place.reached = true;
    taken_ = true;
    co_return Held(*this);
  }
  taken_ = true;
  co_return Held(*this);
}

void Turn::pass_on() {
  taken_ = false;
  if (!line_.empty()) line_.front()->notify();
}

}  // namespace tracker::runtime

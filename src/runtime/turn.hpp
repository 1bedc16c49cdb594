// Turn: one coroutine at a time, in the order in which they asked. For writes on one connection.
//
// `const auto turn = co_await turns.take();` holds it until the end of the block. A waiting task
// that is cancelled leaves the line. Thread rule: the io thread. A Turn outlives those who hold it
// or wait for it.
#pragma once

#include <cstddef>
#include <list>
#include <utility>

#include "runtime/asio.hpp"
#include "runtime/signal.hpp"

namespace tracker::runtime {

class Turn {
 public:
  class Held {
   public:
    explicit Held(Turn& turn) : turn_(&turn) {}
    Held(Held&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (turn_ != nullptr) turn_->pass_on();
    }

   private:
    Turn* turn_;
  };

  explicit Turn(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Awaitable<Held> take();
  std::size_t waiting() const { return line_.size(); }

 private:
  void pass_on();

  asio::any_io_executor executor_;
  bool taken_ = false;
  std::list<Signal*> line_;
};

}  // namespace tracker::runtime

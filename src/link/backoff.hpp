// Backoff: how long to wait before the next try; full jitter, so that many clients of a server that
// came back do not come all at once. The io thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace tracker::link {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds shortest, std::chrono::milliseconds longest)
      : shortest_(shortest), longest_(longest), ceiling_(shortest) {}

  /// Anything from 0 to a ceiling that doubles each time, up to the longest.
  std::chrono::milliseconds next() {
    std::uniform_int_distribution<std::chrono::milliseconds::rep> any(0, ceiling_.count());
    const auto wait = std::chrono::milliseconds(any(random_));
    ceiling_ = std::min(ceiling_ * 2, longest_);
    return wait;
  }

  void reset() { ceiling_ = shortest_; }

 private:
  std::chrono::milliseconds shortest_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds ceiling_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace tracker::link

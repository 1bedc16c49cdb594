// The wall clock of the shells. Pure folders are given times; they never ask. Safe on any thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/time.hpp"

namespace tracker::runtime {

inline Time now() {
  return std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
}

/// As files' time stamps are compared: nanoseconds since 1970.
inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace tracker::runtime

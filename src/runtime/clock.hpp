// The wall clock of the shells. Pure folders are given times; they never ask. Safe on any thread.
#pragma once

#include <chrono>

#include "core/time.hpp"

namespace tracker::runtime {

inline Time now() {
  return std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
}

}  // namespace tracker::runtime

#include "shrink.hpp"

#include <algorithm>

#include "world.hpp"

namespace tracker::sim {
namespace {

bool fails_alike(const Schedule& schedule, const std::string& violation) {
  World world(schedule, false);
  return world.run().starts_with(violation.substr(0, violation.find(':')) + ":");
}

}  // namespace

Schedule shrunk(Schedule schedule, const std::string& violation) {
  for (std::size_t length = std::max<std::size_t>(1, schedule.steps.size() / 2); length > 0;) {
    bool shorter = false;
    for (std::size_t first = 0; first + length <= schedule.steps.size();) {
      Schedule candidate = schedule;
      const auto from = candidate.steps.begin() + static_cast<std::ptrdiff_t>(first);
      candidate.steps.erase(from, from + static_cast<std::ptrdiff_t>(length));
      if (fails_alike(candidate, violation)) {
        schedule = std::move(candidate);
        shorter = true;
      } else {
        first += length;
      }
    }
    if (!shorter || length > 1) length /= 2;
  }
  return schedule;
}

}  // namespace tracker::sim

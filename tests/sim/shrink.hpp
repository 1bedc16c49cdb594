// A failing schedule made small: steps are left out while it still fails in the same way.
#pragma once

#include <string>

#include "schedule.hpp"

namespace tracker::sim {

/// `violation` is what `schedule` ends with; the result ends with the same invariant.
Schedule shrunk(Schedule schedule, const std::string& violation);

}  // namespace tracker::sim

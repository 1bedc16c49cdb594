// How long episodes are meant to be, as the footage sheet of the workbook shows it. Plain values;
// pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace tracker {

inline constexpr std::size_t episode_plans_max = 20'000;

struct EpisodePlan {
  std::string project_type;
  std::string episode_title;
  std::optional<std::int64_t> frames_planned;  ///< what the workbook says of its shots, summed
  std::optional<std::int64_t> frames_target;   ///< what a producer said of the whole
  bool operator==(const EpisodePlan&) const = default;
};
using EpisodePlans = std::vector<EpisodePlan>;

/// {"episodes":[{"project_type","episode_title","planned_frames","target_frames"}…]}
boost::json::object to_json(const EpisodePlans& plans);
Result<EpisodePlans> parse_episode_plans(const boost::json::value& json);

}  // namespace tracker

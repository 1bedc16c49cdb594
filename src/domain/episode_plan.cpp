#include "domain/episode_plan.hpp"

#include <boost/json.hpp>

#include "domain/json_read.hpp"

namespace tracker {
namespace {

namespace json = boost::json;

json::value or_null(std::optional<std::int64_t> frames) {
  return frames ? json::value(*frames) : json::value(nullptr);
}

std::optional<std::int64_t> frames_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return {};
  return value->get_int64();
}

}  // namespace

json::object to_json(const EpisodePlans& plans) {
  json::array episodes;
  for (const EpisodePlan& plan : plans) {
    episodes.push_back(json::object{{"project_type", plan.project_type},
                                    {"episode_title", plan.episode_title},
                                    {"planned_frames", or_null(plan.frames_planned)},
                                    {"target_frames", or_null(plan.frames_target)}});
  }
  return {{"episodes", std::move(episodes)}};
}

Result<EpisodePlans> parse_episode_plans(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* list = object == nullptr ? nullptr : object->if_contains("episodes");
  if (list == nullptr || !list->is_array() || list->get_array().size() > episode_plans_max) {
    return fail(ErrorCode::invalid_input, "episodes is no list, or too long", {}, "episodes");
  }
  EpisodePlans plans;
  for (const json::value& one : list->get_array()) {
    if (!one.is_object()) {
      return fail(ErrorCode::invalid_input, "an episode is an object", {}, "episodes");
    }
    const json::object& episode = one.get_object();
    plans.push_back({text_of(episode, "project_type"), text_of(episode, "episode_title"),
                     frames_in(episode, "planned_frames"), frames_in(episode, "target_frames")});
  }
  return plans;
}

}  // namespace tracker

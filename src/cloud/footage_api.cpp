// Footage: how much was animated, by whom, in which week and episode; and what was expected.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::size_t targets_max = 1'000;
constexpr std::int64_t frames_per_week_max = 1'000'000;
constexpr std::int64_t frames_of_episode_max = 10'000'000;

double to_microseconds(double seconds) { return std::round(seconds * 1e6) / 1e6; }

json::object group_json(const store::FootageGroup& group) {
  json::object out{{"shots", group.shots},
                   {"frames", group.frames},
                   {"seconds", to_microseconds(group.seconds)},
                   {"rows", group.rows},
                   {"frames_all_rows", group.frames_all_rows},
                   {"planned_shots", group.shots_planned},
                   {"planned_frames", group.frames_planned}};
  out["target_frames"] =
      group.frames_target ? json::value(*group.frames_target) : json::value(nullptr);
  return out;
}

json::object totals_json(const std::vector<store::FootageGroup>& groups) {
  store::FootageGroup all;
  for (const store::FootageGroup& group : groups) {
    all.shots += group.shots;
    all.frames += group.frames;
    all.seconds += group.seconds;
    all.rows += group.rows;
    all.frames_all_rows += group.frames_all_rows;
    all.shots_planned += group.shots_planned;
    all.frames_planned += group.frames_planned;
  }
  json::object out = group_json(all);
  out.erase("target_frames");
  return out;
}

Result<std::string> week_in_query(const http::Request& request, std::string_view name) {
  const std::string text(request.query_value(name).value_or(""));
  if (!is_week(text)) {
    return fail(ErrorCode::invalid_input, fmt::format("{} is a date YYYYMMDD", name), {},
                std::string(name));
  }
  return text;
}

json::array targets_json(const std::vector<store::FootageTarget>& targets) {
  json::array data;
  for (const store::FootageTarget& target : targets) {
    data.push_back(json::object{{"animator", target.animator},
                                {"from_yyyymmdd", target.from_yyyymmdd},
                                {"frames_per_week", target.frames_per_week}});
  }
  return data;
}

json::array episodes_json(const std::vector<store::EpisodeTarget>& targets) {
  json::array data;
  for (const store::EpisodeTarget& target : targets) {
    data.push_back(json::object{{"project_type", target.project_type},
                                {"episode_title", target.episode_title},
                                {"frames", target.frames}});
  }
  return data;
}

/// The list under `name`; empty if it is missing.
Result<json::array> list_in(const json::object& body, std::string_view name) {
  const json::value* list = body.if_contains(name);
  if (list == nullptr) return json::array();
  if (!list->is_array() || list->get_array().size() > targets_max) {
    return fail(ErrorCode::invalid_input,
                fmt::format("{} is a list of at most {}", name, targets_max), {},
                std::string(name));
  }
  return list->get_array();
}

Result<std::string> cell_in(const json::object& object, Field field) {
  const std::string name(spec(field).column_name);
  TRY(auto text, text_in(object, name));
  std::string cell = canonical(text.value_or(""));
  if (auto problem = problem_with(field, cell)) {
    return fail(ErrorCode::invalid_input, *problem, {}, name);
  }
  return cell;
}

Result<store::EpisodeTarget> episode_target_from(const json::value& element) {
  const json::object* object = element.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "an episode is an object");
  store::EpisodeTarget target;
  TRY(target.project_type, cell_in(*object, Field::project_type));
  TRY(target.episode_title, cell_in(*object, Field::episode_title));
  TRY(auto frames, integer_in(*object, "frames"));
  target.frames = frames.value_or(-1);
  if (target.frames < 0 || target.frames > frames_of_episode_max) {
    return fail(ErrorCode::invalid_input, fmt::format("frames is 0 to {}", frames_of_episode_max),
                {}, "frames");
  }
  return target;
}

Result<store::FootageTarget> target_from(const json::value& element) {
  const json::object* object = element.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "a target is an object");
  TRY(auto from, text_in(*object, "from_yyyymmdd", 8));
  TRY(auto frames, integer_in(*object, "frames_per_week"));
  store::FootageTarget target;
  TRY(target.animator, cell_in(*object, Field::animator));
  target.from_yyyymmdd = from.value_or("");
  target.frames_per_week = frames.value_or(-1);
  if (target.animator.empty()) {
    return fail(ErrorCode::invalid_input, "animator is missing", {}, "animator");
  }
  if (target.from_yyyymmdd.empty() || !is_week(target.from_yyyymmdd)) {
    return fail(ErrorCode::invalid_input, "from_yyyymmdd is a date YYYYMMDD", {}, "from_yyyymmdd");
  }
  if (target.frames_per_week < 0 || target.frames_per_week > frames_per_week_max) {
    return fail(ErrorCode::invalid_input,
                fmt::format("frames_per_week is 0 to {}", frames_per_week_max), {},
                "frames_per_week");
  }
  return target;
}

}  // namespace

Awaitable<http::Response> summary(App& app, Call call) {
  auto from = week_in_query(call.request, "from");
  if (!from) co_return refuse(from.error(), call.request);
  auto to = week_in_query(call.request, "to");
  if (!to) co_return refuse(to.error(), call.request);
  auto footage = co_await app.store.summary(*from, *to);
  if (!footage) co_return refuse(footage.error(), call.request);
  json::array weeks;
  for (const store::FootageGroup& group : footage->weeks) {
    json::object one{{"animator", group.animator}};
    one["week"] = group.iso_week.empty() ? json::value(nullptr) : json::value(group.iso_week);
    for (auto& [key, value] : group_json(group)) one[key] = value;
    weeks.push_back(std::move(one));
  }
  json::array episodes;
  for (const store::FootageGroup& group : footage->episodes) {
    json::object one{{"project_type", group.project_type}, {"episode_title", group.episode_title}};
    for (auto& [key, value] : group_json(group)) one[key] = value;
    episodes.push_back(std::move(one));
  }
  json::object data{{"weeks", std::move(weeks)},
                    {"episodes", std::move(episodes)},
                    {"totals", totals_json(footage->episodes)}};
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> list_targets(App& app, Call call) {
  auto targets = co_await app.store.targets();
  if (!targets) co_return refuse(targets.error(), call.request);
  auto episodes = co_await app.store.episode_targets();
  if (!episodes) co_return refuse(episodes.error(), call.request);
  co_return http::json_response(json::object{
      {"success", true}, {"data", targets_json(*targets)}, {"episodes", episodes_json(*episodes)}});
}

Awaitable<http::Response> put_targets(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto people = list_in(*body, "targets");
  if (!people) co_return refuse_value(people.error());
  auto episodes = list_in(*body, "episodes");
  if (!episodes) co_return refuse_value(episodes.error());
  std::vector<store::FootageTarget> targets;
  for (const json::value& element : *people) {
    auto target = target_from(element);
    if (!target) co_return refuse_value(target.error());
    targets.push_back(std::move(*target));
  }
  std::vector<store::EpisodeTarget> of_episodes;
  for (const json::value& element : *episodes) {
    auto target = episode_target_from(element);
    if (!target) co_return refuse_value(target.error());
    of_episodes.push_back(std::move(*target));
  }
  for (store::EpisodeTarget& target : of_episodes) {
    auto set = co_await app.store.set_episode_target(std::move(target));
    if (!set) co_return refuse(set.error(), call.request);
  }
  for (store::FootageTarget& target : targets) {
    auto set = co_await app.store.set_target(std::move(target));
    if (!set) co_return refuse(set.error(), call.request);
  }
  co_return co_await list_targets(app, std::move(call));
}

}  // namespace tracker::cloud

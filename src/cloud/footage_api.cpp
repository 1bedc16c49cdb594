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

double to_microseconds(double seconds) { return std::round(seconds * 1e6) / 1e6; }

json::object group_json(const store::FootageGroup& group) {
  json::object out{{"shots", group.shots},
                   {"frames", group.frames},
                   {"seconds", to_microseconds(group.seconds)},
                   {"rows", group.rows},
                   {"frames_all_rows", group.frames_all_rows}};
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

Result<store::FootageTarget> target_from(const json::value& element) {
  const json::object* object = element.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "a target is an object");
  TRY(auto animator, text_in(*object, "animator"));
  TRY(auto from, text_in(*object, "from_yyyymmdd", 8));
  TRY(auto frames, integer_in(*object, "frames_per_week"));
  store::FootageTarget target;
  target.animator = canonical(animator.value_or(""));
  target.from_yyyymmdd = from.value_or("");
  target.frames_per_week = frames.value_or(-1);
  if (target.animator.empty()) {
    return fail(ErrorCode::invalid_input, "animator is missing", {}, "animator");
  }
  if (auto problem = problem_with(Field::animator, target.animator)) {
    return fail(ErrorCode::invalid_input, *problem, {}, "animator");
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
  co_return http::json_response(json::object{{"success", true}, {"data", targets_json(*targets)}});
}

Awaitable<http::Response> put_targets(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  const json::value* list = body->if_contains("targets");
  if (list == nullptr || !list->is_array() || list->get_array().size() > targets_max) {
    co_return refuse_value(Error{ErrorCode::invalid_input,
                                 fmt::format("targets is a list of at most {}", targets_max),
                                 {},
                                 "targets"});
  }
  std::vector<store::FootageTarget> targets;
  for (const json::value& element : list->get_array()) {
    auto target = target_from(element);
    if (!target) co_return refuse_value(target.error());
    targets.push_back(std::move(*target));
  }
  for (store::FootageTarget& target : targets) {
    auto set = co_await app.store.set_target(std::move(target));
    if (!set) co_return refuse(set.error(), call.request);
  }
  co_return co_await list_targets(app, std::move(call));
}

}  // namespace tracker::cloud

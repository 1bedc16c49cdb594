#include <fmt/format.h>

#include <map>
#include <tuple>

#include "store/pool.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

/// One line for each animator, project, episode and week date. A shot is project, episode, scene
/// and shot; only its latest row (by week, then by age) counts, so that disjoint ranges of weeks
/// add up to the whole. What is planned stands in an extra column ($3: its headers, folded); a text
/// that is no number is no plan.
const std::string select_footage =
    "SELECT animator, project_type, episode_title, week_yyyymmdd, count(*) FILTER (WHERE latest), "
    "coalesce(sum(frames) FILTER (WHERE latest), 0)::bigint, "
    "coalesce(sum(seconds) FILTER (WHERE latest), 0)::float8, count(*), "
    "coalesce(sum(frames), 0)::bigint, count(planned) FILTER (WHERE latest), "
    "coalesce(sum(planned) FILTER (WHERE latest), 0)::bigint FROM ("
    "SELECT p.animator, p.project_type, p.episode_title, p.week_yyyymmdd, "
    "(s.measurement->>'frames')::bigint AS frames, "
    "(s.measurement->>'duration_seconds')::float8 AS seconds, "
    "(SELECT round(value::numeric)::bigint FROM jsonb_each_text(s.extra) "
    "WHERE lower(btrim(regexp_replace(key, '[\\s_-]+', ' ', 'g'))) = ANY ($3::text[]) "
    "AND value ~ '^[0-9]{1,7}(\\.[0-9]{1,9})?$' ORDER BY key LIMIT 1) AS planned, "
    "row_number() OVER (PARTITION BY p.project_type, p.episode_title, p.scene, p.shot "
    "ORDER BY p.week_yyyymmdd DESC, p.id DESC) = 1 AS latest "
    "FROM production_summary p LEFT JOIN entry_state s ON s.entry_id = p.id) counted "
    "WHERE ($1 = '' OR week_yyyymmdd >= $1) AND ($2 = '' OR "
    "(week_yyyymmdd <> '' AND week_yyyymmdd <= $2)) "
    "GROUP BY animator, project_type, episode_title, week_yyyymmdd";

std::string iso_week_text(const std::string& yyyymmdd) {
  const auto week = iso_week(yyyymmdd);
  return week ? fmt::format("{:04}-W{:02}", week->year, week->week) : std::string();
}

void add(FootageGroup& group, const Rows& rows, int row) {
  group.shots += rows.number(row, 4);
  group.frames += rows.number(row, 5);
  group.seconds += std::strtod(rows.string(row, 6).c_str(), nullptr);
  group.rows += rows.number(row, 7);
  group.frames_all_rows += rows.number(row, 8);
  group.shots_planned += rows.number(row, 9);
  group.frames_planned += rows.number(row, 10);
}

/// The newest target that was set by then.
std::optional<std::int64_t> target_at(const std::vector<FootageTarget>& targets,
                                      const std::string& animator, const std::string& yyyymmdd) {
  std::optional<std::int64_t> frames;
  std::string from;
  for (const FootageTarget& target : targets) {
    if (target.animator != animator || target.from_yyyymmdd > yyyymmdd) continue;
    if (frames && target.from_yyyymmdd < from) continue;
    frames = target.frames_per_week;
    from = target.from_yyyymmdd;
  }
  return frames;
}

FootageSummary summed(const Rows& rows, const std::vector<FootageTarget>& targets,
                      const std::vector<EpisodeTarget>& episode_targets) {
  std::map<std::pair<std::string, std::string>, FootageGroup> weeks;
  std::map<std::pair<std::string, std::string>, FootageGroup> episodes;
  for (int row = 0; row < rows.size(); ++row) {
    const std::string animator = rows.string(row, 0);
    const std::string date = rows.string(row, 3);
    const std::string week = iso_week_text(date);
    FootageGroup& by_week = weeks[{week, animator}];
    by_week.animator = animator;
    by_week.iso_week = week;
    if (!week.empty()) by_week.frames_target = target_at(targets, animator, date);
    add(by_week, rows, row);
    FootageGroup& by_episode = episodes[{rows.string(row, 1), rows.string(row, 2)}];
    by_episode.project_type = rows.string(row, 1);
    by_episode.episode_title = rows.string(row, 2);
    add(by_episode, rows, row);
  }
  for (const EpisodeTarget& target : episode_targets) {
    FootageGroup& by_episode = episodes[{target.project_type, target.episode_title}];
    by_episode.project_type = target.project_type;
    by_episode.episode_title = target.episode_title;
    by_episode.frames_target = target.frames;
  }
  FootageSummary summary;
  for (auto& [key, group] : weeks) summary.weeks.push_back(std::move(group));
  for (auto& [key, group] : episodes) summary.episodes.push_back(std::move(group));
  return summary;
}

}  // namespace

Store::Async<FootageSummary> Store::summary(std::string from, std::string to) {
  if (!is_week(from)) co_return fail(ErrorCode::invalid_input, "a date YYYYMMDD", {}, "from");
  if (!is_week(to)) co_return fail(ErrorCode::invalid_input, "a date YYYYMMDD", {}, "to");
  CO_TRY(const std::vector<FootageTarget> set, co_await targets());
  std::vector<EpisodeTarget> episodes_set;
  if (from.empty() && to.empty()) {
    CO_TRY(episodes_set, co_await episode_targets());
  }
  const std::string headers = fmt::format("{{\"{}\"}}", fmt::join(planned_headers, "\",\""));
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{select_footage, {parameter(from), parameter(to), parameter(headers)}})));
  co_return summed(rows[0], set, episodes_set);
}

Store::Async<std::vector<FootageTarget>> Store::targets() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{"SELECT animator, from_yyyymmdd, frames_per_week FROM footage_target "
                       "ORDER BY animator, from_yyyymmdd LIMIT 10000",
                       {}})));
  std::vector<FootageTarget> out;
  for (int row = 0; row < rows[0].size(); ++row) {
    out.push_back({rows[0].string(row, 0), rows[0].string(row, 1), rows[0].number(row, 2)});
  }
  co_return std::move(out);
}

Store::AsyncStatus Store::set_target(FootageTarget target) {
  const bool set = target.frames_per_week > 0;
  CO_CHECK_OK(co_await pool_->run(
      together(Statement{"DELETE FROM footage_target WHERE animator = $1 AND from_yyyymmdd = $2",
                         {parameter(target.animator), parameter(target.from_yyyymmdd)}},
               Statement{"INSERT INTO footage_target (animator, from_yyyymmdd, frames_per_week) "
                         "SELECT $1, $2, $3::bigint WHERE $4::boolean",
                         {parameter(target.animator), parameter(target.from_yyyymmdd),
                          parameter(target.frames_per_week), flag_parameter(set)}})));
  co_return Status{};
}

Store::Async<std::vector<EpisodeTarget>> Store::episode_targets() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(
             together(Statement{"SELECT project_type, episode_title, frames FROM episode_target "
                                "ORDER BY project_type, episode_title LIMIT 10000",
                                {}})));
  std::vector<EpisodeTarget> out;
  for (int row = 0; row < rows[0].size(); ++row) {
    out.push_back({rows[0].string(row, 0), rows[0].string(row, 1), rows[0].number(row, 2)});
  }
  co_return std::move(out);
}

Store::AsyncStatus Store::set_episode_target(EpisodeTarget target) {
  const bool set = target.frames > 0;
  CO_CHECK_OK(co_await pool_->run(together(
      Statement{"DELETE FROM episode_target WHERE project_type = $1 AND episode_title = $2",
                {parameter(target.project_type), parameter(target.episode_title)}},
      Statement{"INSERT INTO episode_target (project_type, episode_title, frames) "
                "SELECT $1, $2, $3::bigint WHERE $4::boolean",
                {parameter(target.project_type), parameter(target.episode_title),
                 parameter(target.frames), flag_parameter(set)}},
      // As after a verdict: local asks for what no change tells.
      Statement{"SELECT pg_notify('tracker_link', 'held')", {}})));
  co_return Status{};
}

}  // namespace tracker::store

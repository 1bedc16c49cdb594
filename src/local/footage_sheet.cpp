#include "local/footage_sheet.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "core/time.hpp"

namespace tracker::local {
namespace {

constexpr std::string_view mark =
    "Footage, kept by Animation Tracker: what is typed into the cells below is overwritten";

struct Sum {
  std::int64_t shots = 0;
  std::int64_t frames = 0;
  double seconds = 0;
  std::optional<std::int64_t> planned;
  std::optional<std::int64_t> target;
};

workbook::OwnCell number(std::int64_t value) { return {std::to_string(value), true}; }

workbook::OwnCell number_or_blank(std::optional<std::int64_t> value) {
  return value ? number(*value) : workbook::OwnCell();
}

/// "59.17", as a spreadsheet program shows it.
workbook::OwnCell hundredths(double value) {
  return {fmt::format("{}", std::round(value * 100) / 100), true};
}

using Shot = std::tuple<std::string, std::string, std::string, std::string>;

/// For each shot the row that counts.
std::map<Shot, const merge::MirrorRow*> latest_rows(const merge::Mirror& mirror) {
  std::map<Shot, const merge::MirrorRow*> latest;
  for (const auto& [id, row] : mirror) {  // ids in order: of equal weeks the newest row stays
    const merge::MirrorRow*& kept =
        latest[{at(row.cells, Field::project_type), at(row.cells, Field::episode_title),
                at(row.cells, Field::scene), at(row.cells, Field::shot)}];
    if (kept == nullptr ||
        at(kept->cells, Field::week_yyyymmdd) <= at(row.cells, Field::week_yyyymmdd)) {
      kept = &row;
    }
  }
  return latest;
}

std::string week_of(const Cells& cells) {
  const auto week = iso_week(at(cells, Field::week_yyyymmdd));
  return week ? fmt::format("{:04}-W{:02}", week->year, week->week) : "no week";
}

struct Footage {
  std::set<std::string> weeks;  ///< "no week" sorts behind the numbers
  std::map<std::string, std::map<std::string, std::int64_t>> people;
  std::map<std::pair<std::string, std::string>, Sum> episodes;
};

Footage add_up(const merge::Mirror& mirror, const EpisodePlans& plans) {
  Footage footage;
  for (const auto& [id, row] : mirror) {
    footage.weeks.insert(week_of(row.cells));
    footage.people[at(row.cells, Field::animator)];
  }
  for (const auto& [shot, row] : latest_rows(mirror)) {
    Sum& episode = footage.episodes[{std::get<0>(shot), std::get<1>(shot)}];
    ++episode.shots;
    if (!row->measurement) continue;
    const std::int64_t frames = row->measurement->frames.value_or(0);
    footage.people[at(row->cells, Field::animator)][week_of(row->cells)] += frames;
    episode.frames += frames;
    if (row->measurement->duration) episode.seconds += row->measurement->duration->value();
  }
  for (const EpisodePlan& plan : plans) {
    Sum& episode = footage.episodes[{plan.project_type, plan.episode_title}];
    episode.planned = plan.frames_planned;
    episode.target = plan.frames_target;
  }
  return footage;
}

/// A name, its frames week by week, their sum.
std::vector<workbook::OwnCell> line_of(const std::string& name, const std::set<std::string>& weeks,
                                       const std::map<std::string, std::int64_t>& frames) {
  std::vector<workbook::OwnCell> line{{name}};
  std::int64_t total = 0;
  for (const std::string& week : weeks) {
    const auto found = frames.find(week);
    line.push_back(number(found == frames.end() ? 0 : found->second));
    total += found == frames.end() ? 0 : found->second;
  }
  line.push_back(number(total));
  return line;
}

/// Measured less what it should be: the target, else what is planned.
std::vector<workbook::OwnCell> line_of(const std::pair<std::string, std::string>& episode,
                                       const Sum& sum) {
  const std::optional<std::int64_t> aim = sum.target ? sum.target : sum.planned;
  std::optional<std::int64_t> difference;
  if (aim) difference = sum.frames - *aim;
  return {{episode.first},
          {episode.second},
          number(sum.shots),
          number(sum.frames),
          hundredths(sum.seconds),
          number_or_blank(sum.planned),
          number_or_blank(sum.target),
          number_or_blank(difference)};
}

}  // namespace

workbook::OwnSheet footage_sheet(const merge::Mirror& mirror, const EpisodePlans& plans,
                                 const std::string& name) {
  const Footage footage = add_up(mirror, plans);
  workbook::OwnSheet sheet{name, std::string(mark), {}};
  auto& head = sheet.rows.emplace_back();
  head.push_back({"Animator"});
  for (const std::string& week : footage.weeks) head.push_back({week});
  head.push_back({"Total frames"});
  std::map<std::string, std::int64_t> totals;
  for (const auto& [person, frames] : footage.people) {
    sheet.rows.push_back(line_of(person, footage.weeks, frames));
    for (const auto& [week, count] : frames) totals[week] += count;
  }
  sheet.rows.push_back(line_of("Total", footage.weeks, totals));
  sheet.rows.emplace_back();
  sheet.rows.push_back({{"Project Type"},
                        {"Episode Title"},
                        {"Shots"},
                        {"Frames"},
                        {"Seconds"},
                        {"Planned frames"},
                        {"Target frames"},
                        {"Difference"}});
  for (const auto& [episode, sum] : footage.episodes) {
    sheet.rows.push_back(line_of(episode, sum));
  }
  return sheet;
}

}  // namespace tracker::local

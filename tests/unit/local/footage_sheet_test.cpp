// The footage as a sheet: what stands in its lines.
#include "local/footage_sheet.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace tracker::local {
namespace {

merge::MirrorRow row(std::string animator, std::string episode, std::string shot, std::string week,
                     std::int64_t frames) {
  merge::MirrorRow out;
  at(out.cells, Field::animator) = std::move(animator);
  at(out.cells, Field::project_type) = "Series";
  at(out.cells, Field::episode_title) = std::move(episode);
  at(out.cells, Field::scene) = "1";
  at(out.cells, Field::shot) = std::move(shot);
  at(out.cells, Field::week_yyyymmdd) = std::move(week);
  if (frames > 0) {
    out.measurement.emplace();
    out.measurement->frames = frames;
    out.measurement->duration = Rational{frames, 24};
  }
  return out;
}

std::vector<std::string> lines_of(const workbook::OwnSheet& sheet) {
  std::vector<std::string> lines;
  for (const std::vector<workbook::OwnCell>& cells : sheet.rows) {
    std::string line;
    for (const workbook::OwnCell& cell : cells) line += cell.text + "|";
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(FootageSheet, people_by_weeks_a_shot_once_and_episodes_against_what_is_planned) {
  const merge::Mirror mirror{{1, row("Ana", "E1", "0010", "20251222", 48)},
                             {2, row("Ana", "E1", "0010", "20260105", 60)},  // the same shot, later
                             {3, row("Ben", "E1", "0020", "20260105", 24)},
                             {4, row("Ben", "E2", "0010", "", 0)}};
  const EpisodePlans plans{{"Series", "E1", 100, {}},
                           {"Series", "E2", 50, 240},
                           {"Series", "E3", {}, 480}};  // nobody began it
  EXPECT_EQ(lines_of(footage_sheet(mirror, plans, "Footage")),
            (std::vector<std::string>{
                "Animator|2025-W52|2026-W02|no week|Total frames|",
                "Ana|0|60|0|60|",
                "Ben|0|24|0|24|",
                "Total|0|84|0|84|",
                "",
                "Project Type|Episode Title|Shots|Frames|Seconds|Planned frames|Target frames|"
                "Difference|",
                "Series|E1|2|84|3.5|100||-16|",
                "Series|E2|1|0|0|50|240|-240|",
                "Series|E3|0|0|0||480|-480|",
            }));
}

}  // namespace
}  // namespace tracker::local

#include "sample/production.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace tracker::sample {
namespace {

struct Episode {
  std::string_view title;   ///< as the workbook says it
  std::string_view folder;  ///< as the folder says it
};
constexpr std::array<Episode, 3> episodes{{{"EP01 The Lost Kite", "EP01_The_Lost_Kite"},
                                           {"EP02 Rain On Sunday", "EP02_Rain_On_Sunday"},
                                           {"EP03 Moon Bakery", "EP03_Moon_Bakery"}}};
constexpr std::array<std::string_view, 4> animators{"Mina Okafor", "Tomas Berg", "Aiko Tanaka",
                                                    "Luis Ferreira"};
constexpr std::array<std::string_view, 6> weeks{"20260105", "20260112", "20260119",
                                                "20260126", "20260202", "20260209"};
constexpr int scenes_per_episode = 4;
constexpr int shots_per_scene = 5;

struct Place {
  int episode;  ///< from 0
  int scene;    ///< from 1
  int shot;     ///< from 1
  int number;   ///< of the shot in the production, from 0
};

std::string folder_of(const Place& place, std::string_view task) {
  return fmt::format("{}/SC{:03}/SH{:04}/{}",
                     episodes[static_cast<std::size_t>(place.episode)].folder, place.scene * 10,
                     place.shot * 10, task);
}

std::string name_of(const Place& place, std::string_view task, int version) {
  return fmt::format("ep{:02}_sc{:03}_sh{:04}_{}_v{:03}", place.episode + 1, place.scene * 10,
                     place.shot * 10, task, version);
}

SampleMedia movie(const Place& place, int version, std::string_view extension) {
  SampleMedia media;
  media.path =
      fmt::format("{}/{}.{}", folder_of(place, "anim"), name_of(place, "anim", version), extension);
  media.frames = 30 + (place.number * 13 + version * 5) % 54;
  return media;
}

SampleMedia sequence(const Place& place, int version, std::string_view extension) {
  SampleMedia media;
  media.path = fmt::format("{}/v{:03}/{}.%04d.{}", folder_of(place, "anim"), version,
                           name_of(place, "anim", version), extension);
  media.frames = 16 + place.number % 9;
  return media;
}

/// What most shots have, and the special ones that a producer will meet sooner or later.
std::vector<SampleMedia> media_of(const Place& place) {
  std::vector<SampleMedia> media;
  switch (place.number) {
    case 3:  // a sequence with holes: a render node gave up
      media.push_back(sequence(place, 1, "png"));
      media.push_back(sequence(place, 2, "png"));
      media.back().missing_frames = {1005, 1006, 1010};
      return media;
    case 8:
      media.push_back(sequence(place, 1, "jpg"));
      return media;
    case 14:  // the newest file is broken: the copy was interrupted
      media.push_back(movie(place, 1, "mp4"));
      media.push_back(movie(place, 2, "mp4"));
      media.back().cut_short = true;
      return media;
    case 21:
      media.push_back(sequence(place, 3, "exr"));
      return media;
    case 27:  // exported at another rate than the project's
      media.push_back(movie(place, 1, "mov"));
      media.back().frame_rate = {25, 1};
      return media;
    default:
      break;
  }
  if (place.number % 6 == 5 || place.number >= 54) return media;  // nothing rendered yet
  const int versions = 1 + place.number % 3;
  for (int version = 1; version <= versions; ++version) {
    media.push_back(movie(place, version, place.number % 5 == 4 ? "mov" : "mp4"));
  }
  return media;
}

std::string_view status_of(const Place& place, bool rendered) {
  if (!rendered) return place.number >= 54 ? "Not Started" : "In Progress";
  static constexpr std::array<std::string_view, 4> rendered_states{"Approved", "Review", "Retake",
                                                                   "Approved"};
  return rendered_states[static_cast<std::size_t>(place.number % 4)];
}

std::string_view notes_of(const Place& place) {
  switch (place.number) {
    case 3:
      return "Frames missing after the crash on Friday, please render again";
    case 7:
      return "Hold the last pose 8 frames longer";
    case 14:
      return "Director: eyes to the left before the turn";
    case 19:
      return "Waiting for the new background";
    case 30:
      return "Client loved it";
    default:
      return "";
  }
}

SampleEntry entry_of(const Place& place) {
  SampleEntry entry;
  entry.media = media_of(place);
  const auto animator = static_cast<std::size_t>((place.number * 7 + place.scene) % 4);
  const auto week = static_cast<std::size_t>(place.number * 6 / 60);
  at(entry.cells, Field::animator) = animators[animator];
  at(entry.cells, Field::project_type) = "Series";
  at(entry.cells, Field::episode_title) = episodes[static_cast<std::size_t>(place.episode)].title;
  at(entry.cells, Field::scene) = fmt::format("SC{:03}", place.scene * 10);
  at(entry.cells, Field::shot) = fmt::format("SH{:04}", place.shot * 10);
  at(entry.cells, Field::week_yyyymmdd) = weeks[week];
  at(entry.cells, Field::status) = status_of(place, !entry.media.empty());
  at(entry.cells, Field::notes) = notes_of(place);
  return entry;
}

}  // namespace

std::vector<SampleEntry> production() {
  std::vector<SampleEntry> entries;
  int number = 0;
  for (int episode = 0; episode < static_cast<int>(episodes.size()); ++episode) {
    for (int scene = 1; scene <= scenes_per_episode; ++scene) {
      for (int shot = 1; shot <= shots_per_scene; ++shot) {
        entries.push_back(entry_of({episode, scene, shot, number++}));
      }
    }
  }
  // One shot went on in the next week, with another animator: the same shot in a second row.
  SampleEntry again = entries[16];
  again.media.clear();
  at(again.cells, Field::animator) = animators[1];
  at(again.cells, Field::week_yyyymmdd) = weeks[2];
  at(again.cells, Field::notes) = "Second half taken over by Tomas";
  entries.push_back(std::move(again));
  return entries;
}

}  // namespace tracker::sample

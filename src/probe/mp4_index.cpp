#include "probe/mp4_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "probe/mp4_boxes.hpp"
#include "probe/mp4_samples.hpp"
#include "probe/mp4_track.hpp"
#include "probe/timing.hpp"

namespace tracker::probe {
namespace {

constexpr int boxes_max = 1'000'000;
constexpr std::uint64_t moov_size_max = std::uint64_t{48} << 20;
constexpr const char* index_missing =
    "the movie is not complete: the index that is written last is missing. Its render or copy is "
    "still going on, or stopped early: render or copy it again";
constexpr const char* index_damaged = "the movie's index is damaged: render or copy it again";

/// The file from above: where its head and its fragments are, and whether it ends too early.
struct Layout {
  std::optional<FileBox> moov;
  std::vector<FileBox> fragments;
  bool is_cut = false;
  bool is_picture = false;  ///< heic, avif
};

bool is_picture_brand(FileBytes& bytes, const FileBox& ftyp) {
  static constexpr std::array<std::string_view, 6> brands{"heic", "heix", "mif1",
                                                          "msf1", "avif", "heim"};
  const auto brand = ftyp.size() >= 4 ? bytes.window(ftyp.begin, 4) : fail(ErrorCode::corrupt, "");
  return brand && std::ranges::find(brands, tag(*brand)) != brands.end();
}

Layout layout_of(FileBytes& bytes) {
  Layout layout;
  std::uint64_t at = 0;
  for (int i = 0; i < boxes_max && at + 8 <= bytes.size(); ++i) {
    const auto box = read_file_box(bytes, at);
    if (!box) break;
    layout.is_cut = box->end > bytes.size();
    if (box->type == "ftyp") layout.is_picture = is_picture_brand(bytes, *box);
    if (!layout.is_cut && box->type == "moof") layout.fragments.push_back(*box);
    if (!layout.is_cut && box->type == "moov" && !layout.moov) layout.moov = *box;
    at = box->end;
  }
  return layout;
}

bool shows_pictures(const Track& track) {
  return track.handler == "vide" || track.handler == "pict";
}

/// The track whose pictures count: enabled before disabled, first before second; a track of
/// chapter pictures is none.
const Track* picture_track(const Movie& movie) {
  const Track* best = nullptr;
  for (const Track& track : movie.tracks) {
    const bool is_chapters = std::ranges::any_of(movie.tracks, [&](const Track& other) {
      return std::ranges::find(other.chapters, track.id) != other.chapters.end();
    });
    if (!shows_pictures(track) || is_chapters) continue;
    if (best == nullptr || (track.enabled && !best->enabled)) best = &track;
  }
  return best;
}

Answer without_picture(const Movie& movie) {
  const bool has_sound =
      std::ranges::any_of(movie.tracks, [](const Track& track) { return track.handler == "soun"; });
  Answer answer =
      refused(has_sound ? "no picture in this file, only sound" : "no picture in this file");
  if (has_sound) answer.kind = Kind::audio;
  return answer;
}

bool sound_is_longer(const Movie& movie, const Answer& answer) {
  if (!answer.duration) return false;
  return std::ranges::any_of(movie.tracks, [&](const Track& track) {
    if (track.handler != "soun" || track.timescale <= 0) return false;
    const double seconds =
        static_cast<double>(track.duration) / static_cast<double>(track.timescale);
    return seconds > answer.duration->value() + sound_longer_by;
  });
}

void judge(const Samples& samples, const Layout& layout, Answer& answer) {
  const std::int64_t claimed = *answer.frames;
  const bool frames_lost = samples.present < samples.stored;
  answer.truncated = layout.is_cut || frames_lost;
  if (!answer.truncated) return;
  answer.problem = frames_lost && layout.fragments.empty()
                       ? fmt::format("the file is cut: {} of {} frames are there",
                                     std::min(samples.present, claimed), claimed)
                       : fmt::format("the file is cut: {} frames are there", claimed);
}

void take_timing(Samples samples, const Track& track, Answer& answer) {
  Moments moments;
  moments.shown_at = std::move(samples.shown_at);
  moments.tick = {1, track.timescale};
  moments.last_duration = samples.last_duration;
  moments.rounding = samples.rounding;
  const Timing timing = timing_of(std::move(moments));
  answer.frame_rate = timing.frame_rate;
  answer.duration = timing.duration;
  answer.variable_rate = timing.variable_rate;
}

std::optional<Answer> measured(const Movie& movie, const Track& track, const Layout& layout,
                               Samples samples) {
  if (samples.damaged) return refused(index_damaged);
  if (samples.present == 0 && samples.stored > 0) {
    return refused("the file is cut: no frame of it is there");
  }
  if (samples.shown_at.empty()) return refused("no picture in this file");
  Answer answer;
  answer.kind = Kind::video;
  answer.codec = track.codec;
  answer.width = track.width;
  answer.height = track.height;
  answer.frames = static_cast<std::int64_t>(samples.shown_at.size());
  answer.edit_list = samples.edited;
  if (samples.start.numerator > 0) answer.start = samples.start;
  answer.how = layout.fragments.empty() ? "mp4 index" : "mp4 fragments";
  if (samples.edited) answer.how += " and edit list";
  judge(samples, layout, answer);
  take_timing(std::move(samples), track, answer);
  answer.audio_longer = sound_is_longer(movie, answer);
  return answer;
}

}  // namespace

std::optional<Answer> read_mp4(FileBytes& bytes) {
  const Layout layout = layout_of(bytes);
  if (!layout.moov && layout.is_picture) {
    Answer still;
    still.kind = Kind::still;
    still.frames = 1;
    still.how = "first bytes";
    return still;
  }
  if (!layout.moov) return refused(index_missing);
  if (layout.moov->size() > moov_size_max) return std::nullopt;
  const auto head = bytes.load(layout.moov->begin, static_cast<std::size_t>(layout.moov->size()));
  const auto movie = head ? read_movie(*head) : std::nullopt;
  if (!movie) return refused(index_damaged);
  if (movie->compressed) return std::nullopt;
  const Track* track = picture_track(*movie);
  if (track == nullptr) return without_picture(*movie);
  if (track->elsewhere) return refused("a reference movie: its pictures lie in other files");
  auto samples = shown_samples(bytes, *movie, *track, layout.fragments);
  if (!samples) return std::nullopt;
  return measured(*movie, *track, layout, std::move(*samples));
}

}  // namespace tracker::probe

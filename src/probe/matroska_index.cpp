#include "probe/matroska_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "probe/ebml.hpp"
#include "probe/timing.hpp"

namespace tracker::probe {
namespace {

constexpr std::uint64_t id_segment = 0x18538067;
constexpr std::uint64_t id_info = 0x1549A966;
constexpr std::uint64_t id_timestamp_scale = 0x2AD7B1;
constexpr std::uint64_t id_tracks = 0x1654AE6B;
constexpr std::uint64_t id_track_entry = 0xAE;
constexpr std::uint64_t id_track_number = 0xD7;
constexpr std::uint64_t id_track_type = 0x83;
constexpr std::uint64_t id_flag_default = 0x88;
constexpr std::uint64_t id_flag_enabled = 0xB9;
constexpr std::uint64_t id_codec = 0x86;
constexpr std::uint64_t id_default_duration = 0x23E383;
constexpr std::uint64_t id_encodings = 0x6D80;
constexpr std::uint64_t id_video = 0xE0;
constexpr std::uint64_t id_pixel_width = 0xB0;
constexpr std::uint64_t id_pixel_height = 0xBA;
constexpr std::uint64_t id_cluster = 0x1F43B675;
constexpr std::uint64_t id_timestamp = 0xE7;
constexpr std::uint64_t id_simple_block = 0xA3;
constexpr std::uint64_t id_block_group = 0xA0;
constexpr std::uint64_t id_block = 0xA1;
constexpr std::uint64_t id_block_duration = 0x9B;
/// What may follow a cluster of unknown size: an id of four bytes stands on level 1.
constexpr std::uint64_t id_level_1_min = 0x10000000;

constexpr std::size_t tracks_max = 64;
constexpr std::size_t pictures_max = 1'500'000;
constexpr std::size_t elements_max = 50'000'000;
constexpr std::uint64_t type_video = 1;
constexpr std::uint64_t type_sound = 2;

struct MatroskaTrack {
  std::uint64_t number = 0;
  std::uint64_t type = 0;
  bool is_default = true;
  bool enabled = true;
  bool encoded = false;  ///< compressed or encrypted blocks
  std::string codec;
  std::uint64_t default_duration_ns = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;
};

class MatroskaReader {
 public:
  explicit MatroskaReader(FileBytes& bytes) : bytes_(bytes) { tracks_.reserve(tracks_max); }

  std::optional<Answer> read() {
    const auto head = read_element(bytes_, 0);
    const auto segment =
        head && !head->size_is_unknown() ? read_element(bytes_, head->end) : std::nullopt;
    if (!segment || segment->id != id_segment) return refused(head_damaged);
    cut_ = !segment->size_is_unknown() && segment->end > bytes_.size();
    walk_segment(*segment);
    if (picture_ == nullptr) return without_picture();
    if (not_ours_) return std::nullopt;
    return answer();
  }

 private:
  static constexpr const char* head_damaged =
      "the movie's beginning is damaged: render or copy it again";

  /// Calls `visit` for what stands in [begin, end), until it says false. Gives where it stopped.
  template <class Visit>
  std::uint64_t for_each(std::uint64_t begin, std::uint64_t end, Visit visit) {
    std::uint64_t at = begin;
    end = std::min(end, bytes_.size());
    while (at < end && ++elements_ < elements_max) {
      const auto element = read_element(bytes_, at);
      if (!element) {
        damaged_ = true;
        return bytes_.size();
      }
      if (!visit(*element, at)) return at;
      if (element->end > bytes_.size()) cut_ = cut_ || !element->size_is_unknown();
      at = element->end;
    }
    return at;
  }

  void walk_segment(const Element& segment) {
    std::uint64_t at = segment.begin;
    while (at < std::min(segment.end, bytes_.size()) && elements_ < elements_max && !not_ours_) {
      at = for_each(at, segment.end, [&](const Element& element, std::uint64_t) {
        if (element.id == id_info) read_info(element);
        if (element.id == id_tracks) read_tracks(element);
        if (element.id != id_cluster) return true;
        cluster_ = element;
        return false;
      });
      if (!cluster_) return;
      at = walk_cluster(*cluster_);
      cluster_.reset();
    }
  }

  void read_info(const Element& info) {
    for_each(info.begin, info.end, [&](const Element& element, std::uint64_t) {
      if (element.id == id_timestamp_scale) scale_ns_ = read_unsigned(bytes_, element);
      return true;
    });
  }

  void read_tracks(const Element& tracks) {
    for_each(tracks.begin, tracks.end, [&](const Element& element, std::uint64_t) {
      if (element.id == id_track_entry && tracks_.size() < tracks_max) read_track(element);
      return true;
    });
    for (const MatroskaTrack& track : tracks_) {
      if (track.type != type_video) continue;
      if (picture_ == nullptr || std::pair(track.enabled, track.is_default) >
                                     std::pair(picture_->enabled, picture_->is_default)) {
        picture_ = &track;
      }
    }
    not_ours_ = picture_ != nullptr && picture_->encoded;
  }

  void read_track(const Element& entry) {
    MatroskaTrack& track = tracks_.emplace_back();
    for_each(entry.begin, entry.end, [&](const Element& element, std::uint64_t) {
      const auto number = [&] { return read_unsigned(bytes_, element); };
      if (element.id == id_track_number) track.number = number();
      if (element.id == id_track_type) track.type = number();
      if (element.id == id_flag_default) track.is_default = number() != 0;
      if (element.id == id_flag_enabled) track.enabled = number() != 0;
      if (element.id == id_default_duration) track.default_duration_ns = number();
      if (element.id == id_encodings) track.encoded = true;
      if (element.id == id_codec) track.codec = read_string(bytes_, element);
      if (element.id == id_video) read_size(element, track);
      return true;
    });
  }

  void read_size(const Element& video, MatroskaTrack& track) {
    for_each(video.begin, video.end, [&](const Element& element, std::uint64_t) {
      const auto pixels = static_cast<std::int32_t>(read_unsigned(bytes_, element) & 0xFFFFFF);
      if (element.id == id_pixel_width) track.width = pixels;
      if (element.id == id_pixel_height) track.height = pixels;
      return true;
    });
  }

  /// Gives where the next element of the segment begins.
  std::uint64_t walk_cluster(const Element& cluster) {
    std::int64_t time = 0;
    const std::uint64_t end =
        for_each(cluster.begin, cluster.end, [&](const Element& element, std::uint64_t) {
          if (cluster.size_is_unknown() && element.id >= id_level_1_min) return false;
          if (element.id == id_timestamp) {
            time = static_cast<std::int64_t>(read_unsigned(bytes_, element) & (INT64_MAX >> 8));
          } else if (element.id == id_simple_block) {
            take_block(element, time, 0);
          } else if (element.id == id_block_group) {
            take_group(element, time);
          }
          return !not_ours_;
        });
    if (cluster.size_is_unknown()) return end;
    cut_ = cut_ || cluster.end > bytes_.size();
    return cluster.end;
  }

  void take_group(const Element& group, std::int64_t time) {
    std::optional<Element> block;
    std::int64_t duration = 0;
    for_each(group.begin, group.end, [&](const Element& element, std::uint64_t) {
      if (element.id == id_block) block = element;
      if (element.id == id_block_duration) {
        duration = static_cast<std::int64_t>(read_unsigned(bytes_, element) & 0xFFFFFFFF);
      }
      return true;
    });
    if (block) take_block(*block, time, duration);
  }

  void take_block(const Element& block, std::int64_t cluster_time, std::int64_t duration) {
    constexpr std::uint64_t head_max = 8 + 2 + 1 + 1;
    if (block.end > bytes_.size()) return;  // cut: it can't be decoded
    const auto size = std::min(block.end - block.begin, head_max);
    const auto window = bytes_.window(block.begin, static_cast<std::size_t>(size));
    if (!window) return;
    Cursor cursor(*window);
    const std::uint64_t number = read_variable(cursor).value;
    const auto offset = static_cast<std::int16_t>(cursor.big(2));
    const auto flags = static_cast<unsigned>(cursor.big(1));
    if (!cursor.ok()) return;
    const std::int64_t time = cluster_time + offset;
    if (picture_ != nullptr && number == picture_->number) {
      take_picture(cursor, time, duration, flags);
    } else if (is_sound(number)) {
      sound_end_ = std::max(sound_end_, time);
    }
  }

  void take_picture(Cursor& data, std::int64_t time, std::int64_t duration, unsigned flags) {
    constexpr unsigned lacing = 0x06;
    constexpr unsigned invisible = 0x08;
    if ((flags & lacing) != 0 || moments_.shown_at.size() >= pictures_max) {
      not_ours_ = true;
      return;
    }
    const auto first = static_cast<unsigned>(data.big(1));
    const bool hidden = picture_->codec == "V_VP8" && (first & 0x10) == 0;
    if (!data.ok() || hidden || (flags & invisible) != 0) return;
    moments_.shown_at.push_back(time);
    if (time < latest_ && moments_.shown_at.size() > 1) return;
    latest_ = time;
    moments_.last_duration = duration;
  }

  bool is_sound(std::uint64_t number) const {
    return std::ranges::any_of(tracks_, [&](const MatroskaTrack& track) {
      return track.number == number && track.type == type_sound;
    });
  }

  Answer without_picture() const {
    if (tracks_.empty()) return refused(head_damaged);
    Answer answer = refused("no picture in this file, only sound");
    answer.kind = Kind::audio;
    return answer;
  }

  Answer answer() {
    if (moments_.shown_at.empty()) {
      return refused(cut_ ? "the file is cut: no frame of it is there" : "no picture in this file");
    }
    Answer answer;
    answer.kind = Kind::video;
    answer.codec = picture_->codec;
    answer.width = picture_->width;
    answer.height = picture_->height;
    answer.frames = static_cast<std::int64_t>(moments_.shown_at.size());
    answer.how = "matroska blocks";
    const auto scale = static_cast<std::int64_t>(std::clamp<std::uint64_t>(scale_ns_, 1, 1u << 31));
    moments_.tick = reduced(scale, 1'000'000'000);
    if (picture_->default_duration_ns > 0 && picture_->default_duration_ns < 1u << 31) {
      const auto duration = static_cast<std::int64_t>(picture_->default_duration_ns);
      moments_.declared_rate = reduced(1'000'000'000, duration);
    }
    const std::int64_t first = *std::ranges::min_element(moments_.shown_at);
    const double tick = moments_.tick.value();
    const Timing timing = timing_of(std::move(moments_));
    answer.frame_rate = timing.frame_rate;
    answer.duration = timing.duration;
    answer.variable_rate = timing.variable_rate;
    const double sound = static_cast<double>(sound_end_ - first) * tick;
    answer.audio_longer = timing.duration && sound > timing.duration->value() + sound_longer_by;
    answer.truncated = cut_ || damaged_;
    if (answer.truncated) {
      answer.problem = fmt::format("the file is {}: {} frames are there", cut_ ? "cut" : "damaged",
                                   *answer.frames);
    }
    return answer;
  }

  FileBytes& bytes_;
  std::size_t elements_ = 0;
  bool cut_ = false;
  bool damaged_ = false;
  bool not_ours_ = false;
  std::uint64_t scale_ns_ = 1'000'000;
  std::vector<MatroskaTrack> tracks_;
  const MatroskaTrack* picture_ = nullptr;
  std::optional<Element> cluster_;
  Moments moments_;
  std::int64_t latest_ = 0;
  std::int64_t sound_end_ = 0;
};

}  // namespace

std::optional<Answer> read_matroska(FileBytes& bytes) { return MatroskaReader(bytes).read(); }

}  // namespace tracker::probe

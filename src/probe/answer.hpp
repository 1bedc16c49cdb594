// What measuring one file says, and its JSON form between the worker and us.
//
// Frames are the truth that is stored; the duration is exact and belongs to the picture, not to
// the sound or the container. Plain values; parse_answer() trusts nothing: the worker may have
// been taken over by the file that it read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rational.hpp"
#include "core/result.hpp"

namespace tracker::probe {

/// Part of every cache key: raise it when any answer may change.
inline constexpr int prober_version = 4;

enum class Kind : std::uint8_t {
  video,
  animation,  ///< gif, apng, webp with several pictures
  still,
  audio,  ///< sound without a picture
  none    ///< not media, or unreadable: `problem` says why
};
std::string_view name_of(Kind kind);

struct Answer {
  Kind kind = Kind::none;
  std::optional<std::int64_t> frames;
  std::optional<Rational>
      frame_rate;                    ///< of variable rate: the average; of a still: its sequence's
  std::optional<Rational> duration;  ///< seconds
  std::optional<Rational> start;     ///< seconds before the first picture; nothing = none
  bool variable_rate = false;
  bool edit_list = false;     ///< the file stores more than it shows
  bool truncated = false;     ///< cut: `frames` is what is there, or what the index claims
  bool rate_assumed = false;  ///< the file does not say its rate
  bool audio_longer = false;
  bool crashed = false;  ///< the worker died on this file or did not answer in time
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::string codec;
  std::string how;      ///< which index or count said so
  std::string problem;  ///< a sentence; '' = sound
  bool operator==(const Answer&) const = default;
};

/// Seconds by which sound may outlast the picture: less is its last packet.
inline constexpr double sound_longer_by = 0.1;

/// The problem of a file whose first bytes say nothing that we know.
inline constexpr const char* unknown_format = "not a media file, or its beginning is destroyed";

/// An answer that refuses the file.
Answer refused(std::string problem);

/// The words for what is special: VFR, EDIT_LIST, TRUNCATED, RATE_ASSUMED, STILL, AUDIO_LONGER, and
/// RATE_NOT_PROJECT where the file runs at another rate than `project_rate`.
std::vector<std::string> flags_of(const Answer& answer, Rational project_rate);

std::string to_text(const Answer& answer);
Result<Answer> parse_answer(std::string_view text);

}  // namespace tracker::probe

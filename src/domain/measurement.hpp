// What a shot's newest version measures: frames, rate, duration, and what is wrong with it.
// Plain value; JSON form as in design/product.md §3 ("media" of an entry).
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/rational.hpp"
#include "core/result.hpp"

namespace tracker {

/// Frame numbers, both ends included: 1001-1048 are 48 frames.
struct FrameRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const FrameRange&) const = default;
};

struct Measurement {
  std::optional<std::int64_t> frames;       ///< length, missing frames counted in, handles not
  std::optional<std::int64_t> file_frames;  ///< with the handles; nothing = none were taken off
  std::optional<Rational> frame_rate;       ///< frames per second
  std::optional<Rational> duration;         ///< seconds, exact
  std::optional<Rational> start;  ///< seconds before the first picture, exact; nothing = none
  std::vector<FrameRange> missing_frames;  ///< gaps of an image sequence
  std::string problem;                     ///< a sentence for the producer; '' = none
  std::string path;                        ///< below the media root, '/' between folders
  std::string version;                     ///< "v003" as the file name says it; '' = unversioned
  std::string how;                         ///< which index or count said so
  std::vector<std::string> flags;          ///< VFR, EDIT_LIST, TRUNCATED, RATE_ASSUMED, STILL,
                                           ///< AUDIO_LONGER, RATE_NOT_PROJECT, EMPTY, PINNED
  std::string source_digest;               ///< changes when the file does
  std::string modified_at;                 ///< of the file, or of a sequence's newest; '' = unknown
  std::string measured_at;                 ///< RFC 3339 UTC

  bool operator==(const Measurement&) const = default;
};

boost::json::object to_json(const Measurement& measurement);
Result<Measurement> parse_measurement(const boost::json::value& json);

/// "7, 1010-1014".
std::string to_string(const std::vector<FrameRange>& ranges);

/// Seconds rounded to microseconds, as decimal text without trailing zeros: "5.916667".
std::string seconds_text(Rational duration);

}  // namespace tracker

// The samples of one track of an mp4 or mov file: when each is shown, and whether it is there.
//
// A sample counts as often as the edit list shows it. Bounded: 1.5 million samples (17 hours at
// 24 frames a second, 36 MB). Fragments are read blocking, one "moof" at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/rational.hpp"
#include "probe/mp4_track.hpp"

namespace tracker::probe {

struct Samples {
  std::vector<std::int64_t> shown_at;  ///< in the track's ticks, any order
  std::int64_t last_duration = 0;      ///< ticks of the picture shown last
  std::int64_t rounding = 0;           ///< ticks by which shown_at may be off at the cuts of edits
  std::int64_t stored = 0;             ///< samples that the index speaks of
  std::int64_t present = 0;            ///< of them, those whose bytes the file holds
  Rational start{0, 1};                ///< seconds that empty edits put before the first picture
  bool edited = false;                 ///< the edit list hides or repeats some
  bool damaged = false;                ///< the index contradicts itself
};

/// Nothing where libavformat should count: more samples, or edits that hold or stretch pictures.
std::optional<Samples> shown_samples(FileBytes& bytes, const Movie& movie, const Track& track,
                                     const std::vector<FileBox>& fragments);

}  // namespace tracker::probe

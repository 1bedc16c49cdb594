// The sample production: what a studio's workbook and media folders look like, as data. About 60
// rows over 3 episodes, 4 animators and 6 weeks, and the media files that belong to them.
// Pure: the same list at every call.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/rational.hpp"
#include "domain/fields.hpp"

namespace tracker::sample {

/// One movie file, or one image sequence.
struct SampleMedia {
  std::string path;  ///< below the media root; sequences hold "%04d"
  std::int64_t frames = 24;
  Rational frame_rate{24, 1};
  std::int64_t first_frame = 1001;           ///< sequences
  std::vector<std::int64_t> missing_frames;  ///< sequences: these are not written
  bool cut_short = false;                    ///< only the first part of the file is kept
};

struct SampleEntry {
  Cells cells;
  std::vector<SampleMedia> media;  ///< oldest version first; empty = nothing rendered yet
};

/// In the workbook's order. A shot that stands in two rows has its media at the first of them.
std::vector<SampleEntry> production();

}  // namespace tracker::sample

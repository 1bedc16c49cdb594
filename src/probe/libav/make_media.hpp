// Writes small, real media files: moving drawings in mp4, mov, mkv, or numbered png, jpg, exr.
// For the sample production and for tests. Blocking. Existing files are replaced.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/rational.hpp"
#include "core/result.hpp"

namespace tracker::probe::libav {

struct MediaPlan {
  std::string path;  ///< below the folder; with "%04d": an image sequence
  std::int64_t frames = 24;
  Rational frame_rate{24, 1};
  std::int64_t first_frame = 1001;
  std::vector<std::int64_t> missing_frames;
  bool cut_short = false;  ///< the last two fifths of the file are cut off
};

/// A JSON array of {"path","frames","fps":"24/1","first","missing":[…],"cut":false}.
Result<std::vector<MediaPlan>> parse_plans(std::string_view json);

Status make_media(const std::filesystem::path& folder, const MediaPlan& plan);

}  // namespace tracker::probe::libav

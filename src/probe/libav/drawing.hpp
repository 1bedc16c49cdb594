// One frame of a moving drawing: a sky, a hill, a bouncing ball, and a bar that shows how far the
// shot is. Colors follow from the seed, so that shots look different. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace tracker::probe::libav {

inline constexpr int drawing_width = 160;
inline constexpr int drawing_height = 90;

/// RGB, three bytes a pixel, rows from the top. REQUIRES: 0 <= frame < frames.
std::vector<std::uint8_t> drawing(std::uint32_t seed, std::int64_t frame, std::int64_t frames);

}  // namespace tracker::probe::libav

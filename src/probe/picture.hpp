// How large the worker draws the small pictures of a media file. Plain values.
#pragma once

#include "domain/picture.hpp"

namespace tracker::probe {

inline constexpr int thumbnail_width = 320;
inline constexpr int strip_tile_width = 160;
inline constexpr int strip_tiles = 10;

}  // namespace tracker::probe

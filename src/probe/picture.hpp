// The small pictures that the worker draws of a media file. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tracker::probe {

enum class Picture : std::uint8_t {
  thumbnail,  ///< one picture from the middle, 320 wide
  strip       ///< ten pictures side by side, 160 wide each, from first to last
};

inline constexpr int thumbnail_width = 320;
inline constexpr int strip_tile_width = 160;
inline constexpr int strip_tiles = 10;
inline constexpr std::size_t picture_bytes_max = 120'000;

/// True for what may be kept and shown: JPEG from its first to its last mark, not too large.
constexpr bool is_jpeg(std::string_view bytes) {
  return bytes.size() >= 4 && bytes.size() <= picture_bytes_max && bytes.starts_with("\xFF\xD8") &&
         bytes.ends_with("\xFF\xD9");
}

}  // namespace tracker::probe

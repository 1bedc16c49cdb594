// The small pictures of what was measured: the local role draws them, the cloud keeps and the page
// shows them. A picture's name says of which state of which file it is, so that what stands under a
// name never changes. Plain values; pure functions.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tracker {

enum class Picture : std::uint8_t {
  thumbnail,  ///< one picture from the middle
  strip       ///< ten pictures side by side, from first to last
};
inline constexpr std::array<Picture, 2> all_pictures{Picture::thumbnail, Picture::strip};
inline constexpr std::size_t picture_bytes_max = 120'000;

/// "thumbnail", "strip".
std::string_view name_of(Picture picture);

struct PictureName {
  std::string source_digest;  ///< of the measurement
  Picture picture = Picture::thumbnail;
  auto operator<=>(const PictureName&) const = default;
};

/// "<digest>/strip", and the way back; nothing if it is no such name.
std::string to_string(const PictureName& name);
std::optional<PictureName> parse_picture_name(std::string_view text);

/// True for 32 lower-case hexadecimal digits, as content_digest() makes them.
bool is_source_digest(std::string_view text);

/// True for what may be kept and shown: JPEG from its first to its last mark, not too large.
constexpr bool is_jpeg(std::string_view bytes) {
  return bytes.size() >= 4 && bytes.size() <= picture_bytes_max && bytes.starts_with("\xFF\xD8") &&
         bytes.ends_with("\xFF\xD9");
}

}  // namespace tracker

#include "domain/picture.hpp"

#include <algorithm>

namespace tracker {
namespace {

constexpr std::size_t digest_length = 32;

}  // namespace

std::string_view name_of(Picture picture) {
  return picture == Picture::thumbnail ? "thumbnail" : "strip";
}

std::string to_string(const PictureName& name) {
  return name.source_digest + "/" + std::string(name_of(name.picture));
}

bool is_source_digest(std::string_view text) {
  return text.size() == digest_length && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<PictureName> parse_picture_name(std::string_view text) {
  const std::string_view digest = text.substr(0, digest_length);
  if (!is_source_digest(digest)) return std::nullopt;
  for (const Picture picture : all_pictures) {
    if (text.substr(digest_length) == "/" + std::string(name_of(picture))) {
      return PictureName{std::string(digest), picture};
    }
  }
  return std::nullopt;
}

}  // namespace tracker

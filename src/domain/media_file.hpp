// Files of the media root that no row shows by its name, and what people said of them: values that
// travel between the two roles. JSON form as in docs/protocol.md.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace tracker {

inline constexpr std::size_t unmatched_files_max = 200;
inline constexpr std::size_t media_path_bytes_max = 4096;
inline constexpr std::size_t pins_max = 10'000;

/// A movie or image sequence that fits no row, or several equally well.
struct UnmatchedFile {
  std::string path;               ///< below the media root, canonical; of a sequence its pattern
  std::string kind;               ///< "movie", "animation", "sequence"
  std::vector<std::string> fits;  ///< the shots that it fits equally well, at most 4; often none
  std::string modified_at;        ///< RFC 3339 UTC
  bool operator==(const UnmatchedFile&) const = default;
};

struct UnmatchedFiles {
  std::vector<UnmatchedFile> newest;  ///< newest first, at most unmatched_files_max
  std::int64_t total = 0;
  bool operator==(const UnmatchedFiles&) const = default;
};

/// A person gave a file to a row.
struct MediaPin {
  std::string path;
  std::int64_t entry_id = 0;
  bool operator==(const MediaPin&) const = default;
};

/// All pins there are; `number` is another one when they are.
struct MediaPins {
  std::int64_t number = 0;
  std::vector<MediaPin> pins;
};

/// {"total":7,"files":[…]}
boost::json::object to_json(const UnmatchedFiles& files);
Result<UnmatchedFiles> parse_unmatched_files(const boost::json::value& json);

/// {"number":3,"pins":[{"path","entry_id"}…]}
boost::json::object to_json(const MediaPins& pins);
Result<MediaPins> parse_media_pins(const boost::json::value& json);

}  // namespace tracker

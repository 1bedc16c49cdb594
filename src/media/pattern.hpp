// Templates of media paths, as pipelines write them: what a path says, where the studio says how it
// names things.
//
//   **/{episode}_*/{scene}/{shot}/{task}/*_v{version:03}<.{frame}>.{ext}
//
//   {key}         a part of one folder or file name; shortest first. Keys with a meaning: episode,
//                 scene, shot, task, version, take, frame, week, animator. Any other key is free.
//   {key:regex}   only what the regex matches (RE2 syntax)
//   {key:03}      digits, at least three
//   <…>           may be missing
//   * and **      anything inside of one name, and any folders
//
// The whole path below the media root must match, without regard to case. A key that stands twice
// must say the same both times. Several templates are separated by ';': the first that matches
// decides. Instead of templates a preset may be named: shotgrid, ayon, kitsu, prism, small-studio.
// Matching is bounded: a path that no template fits within 50,000 steps fits none. Immutable; any
// thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tracker::media {

/// What a template says of one path: key -> text as it stands in the path. Only keys that matched.
using Said = std::map<std::string, std::string, std::less<>>;

class Patterns {
 public:
  /// `text`: templates or the name of a preset. The error names the place and what to do.
  static Result<Patterns> parse(std::string_view text);

  /// `path`: below the media root, canonical text. Nothing = no template fits.
  std::optional<Said> match(std::string_view path) const;

 private:
  struct One;
  std::vector<std::shared_ptr<const One>> patterns_;
};

}  // namespace tracker::media

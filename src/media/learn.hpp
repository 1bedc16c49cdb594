// The templates (media/pattern.hpp) that a studio already follows, learned from the media that
// found their shots by their names: to be offered, with how many rows they would serve.
//
// Each path is written as a template: what names the row's episode, scene, shot, week or animator,
// a task, a version, a take or a frame becomes a key, other words stay or become *. What most paths
// of a sample share is tried, and what is told of all rows is what it really does to them.
// Pure functions; safe on any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "media/match.hpp"

namespace tracker::media {

/// An item that a shot shows.
struct Example {
  std::size_t shot = 0;  ///< the matcher's number
  std::string path;      ///< canonical; of a sequence its pattern
};

struct LearnedPattern {
  std::string templates;     ///< for MEDIA_PATTERN
  std::size_t rows = 0;      ///< whose item they give to the same shot, and to no other
  std::size_t rows_all = 0;  ///< rows of all examples
  bool operator==(const LearnedPattern&) const = default;
};

/// Nothing where fewer than five rows or not even half of them are named alike.
std::optional<LearnedPattern> learn_pattern(const Matcher& matcher,
                                            std::span<const Example> examples);

}  // namespace tracker::media

// Small JPEG pictures of a movie, a picture or some frames of a sequence: one from its middle, or a
// strip of ten to scrub over. Runs inside the worker only. Blocking; memory is bounded by the size
// of one picture.
#pragma once

#include <span>
#include <string>

#include "core/result.hpp"
#include "probe/channel.hpp"
#include "probe/picture.hpp"

namespace tracker::probe::libav {

/// JPEG bytes, at most picture_bytes_max. The middle is the key frame nearest to it: that costs a
/// quarter of the exact one, and shows as much. The strip's frames are exact. Several files are
/// pictures side by side, in their order; one that cannot be decoded leaves its place black.
/// REQUIRES: `files` are regular files, open for reading, one at least.
Result<std::string> draw(std::span<const Descriptor> files, Picture picture);

}  // namespace tracker::probe::libav

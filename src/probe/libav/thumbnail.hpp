// Small JPEG pictures of a movie or a picture: one from its middle, or a strip of ten to scrub
// over. Runs inside the worker only. Blocking; memory is bounded by the size of one picture.
#pragma once

#include <string>

#include "core/result.hpp"
#include "probe/picture.hpp"

namespace tracker::probe::libav {

/// JPEG bytes, at most picture_bytes_max. The middle is the key frame nearest to it: that costs a
/// quarter of the exact one, and shows as much. The strip's frames are exact.
/// REQUIRES: `fd` is a regular file, open for reading. The descriptor stays the caller's.
Result<std::string> draw(int fd, Picture picture);

}  // namespace tracker::probe::libav

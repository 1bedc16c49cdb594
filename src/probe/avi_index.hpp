// Counts the pictures of AVI files by their index: the OpenDML index where there is one (files over
// 1 GB), else idx1, else the chunks themselves. The header's number is a wish: a recorder that
// crashed never corrected it. A chunk without bytes is a picture that stands on, and counts.
//
// Bounded: 16 streams, 10 million entries, no recursion. Blocking.
// Sources: Microsoft "AVI RIFF File Reference"; "OpenDML AVI File Format Extensions" 1.02.
#pragma once

#include <optional>

#include "probe/answer.hpp"
#include "probe/file_bytes.hpp"

namespace tracker::probe {

/// REQUIRES: sniff() said avi. Nothing = a case that this reader leaves to libavformat.
std::optional<Answer> read_avi(FileBytes& bytes);

}  // namespace tracker::probe

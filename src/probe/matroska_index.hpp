// What the head of a Matroska or WebM file claims about its own size.
// Pure but for reading `bytes`; bounded: two elements are looked at.
#pragma once

#include "probe/file_bytes.hpp"

namespace tracker::probe {

/// True if the segment is said to be longer than the file is: the end was cut off. A segment of
/// unknown size (written to a pipe) claims nothing.
bool matroska_is_cut(FileBytes& bytes);

}  // namespace tracker::probe

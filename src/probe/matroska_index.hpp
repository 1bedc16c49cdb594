// Counts the pictures of Matroska and WebM files by the heads of their blocks: no header says the
// number of frames, and the header's duration is that of the longest track. Nothing is decoded, and
// no block is read: a file of 1 GB costs a few KiB a frame at most.
//
// Pictures that are decoded but never shown (VP8 alt-ref) are left out. A file that ends inside of
// an element is cut: what is there counts. Bounded: 64 tracks, 1.5 million pictures, 50 million
// elements; no recursion, no allocation that a length in the file decides. Blocking.
// RFC 9559 (Matroska), RFC 8794 (EBML), RFC 6386 section 9.1 (VP8).
#pragma once

#include <optional>

#include "probe/answer.hpp"
#include "probe/file_bytes.hpp"

namespace tracker::probe {

/// REQUIRES: sniff() said matroska. Nothing = a case that this reader leaves to libavformat (laced
/// or encoded picture blocks).
std::optional<Answer> read_matroska(FileBytes& bytes);

}  // namespace tracker::probe

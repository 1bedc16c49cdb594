// Reads the index of mp4 and mov files: how many pictures are shown, for how long, and whether the
// file holds them. Nothing is decoded.
//
// Right where headers mislead: edit lists (96 stored, 48 shown), fragments (the count stands in
// every moof), sound that is longer than the picture, and a file that ends before its samples do.
// Bounded: moov <= 48 MiB, a moof <= 16 MiB, 64 tracks, 1.5 million samples, 1 million boxes at the
// top; every count is checked against the bytes that are there; no recursion. Blocking.
#pragma once

#include <optional>

#include "probe/answer.hpp"
#include "probe/file_bytes.hpp"

namespace tracker::probe {

/// REQUIRES: sniff() said mp4. Nothing = a case that this reader leaves to libavformat.
std::optional<Answer> read_mp4(FileBytes& bytes);

}  // namespace tracker::probe

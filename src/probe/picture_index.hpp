// Reads the own structure of pictures that may move: png and apng, gif, webp. Every block is
// looked at, no pixel is decoded. A file with one picture is a still.
//
// Bounded: at most 10 million blocks, no recursion, no allocation that the file decides.
// Garbage gives an Answer that refuses it. Blocking; reads only from `bytes`.
#pragma once

#include "probe/answer.hpp"
#include "probe/file_bytes.hpp"

namespace tracker::probe {

Answer read_png(FileBytes& bytes);
/// Delays are whole hundredths of a second: the duration is their sum, as the file says it.
Answer read_gif(FileBytes& bytes);
Answer read_webp(FileBytes& bytes);

}  // namespace tracker::probe

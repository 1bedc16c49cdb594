// Measures a file by its own index, without decoding and without libav*: sniffs the format and asks
// the reader of that format. Blocking; bounded as the readers are; any garbage gives an answer.
#pragma once

#include <optional>

#include "probe/answer.hpp"
#include "probe/file_bytes.hpp"
#include "probe/sniff.hpp"

namespace tracker::probe {

/// `format`: what sniff() said. Nothing = libavformat has to count.
std::optional<Answer> read_index(FileBytes& bytes, Format format);

}  // namespace tracker::probe

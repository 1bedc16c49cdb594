// The frame rate that a picture of a sequence states in its head: framesPerSecond of an EXR, the
// film or television header of a DPX. Reads at most 64 KiB; a head that is cut or nonsense states
// none.
#pragma once

#include <optional>

#include "core/rational.hpp"
#include "probe/file_bytes.hpp"

namespace tracker::probe {

std::optional<Rational> stated_rate(FileBytes& bytes);

}  // namespace tracker::probe

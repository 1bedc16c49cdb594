// What speaks against calling a shot finished, whatever its status says: delivered against claimed.
// Facts about the file that counts, each with a word of the API. Pure function; safe on any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "domain/entry.hpp"

namespace tracker {

enum class Doubt : std::uint8_t {
  no_file,            ///< nothing was delivered
  older_than_retake,  ///< the file was last written before the shot was sent back last
  empty,              ///< the file, or a frame of the sequence, holds nothing (or next to nothing)
  gaps,               ///< frames are missing
  wrong_rate,         ///< runs at another rate than the project
  problem             ///< anything else that the measurement's problem says
};

/// "no_file", "older_than_retake", …
std::string_view name_of(Doubt doubt);

/// In the order above, each once. Of a file without a time of its own, the measurement's counts.
std::vector<Doubt> doubts_about(const Entry& entry);

}  // namespace tracker

// One local server per data folder: an advisory lock that the system drops when its holder ends.
// Blocks for up to 2 s: so long a holder that was killed may take to end.
#pragma once

#include <filesystem>

#include "core/result.hpp"
#include "disk/file.hpp"

namespace tracker::disk {

/// Held for the life of the descriptor. `busy`, with the holder's pid, if another process has it.
Result<Descriptor> lock_data_folder(const std::filesystem::path& folder);

}  // namespace tracker::disk

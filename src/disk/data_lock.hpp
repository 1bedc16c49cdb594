// One local server per data folder: an advisory lock that the system drops when its holder ends.
// Blocks only for the moment of the call.
#pragma once

#include <filesystem>

#include "core/result.hpp"
#include "disk/file.hpp"

namespace tracker::disk {

/// Held for the life of the descriptor. `busy`, with the holder's pid, if another process has it.
Result<Descriptor> lock_data_folder(const std::filesystem::path& folder);

}  // namespace tracker::disk

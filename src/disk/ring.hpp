// Copies of the workbook that we keep: the ring of displaced versions (always on) and the dated
// backups (AUTO_BACKUP_EXCEL). Every function blocks: use it on the disk thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace tracker::disk {

inline constexpr std::size_t ring_length = 20;
/// A displaced file is watched so long for saves that come late, and kept however many follow it …
inline constexpr std::chrono::seconds displaced_watch_time{60};
inline constexpr std::size_t ring_length_max = 100;  ///< … up to these

/// W6: moves a displaced file into `ring`; the oldest beyond ring_length go, but for
/// those that are watched. Returns its new path.
Result<std::filesystem::path> keep_displaced(const std::filesystem::path& displaced,
                                             const std::filesystem::path& ring, Time now);

/// A copy of `kept` beside the workbook, "<name> (refused 20261122T093005.123Z).xlsx": what a
/// producer did not approve. Gives its path.
Result<std::filesystem::path> keep_refused(const std::filesystem::path& kept,
                                           const std::filesystem::path& workbook, Time now);

/// A dated copy in `folder`; the newest 50 and one a day for 30 days are kept.
Status back_up(const std::filesystem::path& workbook, const std::filesystem::path& folder,
               Time now);

}  // namespace tracker::disk

// Putting a new version of the workbook in place without ever destroying one that nobody has read
// (design/sync.md §5, W1–W4 and W6).
//
// The new bytes are written beside the workbook, then both names are exchanged in one step of the
// file system; what was displaced is compared with what we expected. If a human saved in between,
// their file is exchanged back at once. A displaced file goes into a ring of the last 20, never
// into nothing. Every function blocks: use it on the disk thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "disk/file.hpp"

namespace tracker::disk {

inline constexpr std::uint64_t workbook_bytes_max = 512ULL * 1024 * 1024;

/// ".animation-tracker-<random>.tmp": hidden, and never taken for a workbook.
std::string temp_name(std::string_view random);
bool is_temp_name(std::string_view name);

/// W1: `bytes` lie durably beside `workbook` under `name`, with the workbook's owner, mode and
/// extended attributes.
Status place_temp(const std::filesystem::path& workbook, const std::string& name,
                  std::string_view bytes);

enum class ExchangeOutcome {
  written,    ///< the new bytes are the workbook; the expected old one lies under the temp name
  displaced,  ///< a human saved in the window; their file is the workbook (again)
  gone        ///< the workbook's name is missing: a save is in progress
};

/// W3 and W4. After `displaced` the temp name may hold what was the workbook for a moment, a save
/// or `name` itself: it is to be kept, because a program may be writing into it.
Result<ExchangeOutcome> exchange(const std::filesystem::path& workbook, const std::string& name,
                                 const std::string& old_digest, const std::string& new_digest);

/// After a crash on a file system that can't exchange names: the workbook that had stepped aside
/// gets its name again, unless somebody else has it. True if that happened.
bool put_back_aside(const std::filesystem::path& workbook);

/// Digest of a file's content; not_found if it is missing.
Result<std::string> digest_of(const std::filesystem::path& path);

}  // namespace tracker::disk

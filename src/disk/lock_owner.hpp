// Who has the workbook open? Excel's "~$name.xlsx" and LibreOffice's ".~lock.name.xlsx#" say so
// (design/workbook.md K1–K3). A lock is courtesy, not proof: correctness never rests on it. Every
// function blocks: use it on the disk thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace tracker::disk {

/// Where the locks of one workbook would be, for those who ask often.
struct LockPaths {
  explicit LockPaths(const std::filesystem::path& workbook);

  std::filesystem::path excel;
  std::filesystem::path excel_short;  ///< Excel leaves out the first two letters of long names
  std::filesystem::path libreoffice;
};

/// The owner's name, "somebody" where the file does not tell; '' = nobody. Locks older than 12 h
/// are left-overs of a crash.
std::string open_by(const LockPaths& locks, Time now);

/// True for the names that lock files of `workbook_name` have.
bool is_lock_name(std::string_view name, std::string_view workbook_name);

/// The owner in the bytes of "~$name.xlsx": 165 bytes, UTF-16LE name behind its length at 55.
std::string owner_in_excel_lock(std::string_view bytes);

/// The owner in ",root,host,22.11.2026 09:13,file:///…;": the name, or the system user.
std::string owner_in_libreoffice_lock(std::string_view text);

}  // namespace tracker::disk

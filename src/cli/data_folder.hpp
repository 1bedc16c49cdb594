// The folder of `demo` (product contract §1): who holds it, its files, and what a role that is
// started alone finds in it.
//
// Everything in it but pg/ is 0600 or 0700 and ours; the folder itself is 0700, or 0711 as root,
// since PostgreSQL's own user must pass. Files are replaced whole (written beside, then renamed),
// so a reader never sees half of one. Main thread only.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/result.hpp"

namespace tracker::cli {

/// Replaces a file whole; mode 0600, on disk when this returns.
Status write_private_file(const std::filesystem::path& file, const std::string& text);

/// The whole file; Error not_found if there is none, too_large over `bytes_max`.
Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max = 1 << 20);

/// Makes the folder if there is none and sets its mode. The path that comes back is canonical.
Result<std::filesystem::path> open_data_folder(const std::filesystem::path& folder);

/// One sentence if less than `bytes` are free on the disk of `folder`.
Status check_free_space(const std::filesystem::path& folder, std::uint64_t bytes);

/// Held as long as the object lives; a second holder is an error that names the first one's pid.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::filesystem::path& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int handle) : handle_(handle) {}
  int handle_ = -1;
};

/// DIR/run.json: how scripts find the running demo.
struct RunFile {
  std::string cloud_url;
  std::string local_url;
  std::string api_token;
  std::string local_api_key;
  std::string webhook_secret;
  std::string workbook;
  std::string media_root;
  std::string database_url;
  std::map<std::string, pid_t> pids;  ///< cloud, local, postgres
};

Status write_run_file(const std::filesystem::path& folder, const RunFile& run);
/// Error not_found where no demo has written one.
Result<RunFile> read_run_file(const std::filesystem::path& folder);
void remove_run_file(const std::filesystem::path& folder);
/// Changes one pid in DIR/run.json, if there is one; safe against another process that does so.
Status set_pid_in_run_file(const std::filesystem::path& folder, const std::string& role, pid_t pid);

/// The settings of one role, as `ROLE --data DIR` reads them: DIR/ROLE.env.
std::filesystem::path role_file(const std::filesystem::path& folder, const std::string& role);

}  // namespace tracker::cli

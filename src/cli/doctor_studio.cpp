// doctor on the studio's machine: workbook, folders, media program, disk, inotify.
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "cli/doctor.hpp"
#include "cli/process.hpp"
#include "disk/file.hpp"
#include "disk/lock_owner.hpp"
#include "disk/media_scan.hpp"
#include "media/pattern.hpp"
#include "workbook/document.hpp"

namespace tracker::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t megabyte = 1024 * 1024;

Finding check_workbook(const local::Settings& settings) {
  constexpr std::uint64_t workbook_bytes_max = 512 * megabyte;
  const std::string name = settings.workbook.string();
  auto content = disk::read_file(settings.workbook, workbook_bytes_max);
  if (!content) {
    return wrong("workbook", fmt::format("{} cannot be read: {}", name, content.error().what),
                 "check WORKBOOK, and that the share is mounted and this user may read the file");
  }
  const auto document = workbook::Document::open(std::move(content->bytes));
  if (!document) {
    return wrong("workbook", fmt::format("{}: {}", name, document.error().what),
                 document.error().hint);
  }
  const auto image = document->image({settings.workbook_sheet, settings.workbook_id_column});
  if (!image) {
    return wrong("workbook", fmt::format("{}: {}", name, describe(image.error())),
                 "check WORKBOOK_SHEET, and that the sheet has a row of column headings");
  }
  return well("workbook", fmt::format("{}: {} rows in sheet \"{}\"", name, image->rows.size(),
                                      image->sheet_name));
}

Finding check_workbook_lock(const local::Settings& settings) {
  const auto now =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  const std::string owner = disk::open_by(disk::LockPaths(settings.workbook), now);
  if (owner.empty()) return well("workbook open", "by nobody");
  return hint("workbook open", fmt::format("by {}", owner),
              "changes from the page wait until it is closed there");
}

Finding check_folder(const fs::path& folder, std::string_view purpose, int mode,
                     std::string_view variable) {
  const std::string name = fmt::format("folder of {}", purpose);
  fs::path existing = folder.empty() ? fs::path(".") : folder;
  // A folder that is made at the first start must be possible to make.
  while ((mode & W_OK) != 0 && !fs::exists(existing) && existing.has_parent_path()) {
    existing = existing.parent_path();
  }
  if (access(existing.c_str(), mode) == 0) return well(name, folder.string());
  return wrong(name, fmt::format("{}: {}", folder.string(), std::strerror(errno)),
               fmt::format("give this user the right to {} it, or change {}",
                           (mode & W_OK) != 0 ? "write in" : "read", variable));
}

Finding check_media_program(const local::Settings& settings) {
  const std::string path = settings.media_program.string();
  if (access(path.c_str(), X_OK) != 0) {
    return wrong("media program", fmt::format("{}: {}", path, std::strerror(errno)),
                 "install animation-tracker-media beside animation-tracker");
  }
  Command command;
  command.words = {path, "--check"};
  const auto finished = run_process(command, std::chrono::seconds(10));
  if (!finished || finished->exit_code != 0) {
    return wrong("media program",
                 finished ? fmt::format("{} does not start: {}", path, finished->output)
                          : describe(finished.error()),
                 "install the FFmpeg libraries (scripts/install-deps.sh has the list)");
  }
  std::string said = finished->output;
  while (said.ends_with('\n')) said.pop_back();
  return well("media program", said);
}

Finding check_media_pattern(const local::Settings& settings) {
  const auto patterns = media::Patterns::parse(settings.media_pattern);
  if (patterns) return well("media pattern", settings.media_pattern);
  return wrong("media pattern", patterns.error().what, patterns.error().hint);
}

Finding say_handles(const local::Settings& settings) {
  return well("media handles", fmt::format("{} frames at each end of a shot's file do not count",
                                           settings.media_handles));
}

Finding check_disk(const fs::path& folder) {
  constexpr std::uint64_t wanted_bytes = 200 * megabyte;
  fs::path existing = folder;
  while (!fs::exists(existing) && existing.has_parent_path()) existing = existing.parent_path();
  struct statvfs disk{};
  if (statvfs(existing.c_str(), &disk) != 0) {
    return wrong("free disk", fmt::format("{}: {}", folder.string(), std::strerror(errno)),
                 "check DATA_DIR");
  }
  const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::string what = fmt::format("{} MB in {}", free_bytes / megabyte, folder.string());
  if (free_bytes >= wanted_bytes) return well("free disk", what);
  return wrong("free disk", what, "free at least 200 MB: backups and the journal are kept there");
}

/// Folders that a watch is set on; 1 where the root cannot be read, which another finding says.
std::size_t count_folders(const fs::path& media_root) {
  const auto root = disk::MediaRoot::open(media_root);
  const auto tree = root ? root->scan({}, {.names_only = true}) : std::unexpected(root.error());
  return tree ? tree->folders.size() : 1;
}

Finding check_inotify(const local::Settings& settings) {
  constexpr std::string_view setting = "fs.inotify.max_user_";
  const int handle = inotify_init1(IN_CLOEXEC);
  if (handle < 0) {
    return wrong("inotify", fmt::format("no watch can be opened: {}", std::strerror(errno)),
                 fmt::format("run: sysctl {}instances=512", setting));
  }
  close(handle);
  std::uint64_t watches = 0;
  std::ifstream("/proc/sys/fs/inotify/max_user_watches") >> watches;
  const std::uint64_t folders =
      settings.media_root.empty() ? 1 : count_folders(settings.media_root);
  const std::string what = fmt::format("{} folders to watch, {} allowed", folders, watches);
  if (folders * 10 <= watches * 9) return well("inotify", what);
  return wrong(
      "inotify", what,
      fmt::format("run: sysctl {}watches={}", setting, std::max(folders * 2, watches * 4)));
}

}  // namespace

void check_studio(const local::Settings& settings, Findings& findings) {
  findings.push_back(check_workbook(settings));
  findings.push_back(check_workbook_lock(settings));
  findings.push_back(check_folder(settings.workbook.parent_path(), "the workbook",
                                  R_OK | W_OK | X_OK, "WORKBOOK"));
  findings.push_back(
      check_folder(settings.data_dir, "the journal", R_OK | W_OK | X_OK, "DATA_DIR"));
  if (settings.media_root.empty()) {
    findings.push_back(hint("folder of the media", "none is configured",
                            "set MEDIA_ROOT to have durations measured"));
  } else {
    findings.push_back(check_folder(settings.media_root, "the media", R_OK | X_OK, "MEDIA_ROOT"));
    findings.push_back(check_media_program(settings));
    if (!settings.media_pattern.empty()) findings.push_back(check_media_pattern(settings));
    if (settings.media_handles > 0) findings.push_back(say_handles(settings));
  }
  findings.push_back(check_disk(settings.data_dir));
  findings.push_back(check_inotify(settings));
}

}  // namespace tracker::cli

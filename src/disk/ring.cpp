#include "disk/ring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <vector>

#include "disk/file.hpp"

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t backups_newest_kept = 50;
constexpr std::size_t backup_days_kept = 30;

/// "20260105T093012.123Z": sorts by time, and no file system minds it.
std::string name_stamp(Time now) {
  std::string text = format_rfc3339(now);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::vector<fs::path> files_newest_first(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    if (entry.is_regular_file(problem)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end(), std::greater<>());
  return files;
}

Status make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return system_error("can't create the folder", folder, problem.value());
  return {};
}

}  // namespace

Result<fs::path> keep_displaced(const fs::path& displaced, const fs::path& ring, Time now) {
  CHECK_OK(make_folder(ring));
  std::error_code problem;
  fs::path kept = ring / (name_stamp(now) + ".xlsx");
  for (int twin = 2; fs::exists(kept, problem); ++twin) {  // two in one millisecond
    kept = ring / (name_stamp(now) + "_" + std::to_string(twin) + ".xlsx");
  }
  fs::rename(displaced, kept, problem);
  if (problem) {  // another file system
    fs::copy_file(displaced, kept, fs::copy_options::overwrite_existing, problem);
    if (problem) return system_error("can't keep the displaced workbook", kept, problem.value());
    fs::remove(displaced, problem);
  }
  const auto files = files_newest_first(ring);
  // A program may still be writing into what was displaced a moment ago.
  const std::string watched_since = name_stamp(now - displaced_watch_time);
  for (std::size_t i = ring_length; i < files.size(); ++i) {
    const bool watched = files[i].filename().string() >= watched_since;
    if (!watched || i >= ring_length_max) fs::remove(files[i], problem);
  }
  return kept;
}

Result<fs::path> keep_refused(const fs::path& kept, const fs::path& workbook, Time now) {
  const fs::path copy =
      workbook.parent_path() / fmt::format("{} (refused {}){}", workbook.stem().string(),
                                           name_stamp(now), workbook.extension().string());
  std::error_code problem;
  fs::copy_file(kept, copy, fs::copy_options::overwrite_existing, problem);
  if (problem) return system_error("can't keep what was refused", copy, problem.value());
  return copy;
}

Status back_up(const fs::path& workbook, const fs::path& folder, Time now) {
  CHECK_OK(make_folder(folder));
  std::error_code problem;
  const fs::path copy = folder / (name_stamp(now) + "_" + workbook.filename().string());
  fs::copy_file(workbook, copy, fs::copy_options::overwrite_existing, problem);
  if (problem) return system_error("can't back up the workbook", copy, problem.value());
  const auto files = files_newest_first(folder);
  std::map<std::string, fs::path> newest_of_day;
  for (const fs::path& file : files) {
    newest_of_day.emplace(file.filename().string().substr(0, 8), file);
  }
  std::vector<fs::path> daily;
  for (const auto& [day, file] : newest_of_day) daily.push_back(file);
  std::sort(daily.begin(), daily.end(), std::greater<>());
  if (daily.size() > backup_days_kept) daily.resize(backup_days_kept);
  for (std::size_t i = backups_newest_kept; i < files.size(); ++i) {
    if (std::find(daily.begin(), daily.end(), files[i]) == daily.end()) {
      fs::remove(files[i], problem);
    }
  }
  return {};
}

}  // namespace tracker::disk

#include "cli/postgres_files.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace tracker::cli {
namespace {

constexpr std::string_view socket_folder_start = "/tmp/animation-tracker-";

std::optional<int> number_of(const std::string& text) {
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

bool may_enter(const struct stat& folder, const SystemUser& user) {
  if (folder.st_uid == user.uid) return (folder.st_mode & S_IXUSR) != 0;
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  if (getgrouplist(user.name.c_str(), user.gid, groups.data(), &count) < 0) count = 64;
  groups.resize(static_cast<std::size_t>(std::min(count, 64)));
  if (std::ranges::find(groups, folder.st_gid) != groups.end()) {
    return (folder.st_mode & S_IXGRP) != 0;
  }
  return (folder.st_mode & S_IXOTH) != 0;
}

/// The line PostgreSQL means: the last FATAL, PANIC or error of what it said.
std::string main_line(std::string_view said) {
  std::string best;
  while (!said.empty()) {
    const std::size_t end = said.find('\n');
    const std::string_view line = said.substr(0, end);
    said.remove_prefix(end == std::string_view::npos ? said.size() : end + 1);
    // Without the time and the process that stand before it.
    for (const std::string_view start : {"FATAL:", "PANIC:", "error:", "could not"}) {
      const std::size_t found = line.find(start);
      if (found == std::string_view::npos) continue;
      const std::size_t text =
          start.ends_with(':') ? line.find_first_not_of(' ', found + start.size()) : found;
      best = line.substr(std::min(text, line.size()));
      break;
    }
  }
  return best;
}

}  // namespace

Result<std::filesystem::path> find_postgres_programs(const std::filesystem::path& cluster) {
  constexpr int version_min = 15;
  std::string made_by;
  std::getline(std::ifstream(cluster / "PG_VERSION") >> std::ws, made_by);
  int best = 0;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", failed)) {
    const auto version = number_of(entry.path().filename().string());
    if (!version || *version < version_min) continue;
    if (!std::filesystem::exists(entry.path() / "bin" / "initdb", failed)) continue;
    if (!made_by.empty() && std::to_string(*version) != made_by) continue;
    best = std::max(best, *version);
  }
  if (best == 0) {
    const std::string package = "postgresql-" + (made_by.empty() ? "15" : made_by);
    return fail(ErrorCode::not_found,
                fmt::format("the PostgreSQL server (package {}) is not installed", package),
                fmt::format("run: apt-get install {}, or set DATABASE_URL to a database that runs "
                            "elsewhere",
                            package));
  }
  return std::filesystem::path("/usr/lib/postgresql") / std::to_string(best) / "bin";
}

std::optional<std::filesystem::path> first_closed_folder(const std::filesystem::path& folder,
                                                         const SystemUser& user) {
  std::filesystem::path so_far;
  std::error_code failed;
  for (const auto& part : std::filesystem::canonical(folder, failed)) {
    so_far /= part;
    struct stat facts{};
    if (stat(so_far.c_str(), &facts) != 0 || !may_enter(facts, user)) return so_far;
  }
  return std::nullopt;
}

bool has_user_name() { return getpwuid(geteuid()) != nullptr; }

bool is_postgres_of(pid_t pid, const std::filesystem::path& cluster) {
  std::ifstream file(fmt::format("/proc/{}/cmdline", pid), std::ios::binary);
  const std::string words((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return words.contains("postgres") && words.contains(cluster.string());
}

void remove_old_socket_folder(const std::filesystem::path& note) {
  std::ifstream file(note);
  std::string folder;
  std::getline(file, folder);
  std::error_code failed;
  std::filesystem::remove(note, failed);
  if (!folder.starts_with(socket_folder_start) || folder.contains("..")) return;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (entry.path().filename().string().starts_with(".s.PGSQL.")) {
      std::error_code ignored;
      std::filesystem::remove(entry.path(), ignored);
    }
  }
  std::filesystem::remove(folder, failed);
}

std::string end_of_file(const std::filesystem::path& file) {
  constexpr std::streamoff bytes_max = 4096;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return {};
  const std::streamoff size = in.tellg();
  in.seekg(std::max<std::streamoff>(0, size - bytes_max));
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Error postgres_failure(std::string_view what, std::string_view said) {
  if (said.contains("No space left on device")) {
    return {ErrorCode::io,
            "there is no disk space left for the database",
            "free some space, or choose another folder with --data",
            {}};
  }
  if (said.contains("Address already in use") || said.contains("could not bind")) {
    return {ErrorCode::busy,
            "the port of --db-port is taken by another program",
            "choose another one",
            {}};
  }
  const std::string line = main_line(said);
  return {ErrorCode::unavailable,
          line.empty() ? std::string(what) : fmt::format("{}: {}", what, line),
          "see postgres.log in the data folder",
          {}};
}

std::vector<std::string> postgres_environment() {
  return {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC"};
}

}  // namespace tracker::cli

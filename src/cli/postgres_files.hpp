// What lies on disk around a private PostgreSQL: its programs, the folders on the way to it, the
// socket folder it left, and what its log says in a user's words. Main thread only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/process.hpp"
#include "core/result.hpp"

namespace tracker::cli {

/// The folder of initdb and postgres: of the version that made `cluster` if there is one, else the
/// newest installed. Error not_found names the package to install.
Result<std::filesystem::path> find_postgres_programs(const std::filesystem::path& cluster);

/// The first folder on the way to `folder` (itself included) that `user` may not enter, if any.
std::optional<std::filesystem::path> first_closed_folder(const std::filesystem::path& folder,
                                                         const SystemUser& user);

/// True if the user we run as has a name, which initdb insists on.
bool has_user_name();

/// True if process `pid` is a PostgreSQL server that was started on `cluster`: numbers are used
/// again after a reboot.
bool is_postgres_of(pid_t pid, const std::filesystem::path& cluster);

/// Removes the socket folder that is written in `note`, and the note. Only one of our own making.
void remove_old_socket_folder(const std::filesystem::path& note);

/// The last lines of a log, at most 4 KiB; '' if there is none.
std::string end_of_file(const std::filesystem::path& file);

/// One sentence out of what PostgreSQL said, with what to do where we know.
Error postgres_failure(std::string_view what, std::string_view said);

/// The environment its programs run with: nothing of ours, above all no PG* variable.
std::vector<std::string> postgres_environment();

}  // namespace tracker::cli

// What `doctor` looks at: each check gives one finding in plain words, with what to do where it is
// wrong. Blocking, each with a time limit; changes nothing anywhere. Any thread.
#pragma once

#include <string>

#include "cli/environment.hpp"
#include "cloud/settings.hpp"
#include "local/finding.hpp"
#include "local/settings.hpp"

namespace tracker::cli {

using local::Finding;
using local::Findings;
using local::Verdict;

Finding well(std::string check, std::string what);
Finding hint(std::string check, std::string what, std::string to_do);
Finding wrong(std::string check, std::string what, std::string to_do);

/// Database and schema of the cloud role; the tunnel where one is configured.
void check_cloud(const cloud::Settings& settings, Findings& findings);

/// Cloud reachable, keys, clock; workbook, folders, media program, disk, inotify.
void check_local(const local::Settings& settings, Findings& findings);

/// The part of check_local that looks at this machine only.
void check_studio(const local::Settings& settings, Findings& findings);

}  // namespace tracker::cli

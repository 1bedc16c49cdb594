// What `doctor` looks at: each check gives one finding in plain words, with what to do where it is
// wrong. Blocking, each with a time limit; changes nothing anywhere. Main thread only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "cloud/settings.hpp"
#include "local/settings.hpp"

namespace tracker::cli {

enum class Verdict { ok, hint, wrong };

struct Finding {
  std::string check;  ///< "database"
  Verdict verdict = Verdict::ok;
  std::string what;   ///< what was seen
  std::string to_do;  ///< '' when all is well
};

using Findings = std::vector<Finding>;

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

// The settings of both roles, read from an Environment and checked: what a role is given is
// complete and well-formed, or the start fails with one sentence. Main thread only.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "cli/environment.hpp"
#include "cloud/settings.hpp"
#include "core/log.hpp"
#include "local/settings.hpp"

namespace tracker::cli {

/// Adds what was translated in DATABASE_URL to `warnings`.
Result<cloud::Settings> cloud_settings(const Environment& environment,
                                       std::vector<std::string>& warnings);

/// `program_path`: this executable; the media program lies beside it.
Result<local::Settings> local_settings(const Environment& environment,
                                       const std::filesystem::path& program_path);

struct LogSettings {
  log::Format format = log::Format::text;
  log::Level level = log::Level::info;
};

/// LOG_FORMAT (default: text on a terminal, else json), LOG_LEVEL.
Result<LogSettings> log_settings(const Environment& environment);

}  // namespace tracker::cli

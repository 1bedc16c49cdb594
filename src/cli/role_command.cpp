#include "cli/role_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/data_folder.hpp"
#include "cli/process.hpp"
#include "cli/settings.hpp"

namespace tracker::cli {

RoleCommand::RoleCommand(CLI::App& command, std::string role, std::span<const Variable> variables)
    : role_(std::move(role)) {
  command.add_option("--data", data_,
                     fmt::format("the folder of a demo: run its {} role with its settings", role_));
  options_.add(command, variables);
  options_.add(command, log_variables());
}

Result<Environment> RoleCommand::prepare(std::string_view log_name, log::Level level) const {
  TRY(Environment environment, Environment::load());
  if (!data_.empty()) {
    const auto file = role_file(data_, role_);
    if (!std::filesystem::exists(file)) {
      return fail(ErrorCode::not_found, fmt::format("\"{}\" is not the folder of a demo", data_),
                  fmt::format("expected {}, which \"animation-tracker demo --data {}\" writes",
                              file.string(), data_));
    }
    CHECK_OK(environment.put_file(file));
  }
  options_.apply(environment);
  TRY(const LogSettings settings, log_settings(environment));
  log::init(settings.format, std::max(settings.level, level), log_name);
  return environment;
}

Status RoleCommand::claim() const {
  if (data_.empty()) return {};
  const auto run = read_run_file(data_);
  if (run) {
    const auto found = run->pids.find(role_);
    if (found != run->pids.end() && found->second != getpid() && is_our_program(found->second)) {
      return fail(ErrorCode::busy,
                  fmt::format("{} (process {}) already runs on this folder", role_, found->second),
                  fmt::format("stop it first with: kill {}", found->second), data_);
    }
  }
  return set_pid_in_run_file(data_, role_, getpid());
}

bool is_our_program(pid_t pid) {
  if (!is_running(pid)) return false;
  std::error_code failed;
  const auto program = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), failed);
  // After a new build the kernel adds " (deleted)" to the name.
  return !failed && program.filename().string().starts_with("animation-tracker");
}

}  // namespace tracker::cli

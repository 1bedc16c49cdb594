#include "cli/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/data_folder.hpp"
#include "cli/http_call.hpp"
#include "cli/process.hpp"
#include "cli/role_command.hpp"
#include "core/log.hpp"

namespace tracker::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 10s;          // for somebody who starts a role again by hand
constexpr auto database_patience = 2s;  // nobody starts that one by hand
constexpr auto stop_limit = 12s;        // a role promises 10 s
constexpr auto look_interval = 200ms;

std::string ending(const std::optional<int>& exit_code) {
  if (!exit_code) return "ended";
  if (*exit_code > 128) return fmt::format("was ended by signal {}", *exit_code - 128);
  return fmt::format("ended with exit code {}", *exit_code);
}

}  // namespace

Supervisor::Supervisor(std::filesystem::path folder, std::string program_path,
                       PrivatePostgres* database, StopSignal& signal)
    : folder_(std::move(folder)),
      program_path_(std::move(program_path)),
      database_(database),
      signal_(signal),
      database_pid_(database == nullptr ? 0 : database->pid()) {}

Result<pid_t> Supervisor::launch(const std::string& role) const {
  Command command;
  command.words = {program_path_, role, "--data", folder_};
  return start_process(command);
}

Status Supervisor::start(const std::string& role, const std::string& url) {
  TRY(const pid_t pid, launch(role));
  roles_.push_back({role, url, pid, std::nullopt});
  return {};
}

Result<bool> Supervisor::wait_until_answering(std::chrono::seconds limit) {
  const auto deadline = Clock::now() + limit;
  for (const Role& role : roles_) {
    while (!answers_health(role.url, 1s)) {
      if (const auto exit_code = take_exit_code(role.pid)) {
        return fail(ErrorCode::unavailable,
                    fmt::format("{} {} at its start", role.name, ending(exit_code)),
                    "its own message stands above");
      }
      if (Clock::now() > deadline) {
        return fail(ErrorCode::timeout,
                    fmt::format("{} did not answer within {} s", role.name, limit.count()),
                    "its log stands above", role.url);
      }
      if (signal_.wait(25ms)) return false;
    }
  }
  return true;
}

void Supervisor::watch() {
  while (!signal_.wait(look_interval)) {
    look_after_database();
    for (Role& role : roles_) look_after(role);
  }
}

/// The process that run.json names for a role, if it is another one than ours and alive.
std::optional<pid_t> Supervisor::started_by_hand(const Role& role) const {
  const auto run = read_run_file(folder_);
  if (!run) return std::nullopt;
  const auto known = run->pids.find(role.name);
  if (known == run->pids.end() || known->second == role.pid) return std::nullopt;
  if (!is_our_program(known->second)) return std::nullopt;
  return known->second;
}

void Supervisor::look_after(Role& role) {
  if (is_running(role.pid)) return;
  const auto now = Clock::now();
  if (!role.gone_since) {
    role.gone_since = now;
    log::warning("{} (process {}) {}; it is started again in {} s unless somebody does so before",
                 role.name, role.pid, ending(take_exit_code(role.pid)), patience.count());
  }
  if (const auto other = started_by_hand(role)) {
    role.pid = *other;
    role.gone_since.reset();
    log::info("{} was started by hand: process {}", role.name, role.pid);
    return;
  }
  if (now - *role.gone_since < patience) return;
  const auto started = launch(role.name);
  role.gone_since = now;
  if (!started) return log::error("{} cannot be started: {}", role.name, describe(started.error()));
  role.pid = *started;
  role.gone_since.reset();
  log::info("{} was started again: process {}", role.name, role.pid);
}

void Supervisor::look_after_database() {
  if (database_ == nullptr || (database_pid_ != 0 && is_running(database_pid_))) return;
  const auto now = Clock::now();
  if (!database_gone_since_) {
    database_gone_since_ = now;
    log::warning("PostgreSQL (process {}) ended", database_pid_);
  }
  const pid_t found = database_->pid();
  if (found == 0) {
    if (now - *database_gone_since_ < database_patience) return;
    database_gone_since_ = now;
    const Status started = database_->restart();
    if (!started) log::error("PostgreSQL cannot be started: {}", describe(started.error()));
    return;  // its pid is there as soon as it has taken the cluster
  }
  database_pid_ = found;
  database_gone_since_.reset();
  log::info("PostgreSQL runs again: process {}", found);
  const Status noted = set_pid_in_run_file(folder_, "postgres", found);
  if (!noted) log::warning("{}", describe(noted.error()));
}

void Supervisor::stop() {
  while (!roles_.empty()) {
    Role role = roles_.back();
    roles_.pop_back();
    // One that was started by hand a moment ago may not have been looked at yet.
    if (!is_running(role.pid)) role.pid = started_by_hand(role).value_or(role.pid);
    if (!stop_process(role.pid, SIGTERM, stop_limit)) {
      log::warning("{} (process {}) did not stop within {} s and was ended", role.name, role.pid,
                   stop_limit.count());
    }
  }
}

std::optional<pid_t> Supervisor::pid(const std::string& role) const {
  const auto found = std::ranges::find(roles_, role, &Role::name);
  if (found == roles_.end()) return std::nullopt;
  return found->pid;
}

}  // namespace tracker::cli

// Child processes of the commands: start one (as another user if need be), wait for any process,
// run one to its end. Children stand in a process group of their own, so that a Ctrl-C reaches only
// us and the order of stopping is ours; they are told to stop when we die. Main thread only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace tracker::cli {

struct SystemUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

struct Command {
  std::vector<std::string> words;           ///< the program's path first
  std::optional<SystemUser> user;           ///< '' = stay who we are; needs root
  std::vector<std::string> environment;     ///< "NAME=value"; empty = ours
  std::filesystem::path working_directory;  ///< '' = ours
  std::filesystem::path log;                ///< stdout and stderr go here, anew; '' = ours
  int parent_death_signal = SIGTERM;
};

/// The process runs when this returns: a program that cannot be executed is an error here.
Result<pid_t> start_process(const Command& command);

struct Finished {
  int exit_code = 0;   ///< 128 + n after signal n
  std::string output;  ///< stdout and stderr, the first 64 KiB
};

/// Runs to the end; killed when `limit` is over (Error timeout).
Result<Finished> run_process(const Command& command, std::chrono::seconds limit);

/// True if the process exists and is no zombie.
bool is_running(pid_t pid);

/// True as soon as the process has ended (child or not), false after `limit`. Leaves no zombie.
bool wait_for_end(pid_t pid, std::chrono::milliseconds limit);

/// Its exit code if it is a child that has ended since the last call, 128 + n after signal n.
std::optional<int> take_exit_code(pid_t pid);

/// `signal` first, SIGKILL when `limit` is over. True if the first was enough.
bool stop_process(pid_t pid, int signal, std::chrono::milliseconds limit);

/// A user of this machine by name.
std::optional<SystemUser> find_user(const std::string& name);

}  // namespace tracker::cli

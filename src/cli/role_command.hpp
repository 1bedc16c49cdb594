// What the commands of one role share: its options, the folder of a demo it may belong to, its log.
// Main thread only; the object lives until the action has run.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "cli/environment.hpp"
#include "cli/variables.hpp"
#include "core/log.hpp"

namespace tracker::cli {

class RoleCommand {
 public:
  /// `role`: "cloud" or "local"; with --data it reads DIR/ROLE.env.
  RoleCommand(CLI::App& command, std::string role, std::span<const Variable> variables);

  /// Everything looked up, and the log started; nothing below `level` is logged.
  Result<Environment> prepare(std::string_view log_name,
                              log::Level level = log::Level::debug) const;

  /// This process is the role of that demo from now on: writes its pid into DIR/run.json. Refuses
  /// while another process is. Nothing without --data.
  Status claim() const;

 private:
  std::string role_;
  std::string data_;
  VariableOptions options_;
};

/// True if `pid` runs and is this very program.
bool is_our_program(pid_t pid);

}  // namespace tracker::cli

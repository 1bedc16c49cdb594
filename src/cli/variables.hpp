// The variables of each role as options of its command: `--port` is PORT, and stands above it.
// Secrets have no option, since any user of the machine can read a command line; --help lists them.
// Main thread only; what add_variable_options gives must live until the action has run.
#pragma once

#include <CLI/CLI.hpp>
#include <deque>
#include <memory>
#include <span>
#include <string>

#include "cli/environment.hpp"

namespace tracker::cli {

struct Variable {
  const char* name;
  const char* option;  ///< nullptr: a secret, only from the environment or .env
  const char* help;    ///< with the default, where there is one
};

std::span<const Variable> cloud_variables();
std::span<const Variable> local_variables();
std::span<const Variable> log_variables();

class VariableOptions {
 public:
  void add(CLI::App& command, std::span<const Variable> variables);
  /// What was given on the command line, put above everything else.
  void apply(Environment& environment) const;

 private:
  struct Given {
    const Variable* variable;
    CLI::Option* option;
    std::string value;
  };
  std::deque<Given> given_;  ///< a deque: CLI11 holds references to the values
};

}  // namespace tracker::cli

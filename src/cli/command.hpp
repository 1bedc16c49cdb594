// How a subcommand joins the program: one file a subcommand, with one function
// `void add_NAME_command(CLI::App& program, Context& context)` that declares its options and, in
// the subcommand's callback, leaves in `context.action` what is to be done. main() runs the action
// after all of the command line was understood; its value is the exit code: 0 ok, 1 failed, 2 wrong
// usage. Data goes to stdout, messages go to stderr. Main thread only; `context` outlives the
// parsing and the action.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace tracker::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

struct Context {
  std::function<int()> action;  ///< set by the callback of the subcommand that was named
  std::string program_path;     ///< this executable, absolute
};

/// Prints "animation-tracker: <error>" as one line on stderr; gives exit_failed.
int report(const Error& error);

/// The word of `known` that `given` most likely meant, or ''.
std::string closest_word(std::string_view given, const std::vector<std::string>& known);

void add_cloud_command(CLI::App& program, Context& context);
void add_local_command(CLI::App& program, Context& context);
void add_demo_command(CLI::App& program, Context& context);
void add_migrate_command(CLI::App& program, Context& context);
void add_sync_command(CLI::App& program, Context& context);
void add_doctor_command(CLI::App& program, Context& context);
void add_workbook_command(CLI::App& program, Context& context);
void add_analyze_command(CLI::App& program, Context& context);

}  // namespace tracker::cli

// A whole run of the program: understands the command line and does one command. Not reentrant.
// What goes wrong is told on stderr, in one line, with what the person may have meant.
#pragma once

#include <initializer_list>

#include "cli/command.hpp"

namespace tracker::cli {

using AddCommand = void (*)(CLI::App& program, Context& context);

/// Knows `commands` and no others; returns the exit code. REQUIRES: no thread was started yet.
int run_program(int argc, char** argv, std::initializer_list<AddCommand> commands);

/// Path of this executable, absolute; nothing else is asked for it.
std::string own_path();

}  // namespace tracker::cli

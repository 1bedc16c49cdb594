// animation-tracker: the program that people and scripts call. What is done in a moment it does
// itself, linked to little: the libraries of the roles take longer to load than a workbook to
// patch. Every other command is done by animation-tracker-roles, which takes its place in this
// process.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "cli/program.hpp"

int main(int argc, char** argv) {
  using namespace tracker::cli;
  if (argc > 1 && std::string_view(argv[1]) == "workbook") {
    return run_program(argc, argv, {add_workbook_command});
  }
  const auto roles = std::filesystem::path(own_path()).replace_filename("animation-tracker-roles");
  ::execv(roles.c_str(), argv);
  fmt::print(stderr, "animation-tracker: {} can't be started: {}; install it beside this program\n",
             roles.string(), std::strerror(errno));
  return exit_failed;
}

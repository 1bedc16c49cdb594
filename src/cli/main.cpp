// animation-tracker: understands the command line, runs one subcommand.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace tracker::cli {
namespace {

/// A crash must not leave keys and tokens in a core file; a closed pipe is no reason to die.
void harden_process() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGPIPE, SIG_IGN);
}

std::string own_path() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? std::string("animation-tracker") : path.string();
}

void add_commands(CLI::App& program, Context& context) {
  add_cloud_command(program, context);
  add_local_command(program, context);
  add_demo_command(program, context);
  add_migrate_command(program, context);
  add_sync_command(program, context);
  add_doctor_command(program, context);
  add_workbook_command(program, context);
  add_analyze_command(program, context);
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// What the person may have meant by the word that was not understood, as a sentence or ''.
std::string suggestion(const CLI::App& program, const std::vector<std::string>& words) {
  const auto chosen = program.get_subcommands();
  std::vector<std::string> known;
  if (chosen.empty()) {
    for (const CLI::App* command : program.get_subcommands({}))
      known.push_back(command->get_name());
  }
  const CLI::App& innermost = chosen.empty() ? program : *chosen.front();
  for (const std::string& name : option_names(innermost)) known.push_back(name);
  for (const std::string& word : words) {
    const std::string meant = closest_word(word.substr(0, word.find('=')), known);
    if (!meant.empty())
      return fmt::format("\"{}\" is not known: did you mean \"{}\"?", word, meant);
    return fmt::format("\"{}\" is not known", word);
  }
  return {};
}

int parse_and_run(int argc, char** argv) {
  CLI::App program{"Keeps a studio's workbook, its database and its page equal, live.",
                   "animation-tracker"};
  program.set_version_flag("--version", "animation-tracker " TRACKER_VERSION);
  program.require_subcommand(1);
  program.failure_message([](const CLI::App*, const CLI::Error&) { return std::string(); });
  Context context;
  context.program_path = own_path();
  add_commands(program, context);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& finished) {
    return program.exit(finished);
  } catch (const CLI::ParseError& wrong) {
    std::string sentence = suggestion(program, program.remaining(true));
    if (sentence.empty()) sentence = wrong.what();
    const auto chosen = program.get_subcommands();
    const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
    fmt::print(stderr, "animation-tracker: {} (see animation-tracker{} --help)\n", sentence,
               command);
    return exit_usage;
  }
  return context.action ? context.action() : exit_ok;
}

}  // namespace
}  // namespace tracker::cli

int main(int argc, char** argv) {
  tracker::cli::harden_process();
  try {
    return tracker::cli::parse_and_run(argc, argv);
  } catch (const std::exception& surprise) {
    fmt::print(stderr, "animation-tracker: unexpected failure: {}\n", surprise.what());
    return tracker::cli::exit_failed;
  }
}

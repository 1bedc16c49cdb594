// demo: everything on one machine.
#include <memory>

#include "cli/command.hpp"
#include "cli/demo.hpp"
#include "cli/reader.hpp"
#include "cli/settings.hpp"
#include "cli/variables.hpp"

namespace tracker::cli {
namespace {

constexpr Variable demo_table[] = {
    {"DATA", "--data", "the folder that holds everything (./data)"},
    {"PORT", "--port", "port of the page and the API (3000; 0 = any free one)"},
    {"LOCAL_PORT", "--local-port", "port of the local server (3001; 0 = any free one)"},
    {"DB_PORT", "--db-port", "also open the database on this port of 127.0.0.1"},
    {"BIND", "--bind", "address of the page (127.0.0.1)"},
    {"WORKBOOK", "--workbook", "an .xlsx file to use instead of DATA/production_summary.xlsx"},
    {"MEDIA_ROOT", "--media-root", "a folder to use instead of DATA/media"},
};

Result<std::uint16_t> port_of(const Reader& reader, std::string_view name,
                              std::uint16_t otherwise) {
  TRY(const auto port, reader.number(name, 0, 65535, otherwise));
  return static_cast<std::uint16_t>(port);
}

std::filesystem::path absolute_or_empty(const std::string& path) {
  return path.empty() ? std::filesystem::path() : std::filesystem::absolute(path);
}

Status start_demo(const VariableOptions& given, bool empty, const std::string& program_path) {
  TRY(Environment environment, Environment::load());
  given.apply(environment);
  const Reader reader(environment);
  DemoOptions options;
  options.folder = reader.text("DATA", options.folder.string());
  TRY(options.bind, reader.address("BIND", options.bind));
  TRY(options.port, port_of(reader, "PORT", options.port));
  TRY(options.local_port, port_of(reader, "LOCAL_PORT", options.local_port));
  TRY(options.database_port, port_of(reader, "DB_PORT", options.database_port));
  TRY(const bool empty_by_variable, reader.flag("EMPTY", false));
  options.empty = empty || empty_by_variable;
  options.workbook = absolute_or_empty(reader.text("WORKBOOK"));
  options.media_root = absolute_or_empty(reader.text("MEDIA_ROOT"));
  TRY(const LogSettings settings, log_settings(environment));
  log::init(environment.find("LOG_FORMAT") ? settings.format : log::Format::text, settings.level,
            "demo");
  return run_demo(std::move(options), environment, program_path);
}

}  // namespace

void add_demo_command(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "demo", "everything on this machine: database, cloud, local and a sample production");
  const auto given = std::make_shared<VariableOptions>();
  given->add(*command, demo_table);
  given->add(*command, log_variables());
  const auto empty = std::make_shared<bool>(false);
  command->add_flag("--empty", *empty, "start without the sample production [EMPTY]");
  command->footer(
      "Stop it with Ctrl-C; the next start finds the data again. Removing the folder removes all.\n"
      "One role alone: animation-tracker local --data DATA (or cloud).");
  command->callback([given, empty, &context] {
    context.action = [given, empty, &context] {
      const Status done = start_demo(*given, *empty, context.program_path);
      return done ? exit_ok : report(done.error());
    };
  });
}

}  // namespace tracker::cli

// cloud: web page, API and database. Also migrate, which needs the same settings.
#include <memory>

#include "cli/command.hpp"
#include "cli/database_url.hpp"
#include "cli/role_command.hpp"
#include "cli/settings.hpp"

namespace tracker::cli {
namespace {

int run_cloud(const RoleCommand& role) {
  const auto environment = role.prepare("cloud");
  if (!environment) return report(environment.error());
  std::vector<std::string> warnings;
  const auto settings = cloud_settings(*environment, warnings);
  if (!settings) return report(settings.error());
  for (const std::string& warning : warnings) log::warning("{}", warning);
  if (const Status claimed = role.claim(); !claimed) return report(claimed.error());
  return cloud::run(*settings);
}

int run_migrate(const RoleCommand& role) {
  const auto environment = role.prepare("migrate");
  if (!environment) return report(environment.error());
  const auto database = database_url(*environment);
  if (!database) return report(database.error());
  cloud::Settings settings;
  settings.database_url = database->url;
  const Status done = cloud::migrate(settings);
  return done ? exit_ok : report(done.error());
}

constexpr Variable database_variable{
    "DATABASE_URL", nullptr,
    "the database: postgresql://user:password@host/database (or PGHOST, PGDATABASE, …)"};

}  // namespace

void add_cloud_command(CLI::App& program, Context& context) {
  CLI::App* command =
      program.add_subcommand("cloud", "web page, API and database of the studio; runs migrations");
  const auto role = std::make_shared<RoleCommand>(*command, "cloud", cloud_variables());
  command->callback([role, &context] { context.action = [role] { return run_cloud(*role); }; });
}

void add_migrate_command(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "migrate", "bring the database to the newest schema; a second run changes nothing");
  const auto role =
      std::make_shared<RoleCommand>(*command, "cloud", std::span(&database_variable, 1));
  command->callback([role, &context] { context.action = [role] { return run_migrate(*role); }; });
}

}  // namespace tracker::cli

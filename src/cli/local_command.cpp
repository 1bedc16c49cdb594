// local: the studio's side.
#include <memory>

#include "cli/command.hpp"
#include "cli/doctor.hpp"
#include "cli/role_command.hpp"
#include "cli/settings.hpp"

namespace tracker::cli {
namespace {

int run_local(const RoleCommand& role, const std::string& program_path) {
  const auto environment = role.prepare("local");
  if (!environment) return report(environment.error());
  const auto settings = local_settings(*environment, program_path);
  if (!settings) return report(settings.error());
  if (const Status claimed = role.claim(); !claimed) return report(claimed.error());
  return local::run(*settings, [&settings] {
    Findings findings;
    check_local(*settings, findings);
    return findings;
  });
}

}  // namespace

void add_local_command(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "local", "the studio's side: workbook and animation folders, kept equal with the cloud");
  const auto role = std::make_shared<RoleCommand>(*command, "local", local_variables());
  command->callback([role, &context] {
    context.action = [role, &context] { return run_local(*role, context.program_path); };
  });
}

}  // namespace tracker::cli

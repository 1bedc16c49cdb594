// local: the studio's side. Also sync, which asks a local role that runs.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>

#include "cli/command.hpp"
#include "cli/http_call.hpp"
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
  return local::run(*settings);
}

/// The error's sentence out of an answer's body, or its status.
std::string refusal(const http::ClientResponse& answer) {
  boost::system::error_code failed;
  const auto body = boost::json::parse(answer.body, failed);
  if (!failed) {
    for (const char* place : {"/error/message", "/error", "/message"}) {
      const auto* text = body.find_pointer(place, failed);
      if (text != nullptr && text->is_string()) return std::string(text->get_string());
    }
  }
  return fmt::format("the local server answered with status {}", answer.status);
}

int run_sync(const RoleCommand& role, const std::string& program_path, bool as_json) {
  const auto environment = role.prepare("sync");
  if (!environment) return report(environment.error());
  const auto settings = local_settings(*environment, program_path);
  if (!settings) return report(settings.error());
  const std::string url = local_address(settings->bind, settings->port);
  http::ClientRequest request;
  request.method = "POST";
  request.url = url + "/api/sync/now";
  request.headers = {{"X-API-Key", settings->api_secret.reveal()},
                     {"Content-Type", "application/json"}};
  request.body = "{}";
  const auto answer = call_http(std::move(request));
  if (!answer) {
    return report({ErrorCode::unavailable,
                   fmt::format("no local server answers on {} ({})", url, answer.error().what),
                   "start it with: animation-tracker local",
                   {}});
  }
  if (answer->status < 200 || answer->status > 299) {
    return report({ErrorCode::unavailable, refusal(*answer), {}, url});
  }
  if (as_json) {
    fmt::print("{}\n", answer->body);
  } else {
    fmt::print("workbook and database are reconciled\n");
  }
  return exit_ok;
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

void add_sync_command(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "sync", "have the local server that runs on this machine reconcile now, and wait for it");
  const auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "print the server's answer");
  const auto role = std::make_shared<RoleCommand>(*command, "local", local_variables());
  command->callback([role, as_json, &context] {
    context.action = [role, as_json, &context] {
      return run_sync(*role, context.program_path, *as_json);
    };
  });
}

}  // namespace tracker::cli

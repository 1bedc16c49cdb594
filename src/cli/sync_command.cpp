// sync: one reconcile, by the local role if one runs on this machine, else by this process itself.
#include "cli/sync_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <memory>

#include "cli/command.hpp"
#include "cli/http_call.hpp"
#include "cli/role_command.hpp"
#include "cli/settings.hpp"
#include "core/json_text.hpp"
#include "local/once.hpp"
#include "local/parts.hpp"

namespace tracker::cli {
namespace {

namespace json = boost::json;

constexpr auto answer_time_max = std::chrono::seconds(60);

struct SyncOptions {
  bool dry_run = false;
  bool replaces = false;
  bool yes = false;
  bool approves = false;
  bool rejects = false;
  bool as_json = false;
};

/// Where the work is done: in a local role that runs, or here.
class Worker {
 public:
  explicit Worker(const local::Settings& settings)
      : settings_(settings),
        url_(local_address(settings.bind, settings.port)),
        runs_(answers_health(url_, std::chrono::seconds(5))) {}

  Result<json::object> preview(bool replaces) const {
    if (runs_) return ask("GET", replaces ? "preview?replace=true" : "preview");
    TRY(const sync::Preview preview, local::preview_once(settings_, replaces));
    return local::preview_json(preview);
  }

  Result<json::object> sync(bool replaces) const {
    if (runs_) return ask("POST", replaces ? "replace-database" : "now");
    TRY(const local::SyncedOnce done, local::sync_once(settings_, replaces));
    json::object report = local::report_json(done.report);
    report["batch"] = local::text_or_null(done.batch);
    return report;
  }

  /// What the workbook holds back is decided by the cloud, which a running local asks.
  Result<json::object> decide(bool approves) const {
    if (runs_) return ask("POST", approves ? "approve" : "reject");
    return fail(ErrorCode::unavailable, "no local server runs here, so nothing can be decided here",
                "start it, or decide on the page (Sync)", url_);
  }

 private:
  Result<json::object> ask(const char* method, const std::string& what) const {
    http::ClientRequest request;
    request.method = method;
    request.url = url_ + "/api/sync/" + what;
    request.timeout = answer_time_max;
    request.headers = {{"X-API-Key", settings_.api_secret.reveal()},
                       {"Content-Type", "application/json"}};
    if (request.method == "POST") request.body = "{}";
    TRY(const http::ClientResponse answer, call_http(std::move(request)));
    boost::system::error_code failed;
    const json::value body = json::parse(answer.body, failed);
    if (answer.status >= 200 && answer.status < 300 && !failed && body.is_object()) {
      return body.get_object();
    }
    return std::unexpected(refusal(answer, failed ? json::value() : body));
  }

  Error refusal(const http::ClientResponse& answer, const json::value& body) const {
    Error error{ErrorCode::unavailable,
                fmt::format("the local server answered with status {}", answer.status),
                {},
                url_};
    boost::system::error_code failed;
    for (const char* place : {"/error/message", "/error"}) {
      const json::value* text = body.find_pointer(place, failed);
      if (text == nullptr || !text->is_string()) continue;
      error.what = std::string(text->get_string());
      break;
    }
    if (answer.status == 401) {
      error.hint = "API_SECRET here and of the local server that runs must be the same text";
    }
    return error;
  }

  const local::Settings& settings_;
  std::string url_;
  bool runs_ = false;
};

/// exit_ok if the person says yes.
int confirm(const json::object& preview) {
  fmt::print("The database becomes what the workbook shows:\n{}", preview_text(preview));
  if (isatty(STDIN_FILENO) == 0) {
    report({ErrorCode::invalid_input, "nobody is there to confirm this",
            "run it in a terminal, or with --yes", "--excel-replaces-database"});
    return exit_usage;
  }
  fmt::print("It can be undone as a whole. Type yes to go on: ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return exit_ok;
  fmt::print("nothing was changed\n");
  return exit_failed;
}

int show_preview(const json::object& preview, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", json_text(preview));
  } else if (!changes_anything(preview)) {
    fmt::print("{}nothing would be changed\n", preview_text(preview));
  } else {
    fmt::print("{}nothing was changed: this was a dry run\n", preview_text(preview));
  }
  return exit_ok;
}

int show_outcome(const json::object& report, const SyncOptions& options) {
  const std::string waits = what_waits(report);
  if (options.as_json) fmt::print("{}\n", json_text(report));
  if (!waits.empty())
    return cli::report({ErrorCode::conflict, "not all is equal: " + waits, {}, {}});
  if (options.as_json) return exit_ok;
  const json::value* batch = report.if_contains("batch");
  if (batch != nullptr && batch->is_string()) {
    fmt::print(
        "the database is what the workbook shows; to undo it:\n"
        "  POST /api/changes/{}/undo\n",
        std::string(batch->get_string()));
  } else {
    fmt::print("workbook and database are equal\n");
  }
  return exit_ok;
}

int show_decision(const json::object& outcome, const SyncOptions& options) {
  if (options.as_json) {
    fmt::print("{}\n", json_text(outcome));
    return exit_ok;
  }
  const char* const verdict = options.approves ? "approved" : "rejected";
  const json::value* const reason = outcome.if_contains(verdict);
  if (reason == nullptr || !reason->is_string()) {
    fmt::print("nothing is held\n");
  } else {
    fmt::print("{}: {}\n", verdict, std::string(reason->get_string()));
  }
  return exit_ok;
}

int run_sync(const RoleCommand& role, const std::string& program_path, const SyncOptions& options) {
  const auto environment = role.prepare("sync", log::Level::error);
  if (!environment) return report(environment.error());
  const auto settings = local_settings(*environment, program_path);
  if (!settings) return report(settings.error());
  const Worker worker(*settings);
  if (options.approves || options.rejects) {
    const auto decided = worker.decide(options.approves);
    return decided ? show_decision(*decided, options) : report(decided.error());
  }
  if (options.dry_run || options.replaces) {
    const auto preview = worker.preview(options.replaces);
    if (!preview) return report(preview.error());
    if (options.dry_run) return show_preview(*preview, options.as_json);
    if (preview->at("rows") == 0) return report(local::nothing_to_replace_with());
    if (!options.yes) {
      const int answer = confirm(*preview);
      if (answer != exit_ok) return answer;
    }
  }
  const auto done = worker.sync(options.replaces);
  return done ? show_outcome(*done, options) : report(done.error());
}

}  // namespace

void add_sync_command(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "sync", "makes workbook and database equal once, and tells what is left");
  const auto options = std::make_shared<SyncOptions>();
  CLI::Option* const dry_run =
      command->add_flag("--dry-run", options->dry_run,
                        "only tell what would change on which side, and what conflicts");
  CLI::Option* const replaces = command->add_flag(
      "--excel-replaces-database", options->replaces,
      "the database becomes what the workbook shows: rows that only the database has are deleted; "
      "can be undone as a whole");
  CLI::Option* const approves =
      command->add_flag("--approve", options->approves, "let happen what the workbook holds back");
  command
      ->add_flag("--reject", options->rejects,
                 "refuse what the workbook holds back: the old values are written into it")
      ->excludes(approves)
      ->excludes(dry_run)
      ->excludes(replaces);
  approves->excludes(dry_run)->excludes(replaces);
  command->add_flag("--yes", options->yes, "don't ask before the database is replaced");
  command->add_flag("--json", options->as_json, "for scripts");
  const auto role = std::make_shared<RoleCommand>(*command, "local", local_variables());
  command->callback([role, options, &context] {
    context.action = [role, options, &context] {
      return run_sync(*role, context.program_path, *options);
    };
  });
}

}  // namespace tracker::cli

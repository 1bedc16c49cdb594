#include "cli/demo.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

#include "cli/data_folder.hpp"
#include "cli/database_url.hpp"
#include "cli/http_call.hpp"
#include "cli/private_postgres.hpp"
#include "cli/role_command.hpp"
#include "cli/stop_signal.hpp"
#include "cli/supervisor.hpp"
#include "cloud/bootstrap.hpp"
#include "cloud/settings.hpp"
#include "core/log.hpp"

namespace tracker::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t megabyte = 1024 * 1024;
constexpr std::uint64_t first_start_bytes =
    200 * megabyte;  // a new cluster takes 40 MB, its log 64
constexpr std::uint64_t next_start_bytes = 32 * megabyte;
constexpr auto answer_limit = 60s;

/// Roles that outlived an earlier demo (it was killed, they were started by hand) are named, not
/// touched: somebody may be working with them.
Status check_no_role_runs(const std::filesystem::path& folder) {
  const auto run = read_run_file(folder);
  if (!run) return {};
  for (const char* role : {"cloud", "local"}) {
    const auto found = run->pids.find(role);
    if (found == run->pids.end()) continue;
    // They are told to stop when their demo ends: give them the time to do so.
    if (is_our_program(found->second) && !wait_for_end(found->second, 5s)) {
      return fail(ErrorCode::busy,
                  fmt::format("{} (process {}) of an earlier start still runs on this folder", role,
                              found->second),
                  fmt::format("stop it with: kill {}", found->second), folder.string());
    }
  }
  remove_run_file(folder);
  return {};
}

Status settle_ports(DemoOptions& options) {
  if (options.port == options.local_port && options.port != 0) {
    return fail(ErrorCode::invalid_input,
                fmt::format("cloud and local cannot both use port {}", options.port),
                "choose another one with --port or --local-port");
  }
  TRY(options.port, free_port(options.bind, options.port, "--port"));
  std::uint16_t local_port = options.port;
  while (local_port == options.port) {  // two free ones may come out equal
    TRY(local_port, free_port("127.0.0.1", options.local_port, "--local-port"));
  }
  options.local_port = local_port;
  return {};
}

struct Database {
  std::unique_ptr<PrivatePostgres> server;  ///< null: it runs elsewhere
  Secret url;
};

Result<Database> open_database(const DemoOptions& options, const Environment& environment,
                               const DemoSecrets& secrets) {
  Database database;
  if (has_database_url(environment)) {
    TRY(auto given, database_url(environment));
    database.url = std::move(given.url);
    return database;
  }
  database.server = std::make_unique<PrivatePostgres>(
      PrivatePostgres::Options{options.folder, options.database_port, secrets.database_password});
  CHECK_OK(database.server->start());
  database.url = database.server->url();
  return database;
}

/// The schema, the token that scripts use, and a link that signs a person in.
Result<cloud::Access> open_access(const DemoOptions& options, const Secret& database_url,
                                  DemoSecrets& secrets) {
  cloud::Settings settings;
  settings.database_url = database_url;
  CHECK_OK(cloud::migrate(settings));
  TRY(cloud::Access access, cloud::bootstrap(settings, Secret(secrets.api_token)));
  secrets.api_token = access.api_token.reveal();
  CHECK_OK(save_demo_secrets(options.folder, secrets));
  return access;
}

RunFile run_file_of(const DemoOptions& options, const DemoSecrets& secrets,
                    const std::string& database_url) {
  RunFile run;
  run.cloud_url = local_address(options.bind, options.port);
  run.local_url = local_address("127.0.0.1", options.local_port);
  run.api_token = secrets.api_token;
  run.local_api_key = secrets.api_key;
  run.webhook_secret = secrets.webhook_secret;
  run.workbook = options.workbook.string();
  run.media_root = options.media_root.string();
  run.database_url = database_url;
  return run;
}

void add_pids(RunFile& run, const Supervisor& supervisor, const Database& database) {
  for (const char* role : {"cloud", "local"}) {
    if (const auto pid = supervisor.pid(role)) run.pids[role] = *pid;
  }
  if (database.server) run.pids["postgres"] = database.server->pid();
}

/// Data for people and scripts on stdout; the log goes elsewhere.
void say_ready(const RunFile& run, const cloud::Access& access) {
  fmt::print("workbook {}\nmedia    {}\nsign in  {}{}\nready {}\n", run.workbook, run.media_root,
             run.cloud_url, access.sign_in_path, run.cloud_url);
  std::fflush(stdout);
}

}  // namespace

Status run_demo(DemoOptions options, const Environment& environment,
                const std::string& program_path) {
  umask(S_IRWXG | S_IRWXO);  // also for the roles: nothing in the folder is for others
  StopSignal signal;
  CHECK_OK(check_given_production(options));
  TRY(options.folder, open_data_folder(options.folder));
  TRY(const FolderLock lock, FolderLock::take(options.folder));
  CHECK_OK(check_no_role_runs(options.folder));
  CHECK_OK(settle_ports(options));
  const bool first = !std::filesystem::exists(options.folder / "pg");
  CHECK_OK(check_free_space(options.folder, first ? first_start_bytes : next_start_bytes));
  TRY(DemoSecrets secrets, load_demo_secrets(options.folder, environment));
  CHECK_OK(save_demo_secrets(options.folder, secrets));

  TRY(const Database database, open_database(options, environment, secrets));
  TRY(const cloud::Access access, open_access(options, database.url, secrets));
  CHECK_OK(make_production(options, program_path));
  CHECK_OK(write_role_files(options, environment, secrets, database.url.reveal()));
  if (signal.asked()) return {};

  Supervisor supervisor(options.folder, program_path, database.server.get(), signal);
  RunFile run = run_file_of(options, secrets, database.url.reveal());
  CHECK_OK(supervisor.start("cloud", run.cloud_url));
  CHECK_OK(supervisor.start("local", run.local_url));
  TRY(const bool answering, supervisor.wait_until_answering(answer_limit));
  if (answering) {
    add_pids(run, supervisor, database);
    CHECK_OK(write_run_file(options.folder, run));
    say_ready(run, access);
    supervisor.watch();
    log::info("stopping");
  }
  supervisor.stop();
  remove_run_file(options.folder);
  return {};
}

}  // namespace tracker::cli

#include "cli/variables.hpp"

#include <fmt/format.h>

#include <array>

namespace tracker::cli {
namespace {

constexpr std::array cloud_table{
    Variable{"PORT", "--port", "port of the page and the API (3000)"},
    Variable{"BIND", "--bind", "address to listen on (::, all of this machine's)"},
    Variable{"DATABASE_URL", nullptr, "the database: postgresql://user:password@host/database"},
    Variable{"PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGSSLMODE", nullptr,
             "the same in parts, where DATABASE_URL is not set"},
    Variable{"NODE_ENV", "--environment", "production: secure cookies, strong secrets only"},
    Variable{"LOCAL_SERVER_URL", "--local-server-url",
             "the studio's tunnel (empty: the local server dials in)"},
    Variable{"LOCAL_SERVER_API_KEY", nullptr, "shared with the local server's API_SECRET"},
    Variable{"WEBHOOK_SECRET", nullptr, "signs webhooks; the same on both sides"},
    Variable{"ENABLE_CLOUD_SYNC", "--enable-cloud-sync", "the link to the studio (true)"},
    Variable{"PUBLIC_DIAGNOSTICS", "--public-diagnostics",
             "version and name in /api/db-test (true)"},
    Variable{"ADMIN_EMAIL", "--admin-email", "the first account"},
    Variable{"ADMIN_PASSWORD", nullptr, "its password, 12 characters or more"},
    Variable{"METRICS_TOKEN", nullptr, "opens /metrics"},
    Variable{"ALLOWED_HOSTS", "--allowed-hosts",
             "host names to answer to, by comma (empty: any name)"},
    Variable{"HTTPS_PROXY", "--https-proxy", "the way out to https: http://host:port"},
    Variable{"WEB_ROOT", "--web-root", "serve the page from this folder, for development"},
};

constexpr std::array local_table{
    Variable{"PORT", "--port", "port of the API (3001)"},
    Variable{"BIND", "--bind", "address to listen on (127.0.0.1)"},
    Variable{"RAILWAY_APP_URL", "--railway-app-url", "the cloud's address"},
    Variable{"API_SECRET", nullptr, "shared with the cloud's LOCAL_SERVER_API_KEY"},
    Variable{"WEBHOOK_SECRET", nullptr, "signs webhooks; the same on both sides"},
    Variable{"REQUIRE_SIGNATURE", "--require-signature", "refuse unsigned webhooks (false)"},
    Variable{"LINK_MODE", "--link-mode",
             "dial-out, or webhook where only HTTP gets through (dial-out)"},
    Variable{"ENABLE_AUTO_SYNC", "--enable-auto-sync",
             "also reconcile every SYNC_INTERVAL (false)"},
    Variable{"SYNC_INTERVAL", "--sync-interval", "seconds (30)"},
    Variable{"WORKBOOK", "--workbook", "the .xlsx file (production_summary.xlsx)"},
    Variable{"WORKBOOK_SHEET", "--workbook-sheet", "the sheet's name (the first)"},
    Variable{"WORKBOOK_ID_COLUMN", "--workbook-id-column",
             "auto, none, or the header of the id column (auto)"},
    Variable{"FOOTAGE_SHEET", "--footage-sheet",
             "keep the footage on a sheet of this name in the workbook (none)"},
    Variable{"MEDIA_ROOT", "--media-root", "the folder of renders and movies"},
    Variable{
        "MEDIA_PATTERN", "--media-pattern",
        "how media are named: templates, or shotgrid, ayon, kitsu, prism, small-studio (by the "
        "rows' own names)"},
    Variable{"MEDIA_TASKS", "--media-tasks",
             "whose files count first (anim, comp, render, layout, board)"},
    Variable{"MEDIA_HANDLES", "--media-handles",
             "frames rendered before and behind each cut, which do not count (0)"},
    Variable{"FPS", "--fps", "the project's frame rate (24)"},
    Variable{"EPISODE_RATES", "--episode-rates",
             "episodes at another rate: EP01=25; EP02=24000/1001 (none)"},
    Variable{"DATA_DIR", "--data-dir", "journal, backups and lock, on a local disk"},
    Variable{"AUTO_BACKUP_EXCEL", "--auto-backup-excel", "a dated copy before each write (false)"},
    Variable{"ALLOWED_HOSTS", "--allowed-hosts", "host names to answer to, by comma"},
    Variable{"HTTPS_PROXY", "--https-proxy", "the way out to https: http://host:port"},
};

constexpr std::array log_table{
    Variable{"LOG_FORMAT", "--log-format", "text or json (text on a terminal)"},
    Variable{"LOG_LEVEL", "--log-level", "debug, info, warning or error (info)"},
};

}  // namespace

std::span<const Variable> cloud_variables() { return cloud_table; }
std::span<const Variable> local_variables() { return local_table; }
std::span<const Variable> log_variables() { return log_table; }

void VariableOptions::add(CLI::App& command, std::span<const Variable> variables) {
  std::string secrets;
  for (const Variable& variable : variables) {
    if (variable.option == nullptr) {
      secrets += fmt::format("  {}\n      {}\n", variable.name, variable.help);
      continue;
    }
    Given& given = given_.emplace_back(Given{&variable, nullptr, {}});
    given.option = command.add_option(variable.option, given.value,
                                      fmt::format("{} [{}]", variable.help, variable.name));
    given.option->take_last();
  }
  if (!secrets.empty()) {
    command.footer("Only in the environment or in .env, never on a command line:\n" + secrets +
                   "\nOrder: option, environment, .env in the working directory, default.");
  }
}

void VariableOptions::apply(Environment& environment) const {
  for (const Given& given : given_) {
    if (given.option->count() > 0) {
      environment.put_option(given.variable->name, given.variable->option, given.value);
    }
  }
}

}  // namespace tracker::cli

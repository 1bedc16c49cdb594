#include "cli/settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/database_url.hpp"
#include "cli/reader.hpp"
#include "workbook/own_sheet.hpp"

namespace tracker::cli {
namespace {

constexpr std::string_view secret_expected =
    "the secret that both roles share, 16 characters or more";

std::filesystem::path default_data_dir(const Environment& environment) {
  // systemd hands its service a folder; else the XDG place for what a program must remember.
  if (const auto given = environment.find("STATE_DIRECTORY")) return given->text;
  if (const auto state = environment.find("XDG_STATE_HOME")) {
    return std::filesystem::path(state->text) / "animation-tracker";
  }
  const std::filesystem::path home = environment.text("HOME", ".");
  return home / ".local" / "state" / "animation-tracker";
}

/// The file that a link stands for: a write replaces a name, and locks and new versions stand
/// beside it. It may not exist yet.
std::filesystem::path behind_links(const std::filesystem::path& name) {
  constexpr int links_max = 40;  // as the kernel has it: links may lead in a circle
  std::filesystem::path file = std::filesystem::absolute(name);
  std::error_code problem;
  for (int i = 0; i < links_max && std::filesystem::is_symlink(file, problem); ++i) {
    file = file.parent_path() / std::filesystem::read_symlink(file, problem);
  }
  return file;
}

Status check_cloud_secrets(const cloud::Settings& settings) {
  if (settings.enable_cloud_sync && settings.local_server_api_key.empty()) {
    return missing("LOCAL_SERVER_API_KEY", secret_expected);
  }
  if (!settings.production) return {};
  if (!settings.local_server_api_key.empty()) {
    CHECK_OK(check_secret_strength(settings.local_server_api_key, "LOCAL_SERVER_API_KEY", "cloud",
                                   "API_SECRET", "local"));
  }
  if (!settings.webhook_secret.empty()) {
    CHECK_OK(
        check_secret_strength(settings.webhook_secret, "WEBHOOK_SECRET", "cloud", "", "local"));
  }
  return {};
}

Status check_admin(const cloud::Settings& settings) {
  constexpr std::size_t password_length_min = 12;
  if (settings.admin_email.empty() && settings.admin_password.empty()) return {};
  if (settings.admin_password.empty()) {
    return missing("ADMIN_PASSWORD", "a password of 12 characters or more beside ADMIN_EMAIL");
  }
  if (settings.admin_email.empty()) {
    return missing("ADMIN_EMAIL", "the first account's e-mail beside ADMIN_PASSWORD");
  }
  if (settings.admin_password.reveal().size() < password_length_min) {
    return fail(ErrorCode::invalid_input, "ADMIN_PASSWORD is shorter than 12 characters",
                "expected a password of 12 characters or more");
  }
  return {};
}

Status check_local_secrets(const local::Settings& settings) {
  if (settings.api_secret.empty()) return missing("API_SECRET", secret_expected);
  if (!settings.railway_app_url.starts_with("https://")) return {};
  CHECK_OK(check_secret_strength(settings.api_secret, "API_SECRET", "local", "LOCAL_SERVER_API_KEY",
                                 "cloud"));
  if (!settings.webhook_secret.empty()) {
    CHECK_OK(
        check_secret_strength(settings.webhook_secret, "WEBHOOK_SECRET", "local", "", "cloud"));
  }
  return {};
}

/// A proxy speaks plain http; what goes through it by CONNECT is encrypted end to end.
Result<std::string> https_proxy(const Reader& reader) {
  TRY(std::string proxy, reader.url("HTTPS_PROXY"));
  if (!proxy.empty() && !proxy.starts_with("http://")) {
    return fail(ErrorCode::invalid_input, "HTTPS_PROXY is " + proxy, "expected http://host:port",
                "HTTPS_PROXY");
  }
  return proxy;
}

Result<media::TaskOrder> media_tasks(const Reader& reader) {
  auto order = media::parse_task_order(reader.text("MEDIA_TASKS"));
  if (!order) order.error().what = "MEDIA_TASKS: " + order.error().what;
  return order;
}

Result<media::EpisodeRates> episode_rates(const Reader& reader) {
  auto rates = media::EpisodeRates::parse(reader.text("EPISODE_RATES"));
  if (!rates) rates.error().what = "EPISODE_RATES: " + rates.error().what;
  return rates;
}

}  // namespace

Result<cloud::Settings> cloud_settings(const Environment& environment,
                                       std::vector<std::string>& warnings) {
  const Reader reader(environment);
  cloud::Settings settings;
  TRY(settings.bind, reader.address("BIND", settings.bind));
  TRY(const auto port, reader.number("PORT", 1, 65535, settings.port));
  settings.port = static_cast<std::uint16_t>(port);
  TRY(auto database, database_url(environment));
  settings.database_url = std::move(database.url);
  warnings.insert(warnings.end(), database.warnings.begin(), database.warnings.end());
  settings.environment = reader.text("NODE_ENV", settings.environment);
  settings.production = settings.environment == "production";
  TRY(settings.local_server_url, reader.url("LOCAL_SERVER_URL"));
  settings.local_server_api_key = reader.secret("LOCAL_SERVER_API_KEY");
  settings.webhook_secret = reader.secret("WEBHOOK_SECRET");
  TRY(settings.enable_cloud_sync, reader.flag("ENABLE_CLOUD_SYNC", true));
  TRY(settings.public_diagnostics, reader.flag("PUBLIC_DIAGNOSTICS", true));
  settings.admin_email = reader.text("ADMIN_EMAIL");
  settings.admin_password = reader.secret("ADMIN_PASSWORD");
  settings.metrics_token = reader.secret("METRICS_TOKEN");
  settings.allowed_hosts = reader.list("ALLOWED_HOSTS");
  TRY(settings.https_proxy, https_proxy(reader));
  settings.web_root = reader.text("WEB_ROOT");
  TRY(const bool local_inside, reader.flag("ENABLE_LOCAL_EXCEL", false));
  if (local_inside) {
    return fail(ErrorCode::unsupported, "ENABLE_LOCAL_EXCEL is true, which this version cannot do",
                "expected false, and \"animation-tracker local\" started beside the cloud");
  }
  CHECK_OK(check_cloud_secrets(settings));
  CHECK_OK(check_admin(settings));
  return settings;
}

Status check_footage_sheet(const local::Settings& settings) {
  if (settings.footage_sheet.empty()) return {};
  const std::string problem = workbook::problem_with_sheet_name(settings.footage_sheet);
  if (problem.empty()) return {};
  return fail(ErrorCode::invalid_input,
              fmt::format("FOOTAGE_SHEET is \"{}\": {}", settings.footage_sheet, problem),
              "give the name of a sheet such as Footage, or leave it empty");
}

Result<local::Settings> local_settings(const Environment& environment,
                                       const std::filesystem::path& program_path) {
  const Reader reader(environment);
  local::Settings settings;
  TRY(settings.bind, reader.address("BIND", settings.bind));
  TRY(const auto port, reader.number("PORT", 1, 65535, settings.port));
  settings.port = static_cast<std::uint16_t>(port);
  TRY(settings.railway_app_url, reader.url("RAILWAY_APP_URL"));
  if (settings.railway_app_url.empty()) {
    return missing("RAILWAY_APP_URL", "the cloud's address such as https://studio.up.railway.app");
  }
  settings.api_secret = reader.secret("API_SECRET");
  settings.webhook_secret = reader.secret("WEBHOOK_SECRET");
  TRY(settings.require_signature, reader.flag("REQUIRE_SIGNATURE", false));
  if (settings.require_signature && settings.webhook_secret.empty()) {
    return missing("WEBHOOK_SECRET", "the shared secret, since REQUIRE_SIGNATURE is true");
  }
  TRY(const auto mode, reader.word("LINK_MODE", {"dial-out", "webhook"}, "dial-out"));
  settings.webhook_mode = mode == "webhook";
  TRY(settings.enable_auto_sync, reader.flag("ENABLE_AUTO_SYNC", false));
  TRY(const auto interval_s, reader.number("SYNC_INTERVAL", 1, 86400, 30));
  settings.sync_interval = std::chrono::seconds(interval_s);
  settings.workbook = behind_links(reader.text("WORKBOOK", "production_summary.xlsx"));
  settings.workbook_sheet = reader.text("WORKBOOK_SHEET");
  settings.workbook_id_column = reader.text("WORKBOOK_ID_COLUMN", "auto");
  settings.footage_sheet = reader.text("FOOTAGE_SHEET");
  CHECK_OK(check_footage_sheet(settings));
  settings.media_root = reader.text("MEDIA_ROOT");
  if (!settings.media_root.empty()) {
    settings.media_root = std::filesystem::absolute(settings.media_root);
  }
  settings.media_pattern = reader.text("MEDIA_PATTERN");
  TRY(settings.media_tasks, media_tasks(reader));
  TRY(settings.media_handles, reader.number("MEDIA_HANDLES", 0, 1000, 0));
  TRY(settings.frame_rate, reader.frame_rate("FPS", settings.frame_rate));
  TRY(settings.episode_rates, episode_rates(reader));
  settings.data_dir =
      std::filesystem::absolute(reader.text("DATA_DIR", default_data_dir(environment).string()));
  TRY(settings.auto_backup_excel, reader.flag("AUTO_BACKUP_EXCEL", false));
  settings.allowed_hosts = reader.list("ALLOWED_HOSTS");
  TRY(settings.https_proxy, https_proxy(reader));
  settings.media_program = program_path.parent_path() / "animation-tracker-media";
  CHECK_OK(check_local_secrets(settings));
  return settings;
}

Result<LogSettings> log_settings(const Environment& environment) {
  const Reader reader(environment);
  TRY(const auto format,
      reader.word("LOG_FORMAT", {"text", "json"}, isatty(STDERR_FILENO) != 0 ? "text" : "json"));
  TRY(const auto level, reader.word("LOG_LEVEL", {"debug", "info", "warning", "error"}, "info"));
  LogSettings settings;
  settings.format = format == "json" ? log::Format::json : log::Format::text;
  if (level == "debug") settings.level = log::Level::debug;
  if (level == "warning") settings.level = log::Level::warning;
  if (level == "error") settings.level = log::Level::error;
  return settings;
}

}  // namespace tracker::cli

// What a demo writes down so that each role can be started alone, and again tomorrow.
#include <fmt/format.h>

#include <algorithm>

#include "cli/data_folder.hpp"
#include "cli/demo.hpp"
#include "cli/dotenv.hpp"
#include "cli/reader.hpp"
#include "cli/variables.hpp"
#include "sample/make_sample.hpp"
#include "sample/new_workbook.hpp"

namespace tracker::cli {
namespace {

using Values = std::map<std::string, std::string>;

std::filesystem::path secrets_file(const std::filesystem::path& folder) {
  return folder / "secrets.env";
}

/// What the demo's own environment says about a role's variables.
Values passed_on(const Environment& environment, std::span<const Variable> variables) {
  Values values;
  for (const Variable& variable : variables) {
    const std::string name = variable.name;
    if (name.contains(' ')) continue;  // the database in parts: the demo hands on one address
    values[name] = environment.text(name);
  }
  return values;
}

Status write_values(const std::filesystem::path& file, const Values& values) {
  return write_private_file(
      file, "# Written by \"animation-tracker demo\" at every start.\n" + format_dotenv(values));
}

Status require_there(const std::filesystem::path& path, std::string_view what,
                     std::string_view option) {
  std::error_code failed;
  if (std::filesystem::exists(path, failed)) return {};
  return fail(ErrorCode::not_found, fmt::format("{} does not exist", what),
              fmt::format("check {}", option), path.string());
}

/// True until a sample that was begun is complete: then it is made again, where files are missing.
class SampleMark {
 public:
  explicit SampleMark(const std::filesystem::path& folder) : file_(folder / "sample.unfinished") {}
  bool is_set() const { return std::filesystem::exists(file_); }
  Status set() const { return write_private_file(file_, ""); }
  void clear() const { std::filesystem::remove(file_); }

 private:
  std::filesystem::path file_;
};

Status make_empty_production(const std::filesystem::path& workbook,
                             const std::filesystem::path& media_root) {
  std::error_code failed;
  std::filesystem::create_directories(media_root, failed);
  if (failed) return fail(ErrorCode::io, failed.message(), {}, media_root.string());
  if (std::filesystem::exists(workbook)) return {};
  TRY(const std::string bytes, sample::create_workbook({}));
  return write_private_file(workbook, bytes);
}

}  // namespace

Result<DemoSecrets> load_demo_secrets(const std::filesystem::path& folder,
                                      const Environment& environment) {
  Values values;
  if (const auto text = read_file(secrets_file(folder))) {
    TRY(values, parse_dotenv(*text, "secrets.env"));
  }
  const auto choose = [&](const std::string& name, const std::string& said) {
    if (!said.empty()) return said;
    const std::string& known = values[name];
    return known.empty() ? random_secret() : known;
  };
  DemoSecrets secrets;
  secrets.api_key = choose(
      "API_SECRET", environment.text("LOCAL_SERVER_API_KEY", environment.text("API_SECRET")));
  secrets.webhook_secret = choose("WEBHOOK_SECRET", environment.text("WEBHOOK_SECRET"));
  secrets.database_password = choose("DATABASE_PASSWORD", "");
  secrets.api_token = values["API_TOKEN"];
  return secrets;
}

Status save_demo_secrets(const std::filesystem::path& folder, const DemoSecrets& secrets) {
  return write_values(secrets_file(folder), {{"API_SECRET", secrets.api_key},
                                             {"WEBHOOK_SECRET", secrets.webhook_secret},
                                             {"API_TOKEN", secrets.api_token},
                                             {"DATABASE_PASSWORD", secrets.database_password}});
}

Status write_role_files(const DemoOptions& options, const Environment& environment,
                        const DemoSecrets& secrets, const std::string& database_url) {
  // A demo is for people: its roles speak text unless somebody asks for JSON.
  const Values log = {{"LOG_FORMAT", environment.text("LOG_FORMAT", "text")},
                      {"LOG_LEVEL", environment.text("LOG_LEVEL", "info")}};
  Values cloud = passed_on(environment, cloud_variables());
  cloud.insert(log.begin(), log.end());
  cloud["PORT"] = std::to_string(options.port);
  cloud["BIND"] = options.bind;
  cloud["DATABASE_URL"] = database_url;
  cloud["LOCAL_SERVER_API_KEY"] = secrets.api_key;
  cloud["WEBHOOK_SECRET"] = secrets.webhook_secret;
  CHECK_OK(write_values(role_file(options.folder, "cloud"), cloud));

  Values local = passed_on(environment, local_variables());
  local.insert(log.begin(), log.end());
  local["PORT"] = std::to_string(options.local_port);
  local["BIND"] = "127.0.0.1";
  local["RAILWAY_APP_URL"] = fmt::format("http://127.0.0.1:{}", options.port);
  local["API_SECRET"] = secrets.api_key;
  local["WEBHOOK_SECRET"] = secrets.webhook_secret;
  local["WORKBOOK"] = options.workbook.string();
  local["MEDIA_ROOT"] = options.media_root.string();
  local["DATA_DIR"] = (options.folder / "local").string();
  return write_values(role_file(options.folder, "local"), local);
}

Status check_given_production(const DemoOptions& options) {
  if (!options.workbook.empty()) {
    CHECK_OK(require_there(options.workbook, "the workbook", "--workbook"));
  }
  if (options.media_root.empty()) return {};
  return require_there(options.media_root, "the media folder", "--media-root");
}

Status make_production(DemoOptions& options, const std::filesystem::path& program_path) {
  const auto own_workbook = options.folder / "production_summary.xlsx";
  const auto own_media = options.folder / "media";
  const bool given = !options.workbook.empty() || !options.media_root.empty() ||
                     std::filesystem::exists(own_workbook) || std::filesystem::exists(own_media);
  const SampleMark mark(options.folder);
  if (options.workbook.empty()) options.workbook = own_workbook;
  if (options.media_root.empty()) options.media_root = own_media;
  if (mark.is_set() || (!given && !options.empty)) {
    CHECK_OK(mark.set());
    CHECK_OK(sample::make_sample_production(
        options.folder, program_path.parent_path() / "animation-tracker-media"));
    mark.clear();
    return {};
  }
  return make_empty_production(options.workbook, options.media_root);
}

}  // namespace tracker::cli

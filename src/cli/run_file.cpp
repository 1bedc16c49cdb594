// run.json: reading, writing, and changing one pid in it under a lock.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>

#include "cli/data_folder.hpp"

namespace tracker::cli {
namespace {

namespace json = boost::json;

struct Key {
  const char* name;
  std::string RunFile::* text;
};

/// In the contract's order.
constexpr std::array keys{
    Key{"cloud_url", &RunFile::cloud_url},           Key{"local_url", &RunFile::local_url},
    Key{"api_token", &RunFile::api_token},           Key{"local_api_key", &RunFile::local_api_key},
    Key{"webhook_secret", &RunFile::webhook_secret}, Key{"workbook", &RunFile::workbook},
    Key{"media_root", &RunFile::media_root},         Key{"database_url", &RunFile::database_url},
};

std::filesystem::path run_file(const std::filesystem::path& folder) { return folder / "run.json"; }

/// Two processes that change run.json take turns; closing the handle lets the next one in.
class Turn {
 public:
  explicit Turn(const std::filesystem::path& folder)
      : handle_(
            open((folder / "run.lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    if (handle_ >= 0) flock(handle_, LOCK_EX);
  }
  ~Turn() {
    if (handle_ >= 0) close(handle_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  int handle_;
};

Status write_unlocked(const std::filesystem::path& folder, const RunFile& run) {
  json::object object;
  for (const Key& key : keys) object[key.name] = run.*key.text;
  json::object& pids = object["pids"].emplace_object();
  for (const auto& [role, pid] : run.pids) pids[role] = pid;
  return write_private_file(run_file(folder), json::serialize(object) + "\n");
}

}  // namespace

Status write_run_file(const std::filesystem::path& folder, const RunFile& run) {
  const Turn turn(folder);
  return write_unlocked(folder, run);
}

Result<RunFile> read_run_file(const std::filesystem::path& folder) {
  TRY(const std::string text, read_file(run_file(folder)));
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  const json::object* object = failed ? nullptr : value.if_object();
  if (object == nullptr) {
    return fail(ErrorCode::corrupt, "run.json is not JSON", "remove it and start the demo again",
                run_file(folder).string());
  }
  RunFile run;
  for (const Key& key : keys) {
    const json::value* found = object->if_contains(key.name);
    if (found != nullptr && found->is_string()) run.*key.text = found->get_string();
  }
  const json::value* pids = object->if_contains("pids");
  if (pids != nullptr && pids->is_object()) {
    for (const auto& [role, pid] : pids->get_object()) {
      if (pid.is_int64()) run.pids[role] = static_cast<pid_t>(pid.get_int64());
    }
  }
  return run;
}

void remove_run_file(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove(run_file(folder), ignored);
}

Status set_pid_in_run_file(const std::filesystem::path& folder, const std::string& role,
                           pid_t pid) {
  const Turn turn(folder);
  auto run = read_run_file(folder);
  if (!run && run.error().code == ErrorCode::not_found) return {};
  if (!run) return std::unexpected(run.error());
  run->pids[role] = pid;
  return write_unlocked(folder, *run);
}

}  // namespace tracker::cli

#include "sample/make_sample.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "sample/new_workbook.hpp"
#include "sample/production.hpp"

namespace tracker::sample {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto media_time_max = 120s;

std::string plan_of(const std::vector<SampleEntry>& entries) {
  json::array plan;
  for (const SampleEntry& entry : entries) {
    for (const SampleMedia& media : entry.media) {
      json::array missing(media.missing_frames.begin(), media.missing_frames.end());
      plan.push_back(json::object{{"path", media.path},
                                  {"frames", media.frames},
                                  {"fps", to_string(media.frame_rate)},
                                  {"first", media.first_frame},
                                  {"missing", std::move(missing)},
                                  {"cut", media.cut_short}});
    }
  }
  return json::serialize(plan);
}

std::unexpected<Error> system_error(const char* what, const std::string& where) {
  return fail(ErrorCode::io, std::string(what) + ": " + std::strerror(errno), {}, where);
}

/// Writes all, makes it durable, and gives the file its name only then.
Status write_new_file(const std::filesystem::path& path, const std::string& bytes) {
  const std::string draft = path.string() + ".part";
  const int file =
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return system_error("cannot write", draft);
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<std::size_t>(count);
  }
  const bool durable = written == bytes.size() && ::fsync(file) == 0;
  const auto failed = durable ? std::unexpected(Error{}) : system_error("cannot write", draft);
  ::close(file);
  if (!durable) {
    ::unlink(draft.c_str());
    return failed;
  }
  // A link, not a rename: a workbook that appeared meanwhile stays.
  const bool named = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const auto unnamed = system_error("cannot write", path.string());
  ::unlink(draft.c_str());
  if (!named) return unnamed;
  return {};
}

/// Runs the media program with the plan as its standard input, and waits for its end.
Status run_media_program(const std::filesystem::path& program, const std::filesystem::path& folder,
                         const std::filesystem::path& plan) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, plan.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  std::string path = program.string();
  std::string role = "--make-media";
  std::string target = folder.string();
  std::string locale = "LC_ALL=C.UTF-8";
  std::array<char*, 4> arguments{path.data(), role.data(), target.data(), nullptr};
  std::array<char*, 2> environment{locale.data(), nullptr};
  pid_t process = -1;
  const int problem = ::posix_spawn(&process, path.c_str(), &actions, nullptr, arguments.data(),
                                    environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) {
    return fail(ErrorCode::unavailable,
                std::string("cannot start the media program: ") + std::strerror(problem),
                "animation-tracker-media belongs beside animation-tracker", path);
  }
  const auto deadline = std::chrono::steady_clock::now() + media_time_max;
  int status = 0;
  while (::waitpid(process, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(process, SIGKILL);
      ::waitpid(process, nullptr, 0);
      return fail(ErrorCode::timeout, "making the sample's media took too long", {}, path);
    }
    std::this_thread::sleep_for(5ms);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail(ErrorCode::io, "the sample's media could not be made",
                "is the disk full? The lines above say more", folder.string());
  }
  return {};
}

/// Made under another name first: a media folder is either whole or not there.
Status make_media(const std::filesystem::path& data_dir, const std::filesystem::path& program,
                  const std::vector<SampleEntry>& entries) {
  const std::filesystem::path draft = data_dir / "media.part";
  const std::filesystem::path plan = data_dir / "media.plan.json";
  std::error_code error;
  std::filesystem::remove_all(draft, error);
  std::filesystem::remove(plan, error);
  CHECK_OK(write_new_file(plan, plan_of(entries)));
  const Status made = run_media_program(program, draft, plan);
  std::filesystem::remove(plan, error);
  if (!made) {
    std::filesystem::remove_all(draft, error);
    return made;
  }
  std::filesystem::rename(draft, data_dir / "media", error);
  if (error) return fail(ErrorCode::io, error.message(), {}, (data_dir / "media").string());
  return {};
}

}  // namespace

Status make_sample_production(const std::filesystem::path& data_dir,
                              const std::filesystem::path& media_program) {
  const std::vector<SampleEntry> entries = production();
  std::error_code error;
  std::filesystem::create_directories(data_dir, error);
  if (error) return fail(ErrorCode::io, error.message(), "check the folder", data_dir.string());
  if (!std::filesystem::exists(data_dir / "media", error)) {
    CHECK_OK(make_media(data_dir, media_program, entries));
  }
  const std::filesystem::path workbook = data_dir / "production_summary.xlsx";
  if (std::filesystem::exists(workbook, error)) return {};
  std::vector<NewRow> rows;
  for (const SampleEntry& entry : entries) rows.push_back({entry.cells, {}, {}});
  CreateOptions options;
  options.with_summary = true;
  TRY(const std::string bytes, create_workbook(rows, options));
  return write_new_file(workbook, bytes);
}

}  // namespace tracker::sample

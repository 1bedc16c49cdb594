// Supervision with real processes. The role is a small script that answers /api/health, started by
// the same words as the real one; its manners (when it ends) are the test's.
#include "cli/supervisor.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "cli/data_folder.hpp"
#include "cli/process.hpp"

namespace tracker::cli {
namespace {

using namespace std::chrono_literals;

class Folder {
 public:
  Folder() {
    std::string name = "/tmp/at-demo-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

  std::string script(const std::string& text) const {
    const auto file = path_ / "animation-tracker-role";
    std::ofstream(file) << "#!/bin/sh\n" << text;
    chmod(file.c_str(), 0700);
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

TEST(Supervisor, ReportsARoleThatEndsAtItsStart) {
  const Folder folder;
  StopSignal signal;
  Supervisor supervisor(folder.path(), folder.script("exit 7\n"), nullptr, signal);
  ASSERT_TRUE(supervisor.start("local", "http://127.0.0.1:9").has_value());
  const auto answering = supervisor.wait_until_answering(20s);
  ASSERT_FALSE(answering.has_value());
  EXPECT_EQ(answering.error().what, "local ended with exit code 7 at its start");
}

TEST(Supervisor, StopsItsRolesWhenAskedAndKillsThoseThatDoNotListen) {
  const Folder folder;
  StopSignal signal;
  pid_t pid = 0;
  {
    Supervisor supervisor(folder.path(), folder.script("exec sleep 600\n"), nullptr, signal);
    ASSERT_TRUE(supervisor.start("cloud", "http://127.0.0.1:9").has_value());
    pid = supervisor.pid("cloud").value_or(0);
    ASSERT_TRUE(is_running(pid));
    kill(getpid(), SIGTERM);
    supervisor.watch();
  }
  EXPECT_FALSE(is_running(pid));
}

Command command(std::vector<std::string> words) {
  Command made;
  made.words = std::move(words);
  return made;
}

TEST(Process, RunsWithItsOutputAndADeadline) {
  const auto said = run_process(command({"/bin/sh", "-c", "echo one; echo two >&2; exit 3"}), 10s);
  ASSERT_TRUE(said.has_value());
  EXPECT_EQ(said->exit_code, 3);
  EXPECT_EQ(said->output, "one\ntwo\n");
  const auto late = run_process(command({"/bin/sleep", "60"}), 1s);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, ErrorCode::timeout);
  const auto missing = run_process(command({"/no/such/program"}), 1s);
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().what.find("/no/such/program"), std::string::npos);
}

TEST(DataFolder, HasOneHolderAtATime) {
  const Folder folder;
  {
    const auto first = FolderLock::take(folder.path());
    ASSERT_TRUE(first.has_value());
    const auto second = FolderLock::take(folder.path());
    ASSERT_FALSE(second.has_value());
    EXPECT_NE(second.error().what.find(std::to_string(getpid())), std::string::npos);
  }
  EXPECT_TRUE(FolderLock::take(folder.path()).has_value());
}

TEST(DataFolder, KeepsRunJsonPrivateAndWhole) {
  const Folder folder;
  RunFile run;
  run.cloud_url = "http://127.0.0.1:3000";
  run.api_token = "token";
  run.pids = {{"cloud", 11}, {"local", 12}};
  ASSERT_TRUE(write_run_file(folder.path(), run).has_value());
  struct stat facts{};
  ASSERT_EQ(stat((folder.path() / "run.json").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  ASSERT_TRUE(set_pid_in_run_file(folder.path(), "local", 99).has_value());
  const auto again = read_run_file(folder.path());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->cloud_url, run.cloud_url);
  EXPECT_EQ(again->api_token, "token");
  EXPECT_EQ(again->pids, (std::map<std::string, pid_t>{{"cloud", 11}, {"local", 99}}));
  std::ofstream(folder.path() / "run.json") << "{";
  EXPECT_EQ(read_run_file(folder.path()).error().code, ErrorCode::corrupt);
  remove_run_file(folder.path());
  EXPECT_TRUE(set_pid_in_run_file(folder.path(), "local", 1).has_value());
  EXPECT_EQ(read_run_file(folder.path()).error().code, ErrorCode::not_found);
}

TEST(DataFolder, SaysThatTheDiskIsFull) {
  const Folder folder;
  EXPECT_TRUE(check_free_space(folder.path(), 1).has_value());
  const Status full = check_free_space(folder.path(), std::uint64_t{1} << 60U);
  ASSERT_FALSE(full.has_value());
  EXPECT_TRUE(full.error().what.starts_with("only "));
}

}  // namespace
}  // namespace tracker::cli

// What happens to a media folder and its worker in bad weeks: the service goes on, and in the end
// every row shows the truth.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "../probe/made_media.hpp"
#include "local/media_service.hpp"

namespace tracker::local {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int shots = 12;

std::string shot_of(int number) { return "SH" + std::to_string(1000 + number); }

/// By hand: MEDIA_KILLS=1000.
int kills_wanted() {
  const char* text = std::getenv("MEDIA_KILLS");
  return text == nullptr ? 3 * shots : std::atoi(text);
}

/// Child processes of this one that are media workers.
std::vector<pid_t> workers() {
  std::vector<pid_t> found;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) found.push_back(child);
  }
  return found;
}

class MediaChaosTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(probe::make(folder_.path(), "24.mp4", 24));
    ASSERT_TRUE(probe::make(folder_.path(), "36.mp4", 36));
    for (int i = 0; i < shots; ++i) deliver(i, 1, "24.mp4");
  }
  void TearDown() override {
    if (!service_) return;
    boost::asio::co_spawn(io_, service_->stop(), boost::asio::detached);
    io_.restart();
    io_.run();
  }

  fs::path shot_folder(int shot) const { return root() / "EP01" / "SC010" / shot_of(shot); }
  fs::path root() const { return folder_.path() / "media"; }

  void deliver(int shot, int version, const char* movie) {
    fs::create_directories(shot_folder(shot));
    const fs::path beside = shot_folder(shot) / ".part";
    fs::copy_file(folder_.path() / movie, beside, fs::copy_options::overwrite_existing);
    fs::rename(beside, shot_folder(shot) / ("anim_v00" + std::to_string(version) + ".mp4"));
  }

  void start() {
    Settings settings;
    settings.media_root = root();
    settings.data_dir = folder_.path();
    settings.media_program = probe::media_program();
    service_.emplace(io_.get_executor(), settings, [this](std::vector<MeasuredRow> measured) {
      for (MeasuredRow& row : measured) latest_[row.key] = std::move(row.measurement);
    });
    std::vector<ShotRow> rows;
    for (int i = 0; i < shots; ++i) {
      ShotRow row;
      row.key = std::to_string(i);
      at(row.cells, Field::episode_title) = "EP01";
      at(row.cells, Field::scene) = "SC010";
      at(row.cells, Field::shot) = shot_of(i);
      rows.push_back(std::move(row));
    }
    service_->set_rows(rows);
    service_->start();
  }

  template <class Done>
  bool run_until(std::chrono::seconds limit, Done done) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    auto guard = boost::asio::make_work_guard(io_);
    io_.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(5ms);
    return done();
  }

  bool all_show(std::int64_t frames) const {
    return latest_.size() == shots && std::ranges::all_of(latest_, [&](const auto& row) {
             return row.second && row.second->frames == frames;
           });
  }

  probe::TemporaryFolder folder_;
  boost::asio::io_context io_;
  std::optional<MediaService> service_;
  std::map<std::string, std::optional<Measurement>> latest_;
};

TEST_F(MediaChaosTest, AWorkerThatIsKilledAllTheTimeMeasuresEverythingInTheEnd) {
  start();
  ASSERT_TRUE(run_until(30s, [&] { return all_show(24); }));
  int kills = 0;
  int deliveries = 0;
  ASSERT_TRUE(run_until(600s, [&] {
    // A file that a worker died over waits longer each time: a new version is looked at, at once.
    if (deliveries <= kills) {
      deliver(deliveries % shots, 2 + deliveries / shots, "36.mp4");
      ++deliveries;
    }
    for (const pid_t worker : workers()) kills += ::kill(worker, SIGKILL) == 0 ? 1 : 0;
    return kills >= kills_wanted() && deliveries >= shots;
  }));
  std::printf("%d workers killed\n", kills);
  EXPECT_TRUE(run_until(60s, [&] { return all_show(36); }));
  EXPECT_EQ(service_->problem(), "");
}

TEST_F(MediaChaosTest, WhatIsNoFileIsPassedBy) {
  const fs::path folder = shot_folder(0);
  ASSERT_EQ(::mkfifo((folder / "anim_v009.mp4").c_str(), 0600), 0);
  fs::create_directory(folder / "anim_v008.mp4");
  fs::create_directory_symlink(root(), folder / "loop");
  fs::create_directory_symlink("/proc", folder / "outside");
  fs::create_symlink("/nonexistent/x.mp4", folder / "anim_v007.mp4");
  fs::create_symlink("/etc/passwd", folder / "anim_v006.mp4");
  fs::create_symlink("anim_v005.mp4", folder / "anim_v005.mp4");
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder / "anim_v004.mp4").string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  start();
  EXPECT_TRUE(run_until(30s, [&] { return all_show(24); }));
  deliver(0, 2, "36.mp4");
  EXPECT_TRUE(run_until(30s, [&] { return latest_["0"] && latest_["0"]->frames == 36; }));
  ::close(socket);
}

}  // namespace
}  // namespace tracker::local

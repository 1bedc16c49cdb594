// What a watch tells of a media tree, alike through inotify and through fanotify.
#include "disk/media_watch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <vector>

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;
using Paths = std::set<std::string>;

class MediaWatchTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    fs::create_directories(root_ / "shots");
    descriptor_ = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    auto watch = GetParam() ? MediaWatch::open_whole(descriptor_) : MediaWatch::open();
    ASSERT_TRUE(watch) << describe(watch.error());
    watch_.emplace(std::move(*watch));
    add("");
    add("shots");
  }
  void TearDown() override {
    ::close(descriptor_);
    fs::remove_all(root_);
  }
  void add(const std::string& folder) {
    const Status added = watch_->add(descriptor_, folder);
    EXPECT_TRUE(added) << describe(added.error());
  }
  /// Everything until it is as wanted, or nothing came for ten seconds.
  MediaWatch::Events until(const std::function<bool(const MediaWatch::Events&)>& wanted) {
    MediaWatch::Events all;
    while (!wanted(all)) {
      pollfd one{watch_->descriptor(), POLLIN, 0};
      if (::poll(&one, 1, 10'000) <= 0) break;
      MediaWatch::Events events = watch_->read();
      all.changed.merge(events.changed);
      all.new_folders.merge(events.new_folders);
      all.gone_folders.merge(events.gone_folders);
      for (const std::string& path : events.finished) all.opened.erase(path);
      all.opened.merge(events.opened);
      all.finished.merge(events.finished);
      all.lost |= events.lost;
    }
    EXPECT_TRUE(wanted(all));
    EXPECT_FALSE(all.lost);
    return all;
  }

  fs::path root_ = fs::temp_directory_path() / ("watch-" + std::to_string(std::random_device{}()));
  int descriptor_ = -1;
  std::optional<MediaWatch> watch_;
};

TEST_P(MediaWatchTest, a_file_is_open_until_its_writer_closes_it) {
  std::ofstream file(root_ / "shots/a.mp4");
  file << "frames" << std::flush;
  const auto begun = until([](const auto& seen) { return seen.opened.contains("shots/a.mp4"); });
  EXPECT_EQ(begun.changed, Paths{"shots"});
  EXPECT_EQ(begun.finished, Paths{});
  file.close();
  const auto done = until([](const auto& seen) { return seen.finished.contains("shots/a.mp4"); });
  EXPECT_EQ(done.opened, Paths{});
}

TEST_P(MediaWatchTest, a_rename_is_whole_and_both_folders_changed) {
  std::ofstream(root_ / "a.part") << "frames";
  until([](const auto& seen) { return seen.finished.contains("a.part"); });
  fs::rename(root_ / "a.part", root_ / "shots/a.mp4");
  const auto seen = until([](const auto& all) { return all.finished.contains("shots/a.mp4"); });
  EXPECT_EQ(seen.changed, (Paths{"", "shots"}));
  EXPECT_EQ(seen.opened, Paths{});
  fs::remove(root_ / "shots/a.mp4");
  EXPECT_EQ(until([](const auto& all) { return !all.changed.empty(); }).changed, Paths{"shots"});
}

TEST_P(MediaWatchTest, folders_come_go_and_move) {
  fs::create_directory(root_ / "shots/v001");
  until([](const auto& seen) { return seen.new_folders.contains("shots/v001"); });
  add("shots/v001");
  fs::rename(root_ / "shots/v001", root_ / "v001");
  const auto moved = until([](const auto& seen) { return seen.new_folders.contains("v001"); });
  EXPECT_EQ(moved.gone_folders, Paths{"shots/v001"});
  add("v001");
  std::ofstream(root_ / "v001/a.mp4") << "frames";
  EXPECT_EQ(until([](const auto& seen) { return !seen.finished.empty(); }).finished,
            Paths{"v001/a.mp4"});
  fs::remove_all(root_ / "v001");
  until([](const auto& seen) { return seen.gone_folders.contains("v001"); });
}

TEST_P(MediaWatchTest, what_happens_in_folders_that_were_not_added_is_not_told) {
  fs::create_directory(root_ / "private");
  std::ofstream(root_ / "private/b.mp4") << "frames";
  std::ofstream(root_ / "shots/a.mp4") << "frames";
  const auto seen = until([](const auto& all) { return all.finished.contains("shots/a.mp4"); });
  EXPECT_EQ(seen.finished, Paths{"shots/a.mp4"});
  EXPECT_EQ(seen.changed, Paths{"shots"});
  EXPECT_EQ(seen.new_folders, Paths{"private"});
}

/// fanotify only where this machine allows it: as root, on a file system that gives handles.
std::vector<bool> kinds() {
  const std::string folder = fs::temp_directory_path();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const auto whole = MediaWatch::open_whole(descriptor);
  ::close(descriptor);
  if (whole) return {false, true};
  std::fprintf(stderr, "not tested: %s\n", describe(whole.error()).c_str());
  return {false};
}

INSTANTIATE_TEST_SUITE_P(, MediaWatchTest, testing::ValuesIn(kinds()), [](const auto& kind) {
  return std::string(kind.param ? "fanotify" : "inotify");
});

}  // namespace
}  // namespace tracker::disk

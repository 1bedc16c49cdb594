#include "disk/media_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

class MediaScanTest : public testing::Test {
 protected:
  MediaScanTest() {
    std::string pattern = (fs::temp_directory_path() / "tracker-scan-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    root_ = folder_ / "root";
    fs::create_directories(root_);
  }
  ~MediaScanTest() override { fs::remove_all(folder_); }

  void put(const std::string& path, const std::string& content = "x") const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << content;
  }

  /// Folder -> names of its files, sorted.
  std::map<std::string, std::vector<std::string>> names(const ScanOptions& options = {}) const {
    std::map<std::string, std::vector<std::string>> found;
    const auto root = MediaRoot::open(root_);
    const auto tree = root->scan({}, options);
    EXPECT_TRUE(tree.has_value());
    for (const MediaFolder& folder : tree->folders) {
      EXPECT_FALSE(found.contains(folder.path)) << folder.path;
      std::vector<std::string>& files = found[folder.path];
      for (const media::FileFact& file : folder.files) files.emplace_back(file.name);
      std::ranges::sort(files);
    }
    return found;
  }

  fs::path folder_;
  fs::path root_;
};

TEST_F(MediaScanTest, HandsOverEachFolderBeforeThoseBelowIt) {
  put("EP01/SC010/a.mp4");
  put("EP01/b.mp4");
  std::vector<std::string> taken;
  ScanOptions options;
  options.take = [&](const MediaFolder& folder) {
    taken.push_back(folder.path);
    for (const media::FileFact& file : folder.files) taken.emplace_back(file.name);
  };
  EXPECT_THAT(names(options), testing::IsEmpty());
  EXPECT_THAT(taken, ElementsAre("", "EP01", "b.mp4", "EP01/SC010", "a.mp4"));
}

TEST_F(MediaScanTest, FindsMediaWithItsFacts) {
  put("EP01/a.mp4", "12345");
  put("EP01/notes.txt");
  put("EP01/no_extension");
  put("EP01/.rendering.mp4");
  put("EP01/a.mov.part");
  put(".trash/b.mp4");
  EXPECT_THAT(names(), UnorderedElementsAre(Pair("", ElementsAre()),
                                            Pair("EP01", ElementsAre("a.mp4", "no_extension"))));
  const auto root = MediaRoot::open(root_);
  const auto tree = root->scan("EP01");
  ASSERT_TRUE(tree.has_value());
  const MediaFolder& folder = tree->folders.front();
  struct stat facts{};
  ASSERT_EQ(::stat((root_ / "EP01/a.mp4").c_str(), &facts), 0);
  for (std::size_t i = 0; i < folder.files.size(); ++i) {
    if (folder.files[i].name != "a.mp4") continue;
    EXPECT_EQ(folder.files[i].bytes, 5u);
    EXPECT_EQ(folder.files[i].mtime_ns / 1'000'000'000, facts.st_mtim.tv_sec);
    EXPECT_EQ(folder.identities[i].inode, facts.st_ino);
    EXPECT_EQ(folder.identities[i].device, facts.st_dev);
  }
}

TEST_F(MediaScanTest, LinksLeadToWhatLiesBelowTheRootAndOnce) {
  put("shots/SH0010/a.mp4");
  fs::create_directories(folder_ / "outside");
  std::ofstream(folder_ / "outside/secret.mp4") << "x";
  fs::create_directory_symlink("shots/SH0010", root_ / "latest");
  fs::create_directory_symlink("..", root_ / "shots/SH0010/loop");
  fs::create_directory_symlink(folder_ / "outside", root_ / "away");
  fs::create_symlink("../../../outside/secret.mp4", root_ / "shots/SH0010/b.mp4");
  fs::create_symlink("a.mp4", root_ / "shots/SH0010/c.mp4");
  fs::create_symlink("nowhere.mp4", root_ / "shots/SH0010/d.mp4");
  EXPECT_THAT(names(), UnorderedElementsAre(Pair("", ElementsAre()), Pair("shots", ElementsAre()),
                                            Pair("shots/SH0010", ElementsAre("a.mp4", "c.mp4"))));
}

TEST_F(MediaScanTest, LeavesOutWhatIsNoRegularFile) {
  put("a.mp4");
  ASSERT_EQ(::mkfifo((root_ / "fifo.mp4").c_str(), 0600), 0);
  fs::create_directory(root_ / "folder.mp4");
  EXPECT_THAT(names(), UnorderedElementsAre(Pair("", ElementsAre("a.mp4")),
                                            Pair("folder.mp4", ElementsAre())));
}

TEST_F(MediaScanTest, NamesAloneAreTheSameNames) {
  for (int frame = 1; frame <= 3000; ++frame) {  // more than one turn of the buffer
    put("renders/with_a_long_name_as_pipelines_write_them_beauty_v001." +
        std::to_string(100000 + frame) + ".exr");
  }
  put("other/a.mp4");
  EXPECT_EQ(names({.names_only = true}), names());
  EXPECT_EQ(names()["renders"].size(), 3000u);
}

TEST_F(MediaScanTest, ReadsOneFolderOrWhatIsAskedFor) {
  put("EP01/SC010/a.mp4");
  put("EP02/b.mp4");
  EXPECT_THAT(names({.deep = false}), UnorderedElementsAre(Pair("", ElementsAre())));
  EXPECT_THAT(names({.enter = [](const std::string& folder,
                                 const FileIdentity&) { return folder != "EP01"; }}),
              UnorderedElementsAre(Pair("", ElementsAre()), Pair("EP02", ElementsAre("b.mp4"))));
}

TEST_F(MediaScanTest, SaysWhichFolderIsGone) {
  const auto root = MediaRoot::open(root_);
  const auto tree = root->scan("nowhere");
  ASSERT_FALSE(tree.has_value());
  EXPECT_EQ(tree.error().code, ErrorCode::not_found);
  EXPECT_THAT(describe(tree.error()), testing::HasSubstr("nowhere"));
}

}  // namespace
}  // namespace tracker::disk

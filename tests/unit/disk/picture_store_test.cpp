#include "disk/picture_store.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;

class PictureStoreTest : public testing::Test {
 protected:
  PictureStoreTest() {
    std::string pattern = (fs::temp_directory_path() / "tracker-pictures-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~PictureStoreTest() override { fs::remove_all(folder_); }

  fs::path folder_;
};

std::string name_of(int number) { return "0123456789abcdef" + std::to_string(1000 + number); }

TEST_F(PictureStoreTest, KeepsAcrossRestarts) {
  {
    auto store = PictureStore::open(folder_ / "thumbnails", 1'000'000);
    ASSERT_TRUE(store.has_value());
    EXPECT_FALSE(store->has(name_of(1)));
    ASSERT_TRUE(store->put(name_of(1), "jpeg"));
    EXPECT_TRUE(store->has(name_of(1)));
  }
  const auto store = PictureStore::open(folder_ / "thumbnails", 1'000'000);
  EXPECT_TRUE(store->has(name_of(1)));
  std::ifstream file(store->path_of(name_of(1)));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "jpeg");
}

TEST_F(PictureStoreTest, TheOldestGoWhenItIsFull) {
  auto store = PictureStore::open(folder_, 1000);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store->put(name_of(i), std::string(100, 'x')));
  EXPECT_FALSE(store->has(name_of(0)));
  EXPECT_FALSE(fs::exists(store->path_of(name_of(0))));
  EXPECT_TRUE(store->has(name_of(19)));
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  EXPECT_LE(bytes, 1000u);
  EXPECT_GE(bytes, 800u);
}

TEST_F(PictureStoreTest, NamesLeadNowhereElse) {
  auto store = PictureStore::open(folder_, 1000);
  for (const char* name : {"", "ab", "../../etc/passwd", "UPPER", "a/b/c", "aaa.bbb"}) {
    EXPECT_FALSE(store->put(name, "x").has_value()) << name;
  }
}

TEST_F(PictureStoreTest, OthersFilesAreLeftAlone) {
  std::ofstream(folder_ / "notes.txt") << "mine";
  const auto store = PictureStore::open(folder_, 0);
  EXPECT_TRUE(fs::exists(folder_ / "notes.txt"));
}

}  // namespace
}  // namespace tracker::disk

#include "disk/ring.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Ring : public testing::Test {
 protected:
  Ring() {
    std::string pattern = (fs::temp_directory_path() / "tracker-ring-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Ring() override { fs::remove_all(folder_); }

  fs::path keep(Time now) {
    const fs::path displaced = folder_ / "displaced.tmp";
    std::ofstream(displaced) << "a workbook";
    const auto kept = keep_displaced(displaced, folder_ / "ring", now);
    EXPECT_TRUE(kept);
    return kept.value_or(fs::path());
  }
  std::ptrdiff_t kept() const {
    return std::distance(fs::directory_iterator(folder_ / "ring"), fs::directory_iterator());
  }

  fs::path folder_;
  Time now_{seconds(1'700'000'000)};
};

TEST_F(Ring, keeps_the_last_twenty) {
  for (int i = 0; i < 30; ++i) keep(now_ += seconds(100));
  EXPECT_EQ(kept(), static_cast<std::ptrdiff_t>(ring_length));
}

TEST_F(Ring, keeps_what_a_program_may_still_be_writing_into_however_many_follow) {
  const fs::path first = keep(now_);
  for (int i = 0; i < 40; ++i) keep(now_ += milliseconds(100));
  EXPECT_TRUE(fs::exists(first));
  keep(now_ += 2 * displaced_watch_time);
  EXPECT_FALSE(fs::exists(first));
}

TEST_F(Ring, is_bounded_even_then) {
  for (int i = 0; i < 150; ++i) keep(now_ += milliseconds(10));
  EXPECT_EQ(kept(), static_cast<std::ptrdiff_t>(ring_length_max));
}

}  // namespace
}  // namespace tracker::disk

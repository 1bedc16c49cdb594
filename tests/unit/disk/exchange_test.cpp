// The workbook on disk is always the old or the new file, and no save that nobody read is lost.
#include "disk/exchange.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/digest.hpp"
#include "disk/lock_owner.hpp"
#include "disk/ring.hpp"

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;

class Exchange : public testing::Test {
 protected:
  Exchange() : folder(fs::temp_directory_path() / ("exchange-" + std::to_string(::getpid()))) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    workbook = folder / "production_summary.xlsx";
    put(workbook, "old");
  }
  ~Exchange() override { fs::remove_all(folder); }

  static void put(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder;
  fs::path workbook;
  const std::string temp = temp_name("1");
};

TEST_F(Exchange, the_new_file_takes_the_name_and_the_old_one_is_kept) {
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  const auto outcome = exchange(workbook, temp, content_digest("old"), content_digest("new"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(*outcome, ExchangeOutcome::written);
  EXPECT_EQ(text_of(workbook), "new");
  EXPECT_EQ(text_of(folder / temp), "old");
  const auto kept = keep_displaced(folder / temp, folder / "ring", Time());
  ASSERT_TRUE(kept);
  EXPECT_EQ(text_of(*kept), "old");
}

TEST_F(Exchange, a_workbook_that_had_stepped_aside_gets_its_name_back) {
  fs::rename(workbook, folder / (temp + ".old"));
  put(folder / temp, "new");
  EXPECT_TRUE(put_back_aside(workbook));
  EXPECT_EQ(text_of(workbook), "old");
  put(folder / (temp + ".old"), "older");
  EXPECT_FALSE(put_back_aside(workbook)) << "somebody has the name";
  EXPECT_EQ(text_of(workbook), "old");
}

TEST_F(Exchange, a_save_in_our_window_stays_the_workbook) {
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  put(workbook, "a human saved");
  const auto outcome = exchange(workbook, temp, content_digest("old"), content_digest("new"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(*outcome, ExchangeOutcome::displaced);
  EXPECT_EQ(text_of(workbook), "a human saved");
  EXPECT_FALSE(fs::exists(folder / temp));
}

TEST_F(Exchange, a_missing_name_is_a_save_in_progress_and_nothing_is_created) {
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  fs::rename(workbook, folder / "A1B2C3D4");
  const auto outcome = exchange(workbook, temp, content_digest("old"), content_digest("new"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(*outcome, ExchangeOutcome::gone);
  EXPECT_FALSE(fs::exists(workbook));
}

TEST_F(Exchange, the_mode_of_the_workbook_is_kept) {
  ASSERT_EQ(::chmod(workbook.c_str(), 0664), 0);
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  ASSERT_TRUE(exchange(workbook, temp, content_digest("old"), content_digest("new")));
  struct stat facts{};
  ASSERT_EQ(::stat(workbook.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0664U);
}

TEST_F(Exchange, the_ring_keeps_the_newest_twenty) {
  const fs::path ring = folder / "ring";
  for (int i = 0; i < 25; ++i) {
    put(folder / temp, std::to_string(i));
    ASSERT_TRUE(keep_displaced(folder / temp, ring, Time(std::chrono::seconds(i))));
  }
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(ring)) {
    ++count;
    EXPECT_GE(std::stoi(text_of(entry.path())), 5);
  }
  EXPECT_EQ(count, ring_length);
}

TEST_F(Exchange, lock_files_tell_who_has_the_workbook_open) {
  const Time now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
  EXPECT_EQ(open_by(workbook, now), "");
  put(folder / ".~lock.production_summary.xlsx#", ",anna,host,22.11.2026 09:13,file:///p;");
  EXPECT_EQ(open_by(workbook, now), "anna");
  EXPECT_EQ(open_by(workbook, now + std::chrono::hours(13)), "");
  std::string excel(165, '\0');
  excel[0] = 4;
  excel[55] = 4;
  for (std::size_t i = 0; i < 4; ++i) excel[57 + i * 2] = "Anna"[i];
  put(folder / "~$production_summary.xlsx", excel);
  EXPECT_EQ(open_by(workbook, now), "Anna");
}

}  // namespace
}  // namespace tracker::disk

// A saver as LibreOffice is one (a new file takes the name, its lock goes in the middle) against
// our writes, as fast as both can: no save that nobody read is destroyed, and the last one stays.
// TRACKER_RACE_SAVES sets how many saves there are (a few thousand otherwise).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "core/digest.hpp"
#include "disk/exchange.hpp"

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;

class ExchangeRace : public testing::Test {
 protected:
  ExchangeRace()
      : folder((fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) /
               ("race-" + std::to_string(::getpid()))) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    workbook = folder / "production_summary.xlsx";
    put(workbook, "save 0");
  }
  ~ExchangeRace() override { fs::remove_all(folder); }

  static void put(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// The human: what a save replaces was overwritten by them, whatever it was.
  void save(int count) {
    const fs::path lock = folder / ".~lock.production_summary.xlsx#";
    const fs::path beside = folder / "lu12345.tmp";
    for (int number = 1; number <= count; ++number) {
      put(lock, ",ana,studio,22.11.2026 09:13,file:///profile;");
      put(beside, "save " + std::to_string(number));
      fs::remove(lock);
      ASSERT_EQ(::renameat2(AT_FDCWD, beside.c_str(), AT_FDCWD, workbook.c_str(), RENAME_EXCHANGE),
                0);
      overwritten.insert(text_of(beside));
      if (number % 7 == 0) std::this_thread::yield();
    }
    done = true;
  }

  /// We: whatever we read counts as observed; a write is planned on it.
  void write_until_done() {
    for (int number = 0; !done; ++number) {
      const std::string seen = text_of(workbook);
      observed.insert(seen);
      const std::string ours = "write " + std::to_string(number) + " after " + seen;
      const std::string temp = temp_name(std::to_string(number));
      ASSERT_TRUE(place_temp(workbook, temp, ours));
      const auto outcome = exchange(workbook, temp, content_digest(seen), content_digest(ours));
      if (outcome) ++(*outcome == ExchangeOutcome::written ? writes : put_back);
      if (fs::exists(folder / temp)) {
        kept.insert(text_of(folder / temp));
        fs::remove(folder / temp);
      }
    }
  }

  fs::path folder;
  fs::path workbook;
  std::atomic<bool> done = false;
  std::set<std::string> overwritten;  ///< by the human
  std::set<std::string> observed;
  std::set<std::string> kept;
  int writes = 0;
  int put_back = 0;
};

TEST_F(ExchangeRace, K5_K6_no_save_that_nobody_read_is_destroyed) {
  const char* given = std::getenv("TRACKER_RACE_SAVES");
  const int count = given != nullptr ? std::atoi(given) : 5000;
  std::thread human([&] { save(count); });
  write_until_done();
  human.join();
  const std::string last = "save " + std::to_string(count);
  const std::string found = text_of(workbook);
  EXPECT_TRUE(found == last || found.ends_with(" after " + last)) << found;
  int lost = 0;
  for (int number = 1; number < count; ++number) {
    const std::string text = "save " + std::to_string(number);
    const bool safe = overwritten.contains(text) || observed.contains(text) || kept.contains(text);
    if (!safe && ++lost < 5) ADD_FAILURE() << text << " was destroyed unread";
  }
  EXPECT_EQ(lost, 0);
  std::printf("%d saves, %d writes, %d put back\n", count, writes, put_back);
  EXPECT_GT(writes, 0);
}

}  // namespace
}  // namespace tracker::disk

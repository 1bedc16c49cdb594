// The workbook on disk is always the old or the new file, and no save that nobody read is lost:
// K1–K10 of docs/workbook.md.
#include "disk/exchange.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
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

TEST_F(Exchange, K7_K10_the_new_file_takes_the_name_and_the_old_one_is_kept) {
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

TEST_F(Exchange, K10_a_workbook_that_had_stepped_aside_gets_its_name_back) {
  fs::rename(workbook, folder / (temp + ".old"));
  put(folder / temp, "new");
  EXPECT_TRUE(put_back_aside(workbook));
  EXPECT_EQ(text_of(workbook), "old");
  put(folder / (temp + ".old"), "older");
  EXPECT_FALSE(put_back_aside(workbook)) << "somebody has the name";
  EXPECT_EQ(text_of(workbook), "old");
}

TEST_F(Exchange, K5_K6_a_save_in_our_window_stays_the_workbook) {
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  put(workbook, "a human saved");
  const auto outcome = exchange(workbook, temp, content_digest("old"), content_digest("new"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(*outcome, ExchangeOutcome::displaced);
  EXPECT_EQ(text_of(workbook), "a human saved");
  EXPECT_EQ(text_of(folder / temp), "new")
      << "a program may have opened it, and be writing into it";
}

TEST_F(Exchange, K4_a_missing_name_is_a_save_in_progress_and_nothing_is_created) {
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  fs::rename(workbook, folder / "A1B2C3D4");
  const auto outcome = exchange(workbook, temp, content_digest("old"), content_digest("new"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(*outcome, ExchangeOutcome::gone);
  EXPECT_FALSE(fs::exists(workbook));
}

/// From here on the kernel answers this process as a share does where somebody holds the file open.
bool refuse_exchanges() {
  constexpr auto number_at = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
  std::array<sock_filter, 4> steps{{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number_at),
                                    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
                                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EBUSY),
                                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
  const sock_fprog program{steps.size(), steps.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(Exchange, K8_a_refused_exchange_leaves_the_workbook_and_can_be_tried_again) {
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  const auto try_it = [&] {
    const bool refusing = refuse_exchanges();
    const auto outcome = exchange(workbook, temp, content_digest("old"), content_digest("new"));
    const bool told = !outcome && outcome.error().code == ErrorCode::io;
    std::_Exit(refusing && told ? 0 : 1);
  };
  EXPECT_EXIT(try_it(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(text_of(workbook), "old");
  EXPECT_FALSE(fs::exists(folder / temp)) << "a half save lies about";
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  ASSERT_TRUE(exchange(workbook, temp, content_digest("old"), content_digest("new")));
  EXPECT_EQ(text_of(workbook), "new");
}

TEST_F(Exchange, K7_mode_owner_and_attributes_of_the_workbook_are_kept) {
  ASSERT_EQ(::chmod(workbook.c_str(), 0664), 0);
  const bool is_root = ::chown(workbook.c_str(), 12, 34) == 0;
  const bool has_attributes = ::setxattr(workbook.c_str(), "user.studio", "a", 1, 0) == 0;
  ASSERT_TRUE(place_temp(workbook, temp, "new"));
  ASSERT_TRUE(exchange(workbook, temp, content_digest("old"), content_digest("new")));
  EXPECT_EQ(text_of(workbook), "new");
  struct stat facts{};
  ASSERT_EQ(::stat(workbook.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0664U);
  if (is_root) {
    EXPECT_EQ(facts.st_uid, 12U);
    EXPECT_EQ(facts.st_gid, 34U);
  }
  char value = 0;
  if (has_attributes) {
    EXPECT_EQ(::getxattr(workbook.c_str(), "user.studio", &value, 1), 1);
    EXPECT_EQ(value, 'a');
  }
}

TEST_F(Exchange, two_files_displaced_in_one_millisecond_are_both_kept) {
  for (const char* text : {"Anna's save", "Ben's save"}) {
    put(folder / temp, text);
    const auto kept = keep_displaced(folder / temp, folder / "ring", Time());
    ASSERT_TRUE(kept);
    EXPECT_EQ(text_of(*kept), text);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "ring"), fs::directory_iterator()), 2);
}

/// "~$name.xlsx" as Excel writes it: the name in ANSI, then in UTF-16.
std::string excel_lock(const std::u16string& name) {
  std::string bytes(165, '\0');
  bytes[0] = static_cast<char>(name.size());
  bytes[55] = bytes[0];
  for (std::size_t i = 0; i < name.size(); ++i) {
    bytes[57 + i * 2] = static_cast<char>(name[i] & 0xFF);
    bytes[58 + i * 2] = static_cast<char>(name[i] >> 8);
  }
  return bytes;
}

TEST_F(Exchange, K1_excels_lock_tells_who_has_the_workbook_open) {
  const Time now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
  EXPECT_EQ(open_by(LockPaths(workbook), now), "");
  put(folder / "~$production_summary.xlsx", excel_lock(u"Анна 🎬"));
  EXPECT_EQ(open_by(LockPaths(workbook), now), "Анна 🎬");
  fs::remove(folder / "~$production_summary.xlsx");
  put(folder / "~$oduction_summary.xlsx", excel_lock(u"Ben"));
  EXPECT_EQ(open_by(LockPaths(workbook), now), "Ben")
      << "Excel leaves out two letters of a long name";
  for (const std::string& odd :
       {std::string(), std::string(20, 'x'), std::string(57, '\xFF'), excel_lock(u"") + "more"}) {
    put(folder / "~$oduction_summary.xlsx", odd);
    EXPECT_EQ(open_by(LockPaths(workbook), now), "somebody") << "the lock is there all the same";
  }
}

TEST_F(Exchange, K2_libreoffices_lock_tells_who_has_the_workbook_open) {
  EXPECT_EQ(owner_in_libreoffice_lock("Ana\\, Bo\\;x,ana,host,22.11.2026 09:13,file:///p;"),
            "Ana, Bo;x");
  EXPECT_EQ(owner_in_libreoffice_lock(",ana,host,22.11.2026 09:13,file:///p;"), "ana");
  EXPECT_EQ(owner_in_libreoffice_lock(",,host;"), "");
  const Time now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
  put(folder / ".~lock.production_summary.xlsx#", ",anna,host,22.11.2026 09:13,file:///p;");
  EXPECT_EQ(open_by(LockPaths(workbook), now), "anna");
}

TEST_F(Exchange, K3_a_lock_that_a_crash_left_counts_no_longer_than_twelve_hours) {
  const Time now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
  put(folder / ".~lock.production_summary.xlsx#", ",anna,host,22.11.2026 09:13,file:///p;");
  put(folder / "~$production_summary.xlsx", excel_lock(u"Anna"));
  EXPECT_EQ(open_by(LockPaths(workbook), now + std::chrono::hours(11)), "Anna");
  EXPECT_EQ(open_by(LockPaths(workbook), now + std::chrono::hours(13)), "");
}

TEST_F(Exchange, K9_copies_locks_and_temporary_files_are_not_the_workbook) {
  const std::string name = "production_summary.xlsx";
  for (const char* const lock : {"~$production_summary.xlsx", "~$oduction_summary.xlsx",
                                 ".~lock.production_summary.xlsx#"}) {
    EXPECT_TRUE(is_lock_name(lock, name)) << lock;
  }
  for (const char* const other :
       {"production_summary.xlsx", "production_summary (Anna's conflicted copy 2026-11-22).xlsx",
        "~$production_summary (Anna's conflicted copy 2026-11-22).xlsx",
        ".~lock.production_summary-HOST.xlsx#", "A1B2C3D4", "lu12345.tmp"}) {
    EXPECT_FALSE(is_lock_name(other, name)) << other;
    EXPECT_FALSE(is_temp_name(other)) << other;
  }
  EXPECT_TRUE(is_temp_name(temp));
  const Time now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
  put(folder / "~$production_summary (conflicted copy).xlsx", excel_lock(u"Anna"));
  EXPECT_EQ(open_by(LockPaths(workbook), now), "") << "another file is open";
}

}  // namespace
}  // namespace tracker::disk

#include "sample/make_sample.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "../probe/made_media.hpp"
#include "sample/production.hpp"

namespace tracker::sample {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(MakeSample, WritesAWorkbookAndSmallMediaAndNeverOverwrites) {
  const probe::TemporaryFolder folder;
  const Status made = make_sample_production(folder.path(), probe::media_program());
  ASSERT_TRUE(made.has_value()) << describe(made.error());
  EXPECT_EQ(content(folder.path() / "production_summary.xlsx").substr(0, 2), "PK");
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "media")) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  EXPECT_LT(bytes, std::uintmax_t{8} << 20);
  for (const SampleEntry& entry : production()) {
    for (const SampleMedia& media : entry.media) {
      std::string path = media.path;
      if (const auto at = path.find("%04d"); at != std::string::npos) path.replace(at, 4, "1001");
      EXPECT_TRUE(fs::is_regular_file(folder.path() / "media" / path)) << path;
    }
  }
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("media.")) << "a draft was left";
  }

  std::ofstream(folder.path() / "production_summary.xlsx") << "mine";
  fs::remove_all(folder.path() / "media");
  fs::create_directories(folder.path() / "media");
  ASSERT_TRUE(make_sample_production(folder.path(), probe::media_program()).has_value());
  EXPECT_EQ(content(folder.path() / "production_summary.xlsx"), "mine");
  EXPECT_TRUE(fs::is_empty(folder.path() / "media"));
}

TEST(MakeSample, AMissingMediaProgramIsAnErrorAndLeavesNoHalfFolder) {
  const probe::TemporaryFolder folder;
  EXPECT_FALSE(make_sample_production(folder.path(), "/nonexistent/program").has_value());
  EXPECT_FALSE(fs::exists(folder.path() / "media"));
}

}  // namespace
}  // namespace tracker::sample

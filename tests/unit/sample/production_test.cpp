#include "sample/production.hpp"

#include <gtest/gtest.h>

#include <set>

#include "media/match.hpp"

namespace tracker::sample {
namespace {

std::set<std::string> values(const std::vector<SampleEntry>& entries, Field field) {
  std::set<std::string> found;
  for (const SampleEntry& entry : entries) found.insert(at(entry.cells, field));
  return found;
}

TEST(Production, IsAsVariedAsAStudiosWorkbook) {
  const std::vector<SampleEntry> entries = production();
  EXPECT_GE(entries.size(), 60u);
  EXPECT_EQ(values(entries, Field::episode_title).size(), 3u);
  EXPECT_EQ(values(entries, Field::animator).size(), 4u);
  EXPECT_EQ(values(entries, Field::week_yyyymmdd).size(), 6u);
  EXPECT_GE(values(entries, Field::status).size(), 4u);
  for (const SampleEntry& entry : entries) {
    for (Field field : all_fields) {
      EXPECT_FALSE(problem_with(field, at(entry.cells, field))) << at(entry.cells, field);
    }
  }
}

TEST(Production, HoldsEveryKindOfMediaThatAProducerMeets) {
  std::set<std::string> extensions;
  bool missing = false;
  bool broken = false;
  bool several_versions = false;
  for (const SampleEntry& entry : production()) {
    several_versions = several_versions || entry.media.size() > 1;
    for (const SampleMedia& media : entry.media) {
      extensions.insert(media.path.substr(media.path.rfind('.')));
      missing = missing || !media.missing_frames.empty();
      broken = broken || media.cut_short;
    }
  }
  EXPECT_EQ(extensions, (std::set<std::string>{".mp4", ".mov", ".png", ".jpg", ".exr"}));
  EXPECT_TRUE(missing && broken && several_versions);
}

TEST(Production, EveryFileIsFoundByItsOwnShotAndNoOther) {
  const std::vector<SampleEntry> entries = production();
  std::vector<media::RowNames> rows;
  for (const SampleEntry& entry : entries) rows.push_back(media::names_of(entry.cells));
  const media::Matcher matcher(rows);
  for (std::size_t row = 0; row < entries.size(); ++row) {
    for (const SampleMedia& media : entries[row].media) {
      media::Item item;
      const std::size_t slash = media.path.rfind('/');
      item.folder = media.path.substr(0, slash);
      item.name = media.path.substr(slash + 1);
      if (item.name.find('%') != std::string::npos) item.kind = media::ItemKind::sequence;
      const media::Fit fit = matcher.fit(media::named(item).names);
      ASSERT_EQ(fit.shots.size(), 1u) << media.path;
      EXPECT_EQ(matcher.rows_of(fit.shots.front()).front(), row) << media.path;
    }
  }
}

}  // namespace
}  // namespace tracker::sample

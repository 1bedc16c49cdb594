#include "media/sequence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <set>

namespace tracker::media {
namespace {

/// Stands for the listing that keeps the names.
std::string_view kept(std::string name) {
  static std::set<std::string> all;
  return *all.insert(std::move(name)).first;
}

std::vector<FileFact> files(std::initializer_list<std::string> names) {
  std::vector<FileFact> out;
  for (const std::string& name : names) out.push_back({kept(name), 1000, 0, false});
  return out;
}

std::vector<FileFact> numbered(const std::string& stem, const std::string& extension, int first,
                               int last, int step, std::size_t digits) {
  std::vector<FileFact> out;
  for (int i = first; i <= last; i += step) {
    std::string number = std::to_string(i);
    if (number.size() < digits) number.insert(0, digits - number.size(), '0');
    out.push_back({kept(stem + number + extension), 1000, 0, false});
  }
  return out;
}

Item only(const std::vector<FileFact>& names) {
  const std::vector<Item> items = items_of("f", names);
  EXPECT_EQ(items.size(), 1u);
  return items.empty() ? Item{} : items.front();
}

TEST(Sequence, CountsFirstToLastInclusive) {
  const Item item = only(numbered("a.", ".png", 1001, 1048, 1, 4));
  EXPECT_EQ(item.kind, ItemKind::sequence);
  EXPECT_EQ(item.name, "a.%04d.png");
  EXPECT_EQ(frames_of(item), 48);
  EXPECT_EQ(item.range, (FrameRange{1001, 1048}));
  EXPECT_EQ(problem_of(item), "");
}

using Names = std::vector<std::string>;

TEST(Sequence, SamplesAreFilesThatAreThereEvenlyOverAllOfIt) {
  EXPECT_EQ(sample_files_of(only(numbered("a.", ".png", 1001, 1048, 1, 4)), 3),
            (Names{"a.1009.png", "a.1025.png", "a.1041.png"}));
  EXPECT_EQ(sample_files_of(only(numbered("f", ".png", 1, 30, 1, 1)), 1), Names{"f16.png"});
  EXPECT_EQ(sample_files_of(only(numbered("n.", ".png", -4, -1, 1, 1)), 2),
            (Names{"n.-3.png", "n.-1.png"}));
  std::vector<FileFact> names = numbered("c.", ".jpg", 1, 9, 1, 4);
  std::erase_if(names, [](const FileFact& file) {
    return file.name == "c.0005.jpg" || file.name == "c.0004.jpg";
  });
  EXPECT_EQ(sample_files_of(only(names), 1), Names{"c.0003.jpg"});
}

TEST(Sequence, AShortOneHasFewerSamples) {
  EXPECT_EQ(sample_files_of(only(numbered("f.", ".png", 1, 3, 1, 3)), 10),
            (Names{"f.001.png", "f.002.png", "f.003.png"}));
  EXPECT_EQ(sample_files_of(only(numbered("g.", ".png", 1, 9, 4, 1)), 10),
            (Names{"g.1.png", "g.5.png", "g.9.png"}));
}

TEST(Sequence, ListsMissingFramesAndCountsThemIn) {
  std::vector<FileFact> names = numbered("c.", ".jpg", 1001, 1024, 1, 4);
  std::erase_if(names, [](const FileFact& file) {
    return file.name == "c.1003.jpg" || file.name == "c.1010.jpg" || file.name == "c.1011.jpg";
  });
  const Item item = only(names);
  EXPECT_EQ(frames_of(item), 24);
  EXPECT_EQ(to_string(item.missing), "1003, 1010-1011");
  EXPECT_EQ(problem_of(item), "3 frames are missing: 1003, 1010-1011");
}

TEST(Sequence, SaysWhenOnlyEverySecondFrameIsThere) {
  const Item item = only(numbered("d.", ".png", 1, 47, 2, 4));
  EXPECT_EQ(item.step, 2);
  EXPECT_EQ(frames_of(item), 47);
  EXPECT_EQ(item.missing.size(), 23);
  EXPECT_EQ(problem_of(item), "only every 2. frame is there: on twos or 23 missing");
}

TEST(Sequence, OnTwosSaysWhatIsMissingInAnyCase) {
  std::vector<FileFact> names = numbered("d.", ".png", 1, 47, 2, 4);
  std::erase_if(names, [](const FileFact& file) {
    return file.name == "d.0007.png" || file.name == "d.0009.png";
  });
  EXPECT_EQ(problem_of(only(names)),
            "only every 2. frame is there: on twos or 25 missing, and in any case 7, 9");
  EXPECT_EQ(problem_of(only(files({"d.1001.png", "d.1003.png"}))), "1 frame is missing: 1002");
  EXPECT_EQ(problem_of(only(files({"d.1.png", "d.101.png", "d.201.png"}))),
            "198 frames are missing: 2-100, 102-200");
  EXPECT_EQ(problem_of(only(files({"d.0.png", "d.2.png", "d.999999999998.png"}))),
            "only every 2. frame is there: on twos or 999999999996 missing, and in any case 4, 6, "
            "8, 10, 12, 14, 16, 18, 20, 22, …");
}

TEST(Sequence, PaddingAndCaseDoNotMatter) {
  EXPECT_EQ(only(numbered("e.", ".png", 9990, 10009, 1, 4)).name, "e.%04d.png");
  EXPECT_EQ(frames_of(only(numbered("e.", ".png", 9990, 10009, 1, 4))), 20);
  EXPECT_EQ(only(numbered("f", ".png", 1, 30, 1, 1)).name, "f%d.png");
  const Item twice = only(files({"i.0001.png", "i.0002.png", "i.0003.png", "i.003.png"}));
  EXPECT_EQ(twice.name, "i.%04d.png");
  EXPECT_EQ(frames_of(twice), 3);
  EXPECT_EQ(frames_of(only(files({"j.0001.png", "j.0002.png", "J.0003.PNG"}))), 3);
}

TEST(Sequence, SignsCountOnlyAfterADotOrUnderscore) {
  const Item item = only(files({"g.-0002.png", "g.-0001.png", "g.0000.png", "g.0001.png"}));
  EXPECT_EQ(item.range, (FrameRange{-2, 1}));
  EXPECT_EQ(only(files({"h-01.png", "h-02.png"})).range, (FrameRange{1, 2}));
}

TEST(Sequence, VersionsTakesShotsAndDatesAreNotFrames) {
  for (const auto& names :
       {files({"shot_v001.png", "shot_v002.png"}), files({"a_take1.png", "a_take2.png"}),
        files({"board_20260105.png", "board_20260112.png"}),
        files({"ep01_sc010_sh0010.png", "ep01_sc010_sh0020.png"})}) {
    const std::vector<Item> items = items_of("", names);
    ASSERT_EQ(items.size(), 2u) << names.front().name;
    EXPECT_EQ(items[0].kind, ItemKind::still);
  }
  EXPECT_EQ(only(files({"k.1001.png"})).kind, ItemKind::still);
}

TEST(Sequence, MoviesAndOtherStemsStayApart) {
  const std::vector<Item> items =
      items_of("", files({"a_0001.mp4", "a_0002.mp4", "b.1.png", "b.2.png", "d.1.png", "d.2.png",
                          ".hidden.mp4", "x.mp4.part", "Thumbs.db", "notes.txt"}));
  std::vector<std::string> names;
  for (const Item& item : items) names.push_back(item.name);
  EXPECT_THAT(names, testing::ElementsAre("a_0001.mp4", "a_0002.mp4", "b.%d.png", "d.%d.png"));
}

TEST(Sequence, NamesEmptyFrames) {
  std::vector<FileFact> names = numbered("h.", ".png", 1, 12, 1, 4);
  names[6].bytes = 0;
  const Item item = only(names);
  EXPECT_EQ(frames_of(item), 12);
  EXPECT_EQ(problem_of(item), "empty or far too small: frame 7");
}

TEST(Sequence, BareNumbersTakeTheirNameFromTheFolder) {
  const Item item = only(numbered("", ".png", 0, 23, 1, 4));
  EXPECT_EQ(path_of(item), "f/%04d.png");
  EXPECT_EQ(frames_of(item), 24);
}

}  // namespace
}  // namespace tracker::media

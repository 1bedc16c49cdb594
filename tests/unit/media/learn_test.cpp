#include "media/learn.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tracker::media {
namespace {

/// Shots 1..count of two scenes, and where each one's media lies.
struct Studio {
  std::vector<RowNames> rows;
  std::vector<Example> examples;
};

Studio studio(int count, const std::function<std::string(int)>& path) {
  Studio made;
  for (int i = 1; i <= count; ++i) {
    made.rows.push_back({"EP01 The Lost Kite", fmt::format("SC{:03}", i % 2 * 10 + 10),
                         fmt::format("SH{:04}", i * 10), "20260105", "Mina Sand"});
    made.examples.push_back({static_cast<std::size_t>(i - 1), path(i)});
  }
  return made;
}

std::optional<LearnedPattern> learned(const Studio& made) {
  return learn_pattern(Matcher(made.rows), made.examples);
}

std::string scene(int i) { return fmt::format("{:03}", i % 2 * 10 + 10); }

TEST(Learn, WritesTheStudiosNamesAsATemplate) {
  const auto found = learned(studio(20, [](int i) {
    return fmt::format("EP01_The_Lost_Kite/SC{0}/SH{1:04}/anim/ep01_sc{0}_sh{1:04}_anim_v{2:03}{3}",
                       scene(i), i * 10, i, i % 3 == 0 ? ".%04d.exr" : ".mp4");
  }));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->templates,
            "{episode}<_*>/{scene}/{shot}/{task}/{episode}_{scene}_{shot}_{task}_v{version}"
            "<.{frame}>.{ext}");
  EXPECT_EQ(found->rows, 20u);
  EXPECT_EQ(found->rows_all, 20u);
}

TEST(Learn, SaysHowManyRowsItWouldServe) {
  const auto found = learned(studio(20, [](int i) {
    if (i > 18) return fmt::format("inbox {}/sc{}sh{:04}.mov", i, scene(i), i * 10);
    return fmt::format("SC{0}/SH{1:04}/sc{0}_sh{1:04}_v{2:03}.mov", scene(i), i * 10, i);
  }));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->templates, "{scene}/{shot}/{scene}_{shot}_v{version}<.{frame}>.{ext}");
  EXPECT_EQ(found->rows, 18u);
  EXPECT_EQ(found->rows_all, 20u);
}

TEST(Learn, WordsThatDifferBecomeStars) {
  const auto found = learned(studio(12, [](int i) {
    return fmt::format("SC{0}/SH{1:04}/sc{0}_sh{1:04}_{2}_v{3:03}.mov", scene(i), i * 10,
                       std::string(static_cast<std::size_t>(i), 'x'), i);
  }));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->templates, "{scene}/{shot}/{scene}_{shot}_*_v{version}<.{frame}>.{ext}");
  EXPECT_EQ(found->rows, 12u);
}

TEST(Learn, TwoHabitsMakeTwoTemplates) {
  const auto found = learned(studio(20, [](int i) {
    if (i <= 6) {
      return fmt::format("_weekly/20260105/Mina Sand/EP01 SC{} SH{:04} final.mp4", scene(i),
                         i * 10);
    }
    return fmt::format("SC{0}/SH{1:04}/playblast_v{2:03}.mov", scene(i), i * 10, i);
  }));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->templates,
            "{scene}/{shot}/playblast_v{version}<.{frame}>.{ext}; "
            "_weekly/{week}/{animator}/{episode} {scene} {shot} final<.{frame}>.{ext}");
  EXPECT_EQ(found->rows, 20u);
}

TEST(Learn, ATitleAloneAndBareNumbersAreUnderstood) {
  const auto found = learned(studio(10, [](int i) {
    return fmt::format("The Lost Kite/{0}/{1:04}/{0}_{1:04}_take{2}.mov", scene(i), i * 10, i);
  }));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->templates, "{episode}/{scene}/{shot}/{scene}_{shot}_take{take}<.{frame}>.{ext}");
  EXPECT_EQ(found->rows, 10u);
}

TEST(Learn, NothingIsOfferedForAFewRowsOrForDisorder) {
  EXPECT_FALSE(learned(studio(4, [](int i) {
                 return fmt::format("SC{}/SH{:04}/a_v1.mov", scene(i), i * 10);
               })).has_value());
  EXPECT_FALSE(learned(studio(30, [](int i) {
                 std::string folders;
                 for (int deep = 0; deep < i; ++deep) folders += "x/";
                 return fmt::format("{}sc{}sh{:04}.mov", folders, scene(i), i * 10);
               })).has_value());
  EXPECT_FALSE(learned(studio(10, [](int i) {
                 return fmt::format("{{SC}}/SC{}/SH{:04}.mov", scene(i), i * 10);
               })).has_value());
}

}  // namespace
}  // namespace tracker::media

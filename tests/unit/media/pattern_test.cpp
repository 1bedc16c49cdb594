#include "media/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/match.hpp"

namespace tracker::media {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

Said said(std::string_view patterns, std::string_view path) {
  const auto parsed = Patterns::parse(patterns);
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().what);
  return parsed ? parsed->match(path).value_or(Said{}) : Said{};
}

TEST(Pattern, ReadsKeysOutOfThePath) {
  EXPECT_THAT(
      said("{episode}_*/{scene}/{shot}/<{task}/>{shot}_v{version:03}.{ext}",
           "EP01_Kite/SC010/SH0020/anim/sh0020_v003.mov"),
      UnorderedElementsAre(Pair("episode", "EP01"), Pair("scene", "SC010"), Pair("shot", "SH0020"),
                           Pair("task", "anim"), Pair("version", "003"), Pair("ext", "mov")));
}

TEST(Pattern, WhatMayBeMissingMayBeMissing) {
  EXPECT_THAT(
      said("**/{shot}<_v{version}><.{frame}>.{ext}", "deep/down/sh10.%04d.exr"),
      UnorderedElementsAre(Pair("shot", "sh10"), Pair("frame", "%04d"), Pair("ext", "exr")));
  EXPECT_THAT(said("**/{shot}<_v{version}><.{frame}>.{ext}", "sh10_v2.mov"),
              UnorderedElementsAre(Pair("shot", "sh10"), Pair("version", "2"), Pair("ext", "mov")));
}

TEST(Pattern, AKeyThatStandsTwiceSaysTheSame) {
  EXPECT_THAT(said("{shot}/{shot}.mov", "SH0020/sh0020.mov"), testing::SizeIs(1));
  EXPECT_THAT(said("{shot}/{shot}.mov", "SH0020/sh0030.mov"), IsEmpty());
}

TEST(Pattern, TheFirstThatMatchesDecides) {
  EXPECT_THAT(said("a/{shot}.mov; **/{scene}.mov", "a/x.mov"), ElementsAre(Pair("shot", "x")));
  EXPECT_THAT(said("a/{shot}.mov; **/{scene}.mov", "b/x.mov"), ElementsAre(Pair("scene", "x")));
  EXPECT_THAT(said("a/{shot}.mov", "b/x.mov"), IsEmpty());
}

TEST(Pattern, ARegexNarrowsAKeyAndLiteralsAreNoRegex) {
  EXPECT_THAT(said("{week:20\\d{6}}/{shot}.mov", "20260105/a.mov"), testing::SizeIs(2));
  EXPECT_THAT(said("{week:20\\d{6}}/{shot}.mov", "2026010/a.mov"), IsEmpty());
  EXPECT_THAT(said("a.b/{shot}.mov", "axb/a.mov"), IsEmpty());
}

TEST(Pattern, MistakesAreNamedWithTheirPlace) {
  const auto problem = [](std::string_view text) {
    const auto parsed = Patterns::parse(text);
    return parsed ? std::string() : parsed.error().what;
  };
  EXPECT_THAT(problem("a/{shot"), HasSubstr("character 3"));
  EXPECT_THAT(problem("a/{shot"), HasSubstr("a { is not closed"));
  EXPECT_THAT(problem("<{shot}"), HasSubstr("a < is not closed"));
  EXPECT_THAT(problem("{shot:[}"), HasSubstr("MEDIA_PATTERN"));
  EXPECT_THAT(problem("{shot:\\"), HasSubstr("not closed"));
  EXPECT_THAT(problem("a/b.mov"), HasSubstr("it has no {key}"));
  EXPECT_THAT(problem(";"), HasSubstr("no template"));
}

std::vector<std::size_t> fit(std::string_view pattern, const std::vector<RowNames>& rows,
                             std::string_view path) {
  const auto patterns = Patterns::parse(pattern);
  Item item;
  const std::size_t slash = path.rfind('/');
  item.folder = path.substr(0, slash);
  item.name = path.substr(slash + 1);
  return Matcher(rows).fit(named(std::move(item), &*patterns).names).shots;
}

const std::vector<RowNames> two_shots{{"EP01 Kite", "SC010", "SH0020", "20260105", "Mina"},
                                      {"EP02 Rain", "SC010", "SH0020", "20260105", "Tom"}};

TEST(Pattern, PresetsFindTheShotsOfTheirTools) {
  struct Case {
    std::string_view preset;
    std::string_view path;
    std::vector<std::size_t> shots;
  };
  const std::vector<Case> cases{
      {"small-studio", "EP01_Kite/SC010/SH0020/anim/ep01_sc010_sh0020_anim_v003.mov", {0}},
      {"small-studio", "EP02_Rain/SC010/SH0020/anim/ep02_sc010_sh0020_anim_v003.%04d.exr", {1}},
      {"small-studio", "_weekly/20260105/Mina/EP01 SC010 SH0020 final.mp4", {0}},
      {"small-studio", "EP01_Kite/SC010/SH0020/ref/camera.mov", {}},
      {"small-studio", "EP01_Kite/SC010/SH0020/ep01_sc010_sh0020_v003_take2.mov", {0}},
      {"small-studio", "EP01_Kite/SC010/SH0020/ep01_sc010_sh0020_final.mov", {0}},
      {"shotgrid",
       "sequences/SC010/SH0020/SHARED/MOV/anim/SC010_SH0020_anim_main.v003.mov",
       {0, 1}},
      {"shotgrid",
       "SC010/SH0020/SHARED/IMG/comp/main/v012/1920x1080/SC010_SH0020_comp_main-left.v012.%04d.exr",
       {0, 1}},
      {"shotgrid", "SC010/SHARED/MOV/anim/SC010_anim_main.v003.mov", {}},
      {"ayon",
       "show/shots/ep02/sc010/sh0020/publish/render/renderMain/v004/"
       "sh_sh0020_renderMain_v004.%04d.exr",
       {1}},
      {"ayon",
       "show/episodes/ep01/sc010/sh0020/publish/review/reviewAnim/v012/"
       "kt_sh0020_reviewAnim_v012_h264.mp4",
       {0}},
      {"ayon",
       "show/sc010/sh0020/publish/render/renderMain/v004/kt_sh0020_renderMain_v004_exr.%04d.exr",
       {0, 1}},
      {"ayon",
       "show/shots/ep02/sc010/sh0020/publish/review/reviewAnim/hero/kt_sh0020_anim_hero.mov",
       {1}},
      {"ayon", "show/shots/ep02/sc010/sh0020/work/anim/kt_sh0020_anim_v003.mov", {}},
      {"kitsu", "show/shots/ep01/sc010/sh0020/animation/show_sc010_sh0020_animation_v2.mov", {0}},
      {"kitsu",
       "productions/export/kite/shots/sc010/sh0020/playblast/kite_sc010_sh0020_playblast_main.mov",
       {0, 1}},
      {"kitsu",
       "productions/export/kite/shots/sc010/sh0020/animation/mp4/"
       "kite_sc010_sh0020_animation_mp4_main_v003.mp4",
       {0, 1}},
      {"prism",
       "show/03_Production/Shots/SC010/SH0020/Playblasts/anim/v0003/SC010-SH0020_anim_v0003.mp4",
       {0, 1}},
      {"prism",
       "show/03_Production/Shots/SC010/SH0020/Renders/3dRender/main/v0012/beauty/"
       "SC010-SH0020_main_v0012_beauty.%04d.exr",
       {0, 1}},
      {"prism",
       "show/03_Production/Shots/SC010/SH0020/Renders/2dRender/comp/v0002 (mp4)/"
       "SC010-SH0020_comp_v0002.mp4",
       {0, 1}},
      {"prism",
       "show/03_Production/Shots/EP02/SC010/SH0020/Playblasts/anim/v0003/"
       "SC010-SH0020_anim_v0003.mp4",
       {1}}};
  for (const Case& one : cases)
    EXPECT_EQ(fit(one.preset, two_shots, one.path), one.shots) << one.path;
}

TEST(Pattern, PresetsReadVersionAndTask) {
  struct Case {
    std::string_view preset;
    std::string_view path;
    std::int64_t version;
    Task task;
  };
  const std::vector<Case> cases{
      {"small-studio", "EP01_Kite/SC010/SH0020/ep01_sc010_sh0020_v003.mov", 3, Task::none},
      {"small-studio", "EP01/SC010/SH0020/anim/ep01_sc010_sh0020_anim_v012.mov", 12, Task::anim},
      {"shotgrid", "SC010/SH0020/SHARED/MOV/comp/SC010_SH0020_comp_main.v003.mov", 3, Task::comp},
      {"ayon",
       "show/shots/sc010/sh0020/publish/render/renderMain/v004/sh_sh0020_renderMain_v004.%04d.exr",
       4, Task::render},
      {"kitsu", "kite/shots/sc010/sh0020/animation/mp4/kite_sc010_sh0020_animation_mp4_a_v003.mp4",
       3, Task::anim},
      {"prism", "Shots/SC010/SH0020/Renders/2dRender/comp/v0002/SC010-SH0020_comp_v0002.%04d.png",
       2, Task::comp}};
  for (const Case& one : cases) {
    const auto patterns = Patterns::parse(one.preset);
    Item item;
    const std::size_t slash = one.path.rfind('/');
    item.folder = one.path.substr(0, slash);
    item.name = one.path.substr(slash + 1);
    const PathNames names = named(std::move(item), &*patterns).names;
    EXPECT_EQ(names.version, one.version) << one.path;
    EXPECT_EQ(names.task, one.task) << one.path;
  }
}

TEST(Pattern, WhatTheTemplateReadsTakesThePlaceOfTheTokens) {
  const auto patterns = Patterns::parse("{shot}/{task}_{version}_{take}.mov");
  Item item;
  item.folder = "10";
  item.name = "lighting_007_2.mov";
  const NamedItem names = named(std::move(item), &*patterns);
  EXPECT_EQ(names.names.task, Task::render);
  EXPECT_EQ(names.names.version, 7);
  EXPECT_EQ(names.names.version_text, "v007");
  EXPECT_EQ(names.names.take, 2);
}

TEST(Pattern, HostilePathsTakeNoTime) {
  const auto patterns = Patterns::parse("**/{a}_{b}_{c}_{d:(?:x+x+)+y}_{shot}.mov");
  EXPECT_FALSE(patterns->match(std::string(4000, 'x') + ".mov").has_value());
}

}  // namespace
}  // namespace tracker::media

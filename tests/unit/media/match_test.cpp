#include "media/match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "media/rank.hpp"

namespace tracker::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RowNames row(std::string episode, std::string scene, std::string shot) {
  return {std::move(episode), std::move(scene), std::move(shot), "", ""};
}

NamedItem movie(std::string_view path, std::int64_t mtime_ns = 0) {
  Item item;
  const std::size_t slash = path.rfind('/');
  item.folder = slash == std::string_view::npos ? "" : path.substr(0, slash);
  item.name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  item.newest_mtime_ns = mtime_ns;
  return named(std::move(item));
}

std::vector<std::size_t> fit(const Matcher& matcher, std::string_view path) {
  return matcher.fit(movie(path).names).shots;
}

const std::string usual = "EP01_The_Lost_Kite/SC010/SH0020/anim/ep01_sc010_sh0020_anim_v003.mp4";

TEST(Match, FindsTheShotHoweverTheCellsAreWritten) {
  for (const RowNames& cells :
       {row("EP01", "SC010", "SH0020"), row("1", "10", "20"), row("The Lost Kite", "010", "0020"),
        row("EP01 The Lost Kite", "Scene 10", "Shot 20"), row("ep 1", "sc_010", "SH-0020"),
        row("", "SC010", "SH0020"), row("Episode 1: The Lost Kite", "sc10", "SC010_SH0020")}) {
    EXPECT_THAT(fit(Matcher({cells}), usual), ElementsAre(0u))
        << cells.episode << " / " << cells.scene << " / " << cells.shot;
  }
}

TEST(Match, FindsTheShotHoweverThePathIsWritten) {
  const Matcher matcher({row("EP01 The Lost Kite", "SC010", "SH0020")});
  for (const char* path :
       {"_weekly/20260105/Mina/EP01 SC010 SH0020 final.mp4", "ep01_sc010_sh0020.mov",
        "The Lost Kite/010/0020/playblast.mov", "kite/SC010/SH0020.mov", "10/20.mov",
        "Parcel/shots/sc010/sh0020/anim/parcel_sc010_sh0020_anim.mov", "ep01sc010sh0020v2.mp4",
        "1/010/0020/010_0020_v1.mov"}) {
    EXPECT_THAT(fit(matcher, path), ElementsAre(0u)) << path;
  }
}

TEST(Match, NeverTakesAnotherShotForThisOne) {
  const Matcher matcher({row("EP01", "SC010", "SH0020")});
  for (const char* path :
       {"EP01/SC010/SH0020A/ep01_sc010_sh0020a_v001.mp4", "ep02_sc010_sh0020.mp4",
        "ep01_sc020_sh0010.mp4", "ep01_sc010_sh0021.mp4", "ep01_sc010_sh002.mp4",
        "EP01/SC010/SH0020/ep01_sc010_sh0030_v001.mp4", "010/notes_v20.mov", "10/20260105/a.mov",
        "EP01/20/10/20_10.mov"}) {
    EXPECT_THAT(fit(matcher, path), IsEmpty()) << path;
  }
}

TEST(Match, SuffixLettersNameAnotherShot) {
  const Matcher matcher({row("EP01", "SC010", "SH20"), row("EP01", "SC010", "SH20A")});
  EXPECT_THAT(fit(matcher, "EP01/SC010/SH0020A/x_v1.mp4"), ElementsAre(1u));
  EXPECT_THAT(fit(matcher, "EP01/SC010/SH0020/x_v1.mp4"), ElementsAre(0u));
}

TEST(Match, EpisodeMayBeMissingOnlyWhereSceneAndShotNameOneShot) {
  const Matcher both({row("EP01", "SC010", "SH0020"), row("EP02", "SC010", "SH0020")});
  EXPECT_THAT(fit(both, "SC010/SH0020/a_v1.mov"), ElementsAre(0u, 1u));
  EXPECT_THAT(fit(both, "EP02/SC010/SH0020/a_v1.mov"), ElementsAre(1u));
  const Matcher one({row("EP01", "SC010", "SH0020")});
  EXPECT_THAT(fit(one, "SC010/SH0020/a_v1.mov"), ElementsAre(0u));
}

TEST(Match, ATitleDecidesBetweenEpisodesAndANumberIsNotATitle) {
  const Matcher matcher({row("Moon Bakery", "10", "20"), row("Rain On Sunday", "10", "20")});
  EXPECT_THAT(fit(matcher, "EP03_Moon_Bakery/SC010/SH0020/a.mov"), ElementsAre(0u));
  EXPECT_THAT(
      fit(Matcher({row("Rain On Sunday", "10", "20")}), "EP03_Moon_Bakery/SC010/SH0020.mov"),
      IsEmpty());
}

TEST(Match, OrderOfBareNumbersDecides) {
  const Matcher matcher({row("", "10", "20"), row("", "20", "10")});
  EXPECT_THAT(fit(matcher, "10/20/10_20_v1.mov"), ElementsAre(0u));
  EXPECT_THAT(fit(matcher, "20/10/20_10_v1.mov"), ElementsAre(1u));
}

TEST(Match, EqualRowsAreOneShotUnlessThePathPicksOne) {
  RowNames mina = row("EP01", "SC010", "SH0020");
  mina.animator = "Mina";
  mina.week = "20260105";
  RowNames tom = mina;
  tom.animator = "Tom";
  tom.week = "20260112";
  const Matcher matcher({mina, tom});
  ASSERT_EQ(matcher.shot_count(), 1u);
  EXPECT_THAT(matcher.rows_of(0), ElementsAre(0u, 1u));
  const NamedItem shared = movie(usual);
  EXPECT_TRUE(matcher.speaks_of(0, shared.names));
  EXPECT_TRUE(matcher.speaks_of(1, shared.names));
  const NamedItem minas = movie("_weekly/20260105/Mina/EP01 SC010 SH0020 final.mp4");
  EXPECT_TRUE(matcher.speaks_of(0, minas.names));
  EXPECT_FALSE(matcher.speaks_of(1, minas.names));
}

std::vector<std::string> in_order(std::vector<NamedItem> items) {
  std::vector<Rank> ranks;
  for (const NamedItem& item : items) ranks.push_back(rank_of(item, false));
  std::ranges::sort(ranks);
  std::vector<std::string> paths;
  for (const Rank& rank : ranks) paths.push_back(rank.path);
  return paths;
}

TEST(Rank, TaskThenOldThenVersionAsANumberThenTake) {
  EXPECT_THAT(
      in_order({movie("a_final.mov"), movie("comp/a_v020.mov"), movie("anim/a_v9.mov"),
                movie("anim/a_v012.mov"), movie("anim/old/a_v013.mov"),
                movie("anim/a_v012_take2.mov"), movie("anim/a_latest.mov")}),
      ElementsAre("anim/a_v012_take2.mov", "anim/a_v012.mov", "anim/a_v9.mov", "anim/a_latest.mov",
                  "anim/old/a_v013.mov", "comp/a_v020.mov", "a_final.mov"));
}

TEST(Rank, TheStudioSaysWhichTaskCounts) {
  const NamedItem anim = movie("anim/a_v3.mov");
  const NamedItem comp = movie("comp/a_v1.mov");
  const NamedItem board = movie("board/a_v1.mov");
  EXPECT_EQ(reason_for(rank_of(anim, false), rank_of(comp, false)), "anim comes before comp");
  const auto order = parse_task_order("Compositing, board");
  ASSERT_TRUE(order.has_value());
  EXPECT_LT(rank_of(comp, false, *order), rank_of(board, false, *order));
  EXPECT_LT(rank_of(board, false, *order), rank_of(anim, false, *order));
  EXPECT_LT(rank_of(anim, false, *order), rank_of(movie("a_v9.mov"), false, *order));
  EXPECT_EQ(reason_for(rank_of(comp, false, *order), rank_of(anim, false, *order)),
            "comp comes before anim");
  EXPECT_EQ(parse_task_order(""), TaskOrder{});
  EXPECT_EQ(parse_task_order("comp, paint").error().what, "\"paint\" is no task");
}

TEST(Rank, EveryDifferenceHasItsReason) {
  const auto reason = [](std::string_view best, std::string_view next) {
    return reason_for(rank_of(movie(best, 5), false), rank_of(movie(next, 1), false));
  };
  EXPECT_EQ(reason_for(rank_of(movie("a.mov"), false), std::nullopt), "the shot's only file");
  EXPECT_EQ(reason("a.mov", "old/b.mov"), "the others lie in a folder for old files");
  EXPECT_EQ(reason("a_v1.mov", "a_final.mov"), "highest version (v001)");
  EXPECT_EQ(reason("a_v1_take2.mov", "a_v1_take1.mov"), "highest take (take 2)");
  EXPECT_EQ(reason("a.mov", "b.mov"), "the newest of its version");
  NamedItem frames = movie("a_v1.%04d.png");
  frames.item.kind = ItemKind::sequence;
  NamedItem gapped = frames;
  gapped.item.missing = {{3, 4}};
  EXPECT_EQ(reason_for(rank_of(frames, false), rank_of(gapped, false)),
            "a whole sequence comes before a sequence with gaps");
  Rank by_hand = rank_of(movie("z.mov"), true);
  by_hand.left_to_names = false;
  EXPECT_LT(by_hand, rank_of(movie("anim/a_v9.mov"), false));
  EXPECT_EQ(reason_for(by_hand, std::nullopt), "given to this shot by hand");
}

TEST(Rank, ReadableThenMovieThenNewest) {
  const NamedItem whole = movie("a_v1.mov", 5);
  const NamedItem newer = movie("b_v1.mov", 9);
  EXPECT_LT(rank_of(newer, false), rank_of(whole, false));
  EXPECT_LT(rank_of(whole, false), rank_of(newer, true));
  EXPECT_EQ(reason_for(rank_of(whole, false), rank_of(newer, true)),
            "the other file of this version is damaged");
  EXPECT_EQ(reason_for(rank_of(movie("a_v012.mov"), false), rank_of(movie("a_v9.mov"), false)),
            "highest version (v012)");
}

TEST(Names, VersionIsReadFromTheNameBeforeTheFolder) {
  EXPECT_EQ(movie("v001/a_v002_r3.mov").names.version_text, "v002");
  EXPECT_EQ(movie("publish/v004/main.mov").names.version_text, "v004");
  EXPECT_EQ(movie("a_final.mov").names.version_text, "");
  EXPECT_EQ(movie("a_rev2.mov").names.version, 2);
}

}  // namespace
}  // namespace tracker::media

#include "local/media_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "../probe/made_media.hpp"

namespace tracker::local {
namespace {

using namespace std::chrono_literals;
using probe::make;
using probe::TemporaryFolder;

ShotRow shot_row(std::string key, std::string episode, std::string scene, std::string shot) {
  ShotRow row;
  row.key = std::move(key);
  at(row.cells, Field::episode_title) = std::move(episode);
  at(row.cells, Field::scene) = std::move(scene);
  at(row.cells, Field::shot) = std::move(shot);
  return row;
}

class MediaServiceTest : public testing::Test {
 protected:
  void start(const std::vector<ShotRow>& rows) {
    Settings settings = settings_;
    settings.media_root = root();
    settings.data_dir = folder_.path();
    settings.media_program = program_;
    service_.emplace(
        io_.get_executor(), settings,
        [this](std::vector<MeasuredRow> measured) {
          ++tellings_;
          for (MeasuredRow& row : measured) {
            ++told_[row.key];
            latest_[row.key] = std::move(row.measurement);
          }
        },
        MediaListeners{
            .on_pictures =
                [this](const std::vector<DrawnPicture>& drawn) {
                  for (const DrawnPicture& one : drawn) drawn_[one.name] = one.path;
                },
            .on_unmatched = [this](UnmatchedFiles files) { unmatched_ = std::move(files); }});
    service_->set_rows(rows);
    service_->start();
  }

  void stop() {
    boost::asio::co_spawn(io_, service_->stop(), boost::asio::detached);
    io_.restart();
    io_.run();
    service_.reset();
  }

  void TearDown() override {
    if (service_) stop();
  }

  /// Runs the io thread until `done`, at most 20 s.
  bool run_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    auto guard = boost::asio::make_work_guard(io_);
    io_.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(20ms);
    return done();
  }

  bool shows(const std::string& key, std::int64_t frames) {
    return run_until([&] {
      const auto row = latest_.find(key);
      return row != latest_.end() && row->second && row->second->frames == frames;
    });
  }

  std::filesystem::path root() const { return folder_.path() / "media"; }

  TemporaryFolder folder_;
  std::filesystem::path program_ = probe::media_program();
  Settings settings_;  ///< what a test wants otherwise
  boost::asio::io_context io_;
  std::optional<MediaService> service_;
  std::map<std::string, std::optional<Measurement>> latest_;
  std::map<std::string, int> told_;
  std::map<PictureName, std::filesystem::path> drawn_;
  UnmatchedFiles unmatched_;
  int tellings_ = 0;
};

const std::string shot_folder = "EP01_Kite/SC010/SH0020/anim/";

TEST_F(MediaServiceTest, MeasuresTheNewestVersionAndSeesANewOneLand) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v002.mp4", 30));
  start({shot_row("a", "EP01 Kite", "SC010", "SH0020"), shot_row("b", "EP01", "SC010", "SH0030")});
  ASSERT_TRUE(shows("a", 30));
  EXPECT_EQ(latest_["a"]->version, "v002");
  EXPECT_EQ(latest_["a"]->frame_rate, (Rational{24, 1}));
  EXPECT_EQ(latest_["a"]->problem, "");
  ASSERT_TRUE(run_until([&] { return latest_.contains("b"); }));
  EXPECT_FALSE(latest_["b"].has_value());
  EXPECT_EQ(service_->problem(), "");

  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v003.mp4", 36));
  ASSERT_TRUE(shows("a", 36));
  ASSERT_TRUE(make(root(), "EP01_Kite/SC010/SH0030/anim/ep01_sc010_sh0030_anim_v001.mov", 12));
  ASSERT_TRUE(shows("b", 12));
  std::filesystem::remove(root() / (shot_folder + "ep01_sc010_sh0020_anim_v003.mp4"));
  ASSERT_TRUE(shows("a", 30));
}

TEST_F(MediaServiceTest, ManyFilesAreToldTogether) {
  constexpr int files = 30;
  const std::filesystem::path first = root() / "EP01/SC010/first.mp4";
  ASSERT_TRUE(make(root(), "EP01/SC010/first.mp4", 24));
  std::vector<ShotRow> rows;
  for (int i = 0; i < files; ++i) {
    const std::string shot = "SH" + std::to_string(1000 + i);
    std::filesystem::copy_file(first, root() / ("EP01/SC010/" + shot + "_v001.mp4"));
    rows.push_back(shot_row(std::to_string(i), "EP01", "SC010", shot));
  }
  const auto begin = std::chrono::steady_clock::now();
  start(rows);
  ASSERT_TRUE(run_until([&] { return latest_.size() == files; }));
  for (const auto& [key, measurement] : latest_) EXPECT_EQ(measurement->frames, 24);
  const auto quarters = (std::chrono::steady_clock::now() - begin) / 250ms;
  EXPECT_LE(tellings_, 1 + quarters);
}

TEST_F(MediaServiceTest, SequencesShowTheirGaps) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_v001.%04d.png", 12));
  std::filesystem::remove(root() / (shot_folder + "ep01_sc010_sh0020_v001.1005.png"));
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(shows("a", 12));
  EXPECT_EQ(to_string(latest_["a"]->missing_frames), "1005");
  EXPECT_EQ(latest_["a"]->problem, "1 frame is missing: 1005");
  EXPECT_EQ(latest_["a"]->duration, (Rational{1, 2}));
}

/// An EXR whose head states 25 frames a second; nothing else of it is looked at.
void write_exr(const std::filesystem::path& path, char rate = 25) {
  std::filesystem::create_directories(path.parent_path());
  std::string head("\x76\x2F\x31\x01\2\0\0\0framesPerSecond\0rational\0\10\0\0\0", 37);
  head += std::string({rate, 0, 0, 0, 1, 0, 0, 0, 0});
  std::ofstream(path, std::ios::binary) << head;
}

TEST_F(MediaServiceTest, PicturesStateTheRateOfTheirSequence) {
  const auto frame = [this](int number) {
    return root() / (shot_folder + "ep01_sc010_sh0020_v001." + std::to_string(number) + ".exr");
  };
  for (int number = 1001; number <= 1050; ++number) write_exr(frame(number));
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(shows("a", 50));
  EXPECT_EQ(latest_["a"]->frame_rate, (Rational{25, 1}));
  EXPECT_EQ(latest_["a"]->duration, (Rational{2, 1}));
  EXPECT_THAT(latest_["a"]->flags, testing::ElementsAre("RATE_NOT_PROJECT"));
  EXPECT_THAT(latest_["a"]->how, testing::StartsWith("file names, rate of the first picture; "));
  EXPECT_EQ(latest_["a"]->problem, "the file runs at 25 frames per second, the project at 24");
  EXPECT_EQ(told_["a"], 1) << "not before its rate was known";
  write_exr(frame(1051));
  ASSERT_TRUE(shows("a", 51));
  EXPECT_EQ(latest_["a"]->frame_rate, (Rational{25, 1}));
}

TEST_F(MediaServiceTest, HandlesAreNotOfTheShotsLength) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 40));
  ASSERT_TRUE(make(root(), "EP01/SC010/SH0030/ep01_sc010_sh0030_v001.%04d.png", 17));
  ASSERT_TRUE(make(root(), "EP01/SC010/SH0040/ep01_sc010_sh0040_v001.mp4", 16));
  const std::vector<ShotRow> rows{shot_row("a", "EP01", "SC010", "SH0020"),
                                  shot_row("b", "EP01", "SC010", "SH0030"),
                                  shot_row("c", "EP01", "SC010", "SH0040")};
  start(rows);
  ASSERT_TRUE(shows("a", 40));
  ASSERT_TRUE(shows("c", 16));
  EXPECT_FALSE(latest_["a"]->file_frames);
  const std::string measured_at = latest_["a"]->measured_at;
  stop();

  settings_.media_handles = 8;
  start(rows);
  ASSERT_TRUE(shows("a", 24));
  EXPECT_EQ(latest_["a"]->file_frames, 40);
  EXPECT_EQ(latest_["a"]->duration, (Rational{1, 1}));
  EXPECT_EQ(latest_["a"]->problem, "");
  EXPECT_THAT(latest_["a"]->how,
              testing::HasSubstr("40 frames without the handles, 8 at each end; "));
  EXPECT_EQ(latest_["a"]->measured_at, measured_at) << "measured again";
  ASSERT_TRUE(shows("b", 1));
  EXPECT_EQ(latest_["b"]->file_frames, 17);
  ASSERT_TRUE(run_until([&] { return latest_["c"] && !latest_["c"]->frames; }));
  EXPECT_EQ(latest_["c"]->file_frames, 16);
  EXPECT_FALSE(latest_["c"]->duration);
  EXPECT_EQ(latest_["c"]->problem,
            "the file holds 16 frames: without the handles, 8 at each end, none is left");
}

TEST_F(MediaServiceTest, AnEpisodeMayHaveARateOfItsOwn) {
  ASSERT_TRUE(make(root(), "EP01/SC010/SH0020/ep01_sc010_sh0020_v001.%04d.png", 25));
  ASSERT_TRUE(make(root(), "EP01/SC010/SH0030/ep01_sc010_sh0030_v001.mp4", 30));
  ASSERT_TRUE(make(root(), "EP02/SC010/SH0040/ep02_sc010_sh0040_v001.%04d.png", 24));
  settings_.episode_rates = *media::EpisodeRates::parse("EP01=25");
  start({shot_row("a", "EP01 Kite", "SC010", "SH0020"), shot_row("b", "EP01", "SC010", "SH0030"),
         shot_row("c", "EP02", "SC010", "SH0040")});
  ASSERT_TRUE(shows("a", 25));
  EXPECT_EQ(latest_["a"]->frame_rate, (Rational{25, 1}));
  EXPECT_EQ(latest_["a"]->duration, (Rational{1, 1}));
  EXPECT_THAT(latest_["a"]->flags, testing::IsEmpty());
  ASSERT_TRUE(shows("b", 30));
  EXPECT_THAT(latest_["b"]->flags, testing::ElementsAre("RATE_NOT_PROJECT"));
  EXPECT_EQ(latest_["b"]->problem, "the file runs at 24 frames per second, the episode at 25");
  ASSERT_TRUE(shows("c", 24));
  EXPECT_EQ(latest_["c"]->frame_rate, (Rational{24, 1}));
  EXPECT_THAT(latest_["c"]->flags, testing::IsEmpty());
}

TEST_F(MediaServiceTest, AFileThatTwoShotsFitIsNobodysAndBothAreNamed) {
  ASSERT_TRUE(make(root(), "SC010/SH0020/playblast_v001.mp4", 24));
  start({shot_row("a", "EP01", "SC010", "SH0020"), shot_row("b", "EP02", "SC010", "SH0020")});
  ASSERT_TRUE(run_until([&] { return latest_.contains("a") && latest_.contains("b"); }));
  for (const char* key : {"a", "b"}) {
    ASSERT_TRUE(latest_[key].has_value());
    EXPECT_FALSE(latest_[key]->frames.has_value());
    EXPECT_THAT(latest_[key]->problem, testing::HasSubstr("EP01 SC010 SH0020"));
    EXPECT_THAT(latest_[key]->problem, testing::HasSubstr("EP02 SC010 SH0020"));
  }
}

TEST_F(MediaServiceTest, AnUnfinishedFileIsNotShownUntilItsWriterClosesIt) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  ASSERT_TRUE(make(folder_.path(), "render.mp4", 40));
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(shows("a", 24));
  std::ifstream render(folder_.path() / "render.mp4", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(render), {}};
  std::ofstream out(root() / (shot_folder + "ep01_sc010_sh0020_anim_v002.mp4"), std::ios::binary);
  out << bytes.substr(0, bytes.size() / 2) << std::flush;
  // Another file lands meanwhile: when it was seen, the half file was seen, too.
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mov", 25));
  ASSERT_TRUE(shows("a", 25));
  out << bytes.substr(bytes.size() / 2) << std::flush;
  out.close();
  ASSERT_TRUE(shows("a", 40));
  EXPECT_EQ(told_["a"], 3);
}

TEST_F(MediaServiceTest, ARestartTellsTheSameWithoutMeasuringAgain) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(shows("a", 24));
  const std::optional<Measurement> before = latest_["a"];
  stop();
  latest_.clear();
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(shows("a", 24));
  EXPECT_EQ(latest_["a"], before);  // with the moment of the first measuring
}

TEST_F(MediaServiceTest, ADeadWorkerIsAProblemNowAndNoVerdictForEver) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  program_ = folder_.path() / "dying";
  std::ofstream(program_) << "#!/bin/sh\ndd bs=1 count=1 <&3 >/dev/null 2>&1\nkill -9 $$\n";
  std::filesystem::permissions(program_, std::filesystem::perms::owner_all);
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(run_until([&] { return latest_["a"] && !latest_["a"]->problem.empty(); }));
  EXPECT_EQ(latest_["a"]->problem, "the decoder crashed");
  EXPECT_FALSE(latest_["a"]->frames.has_value());
  stop();
  program_ = probe::media_program();
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  EXPECT_TRUE(shows("a", 24));
}

TEST_F(MediaServiceTest, AMissingRootIsASentenceAndTakesNothingAway) {
  start({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(run_until([&] { return !service_->problem().empty(); }));
  EXPECT_THAT(service_->problem(), testing::HasSubstr("MEDIA_ROOT"));
  EXPECT_TRUE(latest_.empty());
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  ASSERT_TRUE(shows("a", 24));
  EXPECT_TRUE(run_until([&] { return service_->problem().empty(); }));
  std::filesystem::remove_all(root());
  ASSERT_TRUE(run_until([&] { return !service_->problem().empty(); }));
  EXPECT_EQ(latest_["a"]->frames, 24);
}

TEST_F(MediaServiceTest, PicturesAreDrawnOfWhatRowsShow) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  ASSERT_TRUE(make(root(), "EP01_Kite/SC010/SH0030/sh0030_v001.%04d.png", 12));
  start({shot_row("a", "EP01", "SC010", "SH0020"), shot_row("b", "EP01", "SC010", "SH0030")});
  ASSERT_TRUE(shows("a", 24) && shows("b", 12));
  const auto all_drawn = [&] {
    return drawn_.contains({latest_["a"]->source_digest, Picture::thumbnail}) &&
           drawn_.contains({latest_["a"]->source_digest, Picture::strip}) &&
           drawn_.contains({latest_["b"]->source_digest, Picture::thumbnail}) &&
           drawn_.contains({latest_["b"]->source_digest, Picture::strip});
  };
  ASSERT_TRUE(run_until(all_drawn));
  EXPECT_EQ(drawn_.size(), 4U);
  for (const auto& [name, path] : drawn_) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(is_jpeg(std::string{std::istreambuf_iterator<char>(file), {}})) << path;
  }
  stop();
  drawn_.clear();
  start({shot_row("a", "EP01", "SC010", "SH0020"), shot_row("b", "EP01", "SC010", "SH0030")});
  EXPECT_TRUE(run_until(all_drawn)) << "after a restart they are told again, not drawn";
}

TEST_F(MediaServiceTest, AFileOfNoShotIsToldAndAPersonMayGiveItToOne) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  ASSERT_TRUE(make(root(), "inbox/kite flies.mp4", 36));
  start({shot_row("1", "EP01", "SC010", "SH0020"), shot_row("2", "EP01", "SC010", "SH0030")});
  ASSERT_TRUE(shows("1", 24));
  ASSERT_TRUE(run_until([&] { return unmatched_.total == 1; }));
  EXPECT_EQ(unmatched_.newest[0].path, "inbox/kite flies.mp4");
  EXPECT_EQ(unmatched_.newest[0].kind, "movie");
  service_->set_pins({{"inbox/kite flies.mp4", 1}});
  ASSERT_TRUE(shows("1", 36)) << "before what the names say";
  EXPECT_THAT(latest_["1"]->how, testing::HasSubstr("given to this shot by hand"));
  EXPECT_THAT(latest_["1"]->flags, testing::Contains("PINNED"));
  EXPECT_TRUE(run_until([&] { return unmatched_.total == 0; }));
  service_->set_pins({{"inbox/kite flies.mp4", 2}});
  ASSERT_TRUE(shows("1", 24) && shows("2", 36));
  service_->set_pins({{"inbox/kite flies.mp4", 7}});
  EXPECT_TRUE(run_until([&] { return !latest_["2"] && unmatched_.total == 1; })) << "no such row";
}

TEST_F(MediaServiceTest, AMeasurementSaysWhatTheFileIsAndWhyItIsThisOne) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 30, "30/1"));
  ASSERT_TRUE(make(root(), "EP01_Kite/SC010/SH0030/ep01_sc010_sh0030_v002.mp4", 24));
  ASSERT_TRUE(make(root(), "EP01_Kite/SC010/SH0030/ep01_sc010_sh0030_v009.mp4", 24));
  std::ofstream(root() / "EP01_Kite/SC010/SH0040.mp4").close();
  std::ofstream(root() / "EP01_Kite/SC010/SH0050_v1.1001.png").close();
  std::ofstream(root() / "EP01_Kite/SC010/SH0050_v1.1002.png") << "some bytes";
  start({shot_row("a", "EP01", "SC010", "SH0020"), shot_row("b", "EP01", "SC010", "SH0030"),
         shot_row("c", "EP01", "SC010", "SH0040"), shot_row("d", "EP01", "SC010", "SH0050")});
  ASSERT_TRUE(shows("a", 30) && shows("b", 24) && shows("d", 2));
  EXPECT_THAT(latest_["a"]->flags, testing::ElementsAre("RATE_NOT_PROJECT"));
  EXPECT_EQ(latest_["a"]->problem, "the file runs at 30 frames per second, the project at 24");
  EXPECT_THAT(latest_["a"]->how, testing::EndsWith("; the shot's only file"));
  EXPECT_THAT(latest_["b"]->how, testing::EndsWith("; highest version (v009)"));
  ASSERT_TRUE(run_until([&] { return latest_["c"].has_value(); }));
  EXPECT_THAT(latest_["c"]->flags, testing::Contains("EMPTY"));
  EXPECT_THAT(latest_["d"]->flags, testing::ElementsAre("EMPTY"));
  EXPECT_EQ(latest_["d"]->problem, "empty or far too small: frame 1001");
}

TEST_F(MediaServiceTest, WhatTheNamesHaveInCommonIsOffered) {
  ASSERT_TRUE(make(root(), "SC010/SH0010/sc010_sh0010_v001.mp4", 24));
  std::vector<ShotRow> rows;
  for (int shot = 10; shot <= 60; shot += 10) {
    const std::string name = "00" + std::to_string(shot);
    rows.push_back(shot_row(name, "EP01", "SC010", "SH" + name));
    const auto folder = root() / "SC010" / ("SH" + name);
    std::filesystem::create_directories(folder);
    if (shot > 10) {
      std::filesystem::copy_file(root() / "SC010/SH0010/sc010_sh0010_v001.mp4",
                                 folder / ("sc010_sh" + name + "_v001.mp4"));
    }
  }
  start(rows);
  ASSERT_TRUE(run_until([&] { return service_->offer().has_value(); }));
  EXPECT_EQ(service_->offer()->templates,
            "{scene}/{shot}/{scene}_{shot}_v{version}<.{frame}>.{ext}");
  EXPECT_EQ(service_->offer()->rows, 6u);
}

TEST_F(MediaServiceTest, RowsMayComeChangeAndGo) {
  ASSERT_TRUE(make(root(), shot_folder + "ep01_sc010_sh0020_anim_v001.mp4", 24));
  start({shot_row("a", "EP01", "SC010", "SH0099")});
  ASSERT_TRUE(run_until([&] { return latest_.contains("a"); }));
  EXPECT_FALSE(latest_["a"].has_value());
  service_->set_rows({shot_row("a", "EP01", "SC010", "SH0020")});
  ASSERT_TRUE(shows("a", 24));
  service_->change_rows({shot_row("b", "EP01", "SC010", "SH0020")}, {"a"});
  ASSERT_TRUE(shows("b", 24));
  service_->change_rows({shot_row("b", "EP01", "SC010", "SH0021")}, {});
  EXPECT_TRUE(run_until([&] { return !latest_["b"].has_value(); }));
}

}  // namespace
}  // namespace tracker::local

#include "probe/worker.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>

#include "made_media.hpp"

namespace tracker::probe {
namespace {

class WorkerTest : public testing::Test {
 protected:
  Answer measured(const std::filesystem::path& file) {
    const auto opened = open_media(AT_FDCWD, file.string());
    EXPECT_TRUE(opened.has_value());
    auto answer = opened ? measure(pool_, *opened) : std::unexpected(opened.error());
    EXPECT_TRUE(answer.has_value()) << (answer ? "" : describe(answer.error()));
    return answer ? *answer : Answer{};
  }

  TemporaryFolder folder_;
  WorkerPool pool_{media_program(), 1};
};

TEST_F(WorkerTest, CountsFramesRateAndDuration) {
  ASSERT_TRUE(make(folder_.path(), "a.mp4", 48));
  ASSERT_TRUE(make(folder_.path(), "b.mkv", 40, "24000/1001"));
  ASSERT_TRUE(make(folder_.path(), "c.mov", 12, "25/1"));
  const Answer mp4 = measured(folder_.path() / "a.mp4");
  EXPECT_EQ(mp4.kind, Kind::video);
  EXPECT_EQ(mp4.frames, 48);
  EXPECT_EQ(mp4.frame_rate, (Rational{24, 1}));
  EXPECT_EQ(mp4.duration, (Rational{2, 1}));
  const Answer mkv = measured(folder_.path() / "b.mkv");
  EXPECT_EQ(mkv.frames, 40);
  EXPECT_EQ(mkv.frame_rate, (Rational{24000, 1001}));
  EXPECT_EQ(mkv.duration, reduced(40 * 1001, 24000));
  EXPECT_EQ(measured(folder_.path() / "c.mov").duration, reduced(12, 25));
}

TEST_F(WorkerTest, AKilledWorkerIsReplacedAndTheNextAnswerIsRight) {
  ASSERT_TRUE(make(folder_.path(), "a.mp4", 24));
  EXPECT_EQ(measured(folder_.path() / "a.mp4").frames, 24);
  for (int round = 0; round < 5; ++round) {
    const std::vector<pid_t> before = pool_.workers();
    ASSERT_EQ(before.size(), 1u);
    ASSERT_EQ(::kill(before.front(), SIGKILL), 0);
    Answer answer = measured(folder_.path() / "a.mp4");
    if (answer.crashed) answer = measured(folder_.path() / "a.mp4");  // it died over this one
    EXPECT_EQ(answer.frames, 24);
    EXPECT_NE(pool_.workers(), before);
  }
}

/// Also where a disk does not answer: the worker stands still and uses no processor time.
TEST_F(WorkerTest, AStoppedWorkerIsKilledByTheClock) {
  ASSERT_TRUE(make(folder_.path(), "a.mp4", 24));
  const auto file = open_media(AT_FDCWD, (folder_.path() / "a.mp4").string());
  ASSERT_TRUE(file.has_value());
  WorkerPool pool(media_program(), 1, {.clock_time = std::chrono::milliseconds(300)});
  pool.warm_up();
  ASSERT_EQ(::kill(pool.workers().front(), SIGSTOP), 0);
  const auto late = measure(pool, *file);
  ASSERT_TRUE(late.has_value());
  EXPECT_TRUE(late->crashed);
  EXPECT_EQ(late->problem, "its disk did not answer in time");
  EXPECT_EQ(pool.workers().size(), 0u);
}

/// A machine full of renders gives a worker little of the processor: that alone fails no file.
TEST_F(WorkerTest, AWorkerThatGetsNoProcessorIsWaitedFor) {
  ASSERT_TRUE(make(folder_.path(), "a.mp4", 24));
  const auto file = open_media(AT_FDCWD, (folder_.path() / "a.mp4").string());
  ASSERT_TRUE(file.has_value());
  WorkerPool pool(media_program(), 1, {.processor_time = std::chrono::milliseconds(400)});
  EXPECT_EQ(measure(pool, *file)->frames, 24);  // it is loaded now
  ASSERT_EQ(::kill(pool.workers().front(), SIGSTOP), 0);
  ASSERT_TRUE(pool.submit(7, *file));
  const auto until = WorkerPool::Clock::now() + std::chrono::milliseconds(1200);
  while (WorkerPool::Clock::now() < until) {
    std::vector<pollfd> descriptors;
    pool.poll_descriptors(descriptors);
    ::poll(descriptors.data(), descriptors.size(), 100);
    ASSERT_TRUE(pool.collect().empty());
  }
  ASSERT_EQ(::kill(pool.workers().front(), SIGCONT), 0);
  std::vector<WorkerPool::Finished> finished;
  while (finished.empty()) finished = pool.collect();
  EXPECT_EQ(finished.front().id, 7u);
  EXPECT_EQ(finished.front().answer.frames, 24);
}

TEST_F(WorkerTest, AWorkerThatUsesTooMuchProcessorTimeIsKilled) {
  ASSERT_TRUE(make(folder_.path(), "a.mp4", 24));
  const auto file = open_media(AT_FDCWD, (folder_.path() / "a.mp4").string());
  ASSERT_TRUE(file.has_value());
  WorkerPool pool(media_program(), 1, {.processor_time = std::chrono::milliseconds(0)});
  pool.warm_up();
  ASSERT_EQ(::kill(pool.workers().front(), SIGSTOP), 0);
  const auto late = measure(pool, *file);
  ASSERT_TRUE(late.has_value());
  EXPECT_TRUE(late->crashed);
  EXPECT_EQ(late->problem, "measuring it took too long");
}

TEST_F(WorkerTest, RefusesWhatIsNoMediaWithASentence) {
  const auto refusal = [&](const std::string& bytes) {
    const auto file = folder_.path() / "x.mp4";
    std::ofstream(file, std::ios::binary) << bytes;
    const Answer answer = measured(file);
    EXPECT_FALSE(answer.frames.has_value());
    EXPECT_FALSE(answer.crashed);
    return answer.problem;
  };
  EXPECT_EQ(refusal(""), "the file is empty (0 bytes)");
  EXPECT_EQ(refusal(std::string(5000, '\0')),
            "only zeros: the file is still being copied, or the copy failed");
  EXPECT_EQ(refusal("#EXTM3U\n#EXTINF:2,\n/etc/passwd\n"), "not a media file: it holds text");
  EXPECT_EQ(refusal("ffconcat version 1.0\nfile '/etc/passwd'\n"),
            "not a media file: it holds text");
  EXPECT_EQ(refusal(std::string(3000, '\x9c')), unknown_format);
}

TEST_F(WorkerTest, ACutFileIsSaidToBeCut) {
  ASSERT_TRUE(make(folder_.path(), "a.mkv", 48, "24/1", true));
  const Answer answer = measured(folder_.path() / "a.mkv");
  EXPECT_TRUE(answer.truncated);
  ASSERT_TRUE(answer.frames.has_value());
  EXPECT_LT(*answer.frames, 48);
  EXPECT_NE(answer.problem.find("cut"), std::string::npos);
}

/// Width and height as a JPEG's frame header says them.
std::pair<int, int> jpeg_size(std::string_view bytes) {
  for (std::size_t at = 2; at + 9 < bytes.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
    if (byte(1) >= 0xC0 && byte(1) <= 0xC2) {
      return {byte(7) * 256 + byte(8), byte(5) * 256 + byte(6)};
    }
    at += 2u + byte(2) * 256u + byte(3);
  }
  return {};
}

WorkerPool::Finished finished_of(WorkerPool& pool) {
  std::vector<WorkerPool::Finished> finished;
  while (finished.empty()) finished = pool.collect();
  return std::move(finished.front());
}

TEST_F(WorkerTest, DrawsAThumbnailAndAStrip) {
  WorkerPool pool(media_program(), 1, {.niceness = 10});
  const auto drawn = [&](const std::string& path, Work work) {
    const auto file = open_media(AT_FDCWD, (folder_.path() / path).string());
    EXPECT_TRUE(file && pool.submit(1, *file, work));
    return finished_of(pool);
  };
  for (const char* name : {"a.mp4", "b.mkv", "c.mov", "d.1001.png", "e.1001.exr", "f.1001.jpg"}) {
    std::string plan = name;
    if (const auto frame = plan.find("1001"); frame != plan.npos) plan.replace(frame, 4, "%04d");
    ASSERT_TRUE(make(folder_.path(), plan, 24)) << name;
    const auto thumbnail = drawn(name, Work::draw_thumbnail);
    ASSERT_TRUE(is_jpeg(thumbnail.picture)) << name << ": " << thumbnail.answer.problem;
    EXPECT_EQ(jpeg_size(thumbnail.picture).first, thumbnail_width);
    EXPECT_LT(thumbnail.picture.size(), 40'000u);
  }
  const auto strip = drawn("a.mp4", Work::draw_strip);
  ASSERT_TRUE(is_jpeg(strip.picture)) << strip.answer.problem;
  EXPECT_EQ(jpeg_size(strip.picture).first, strip_tiles * strip_tile_width);
  std::vector<Descriptor> frames;
  for (const char* name : {"d.1001.png", "d.1012.png", "d.1024.png"}) {
    frames.push_back(std::move(*open_media(AT_FDCWD, (folder_.path() / name).string())));
  }
  ASSERT_TRUE(pool.submit(1, frames, Work::draw_strip));
  const auto side_by_side = finished_of(pool);
  ASSERT_TRUE(is_jpeg(side_by_side.picture)) << side_by_side.answer.problem;
  EXPECT_EQ(jpeg_size(side_by_side.picture).first, strip_tiles * strip_tile_width);
  std::ofstream(folder_.path() / "x.mp4") << "no picture";
  EXPECT_EQ(drawn("x.mp4", Work::draw_thumbnail).picture, "");
}

TEST_F(WorkerTest, NeverWaitsForAPipe) {
  const auto pipe = folder_.path() / "pipe.mp4";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto opened = open_media(AT_FDCWD, pipe.string());
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().what, "not a regular file");
}

TEST(Worker, AMissingProgramIsAnErrorWithAHint) {
  WorkerPool pool("/nonexistent/animation-tracker-media", 1);
  const auto file = open_media(AT_FDCWD, "/proc/self/exe");
  ASSERT_TRUE(file.has_value());
  const auto answer = measure(pool, *file);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(answer.error().hint.empty());
}

TEST(Sandbox, LetsNothingOut) {
  const std::string command = media_program().string() + " --check >/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace tracker::probe

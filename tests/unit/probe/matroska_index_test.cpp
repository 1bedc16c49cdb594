#include "probe/matroska_index.hpp"

#include <gtest/gtest.h>

#include "bytes.hpp"

namespace tracker::probe {
namespace {

/// An element with its size in four bytes.
std::string element(std::uint64_t id, std::string_view content) {
  int id_size = 1;
  while (id_size < 4 && id >> (8 * id_size) != 0) ++id_size;
  return big(id, id_size) + big32(0x10000000 | content.size()) + std::string(content);
}
std::string live(std::uint64_t id, std::string_view content) {
  return big(id, 4) + big(0x01FFFFFFFFFFFFFF, 8) + std::string(content);
}

std::string track(int number, int type, std::string_view codec, std::string_view more = {}) {
  return element(0xAE, element(0xD7, big(static_cast<unsigned>(number), 1)) +
                           element(0x83, big(static_cast<unsigned>(type), 1)) +
                           element(0x86, codec) + std::string(more));
}
std::string block(int number, int time, std::string_view data = "x", unsigned flags = 0x80) {
  return element(0xA3, big(0x80u | static_cast<unsigned>(number), 1) +
                           big(static_cast<std::uint16_t>(time), 2) + big(flags, 1) +
                           std::string(data));
}
std::string cluster(std::uint64_t time, std::string_view blocks) {
  return element(0x1F43B675, element(0xE7, big(time, 4)) + std::string(blocks));
}
const std::string head = element(0x1A45DFA3, element(0x4282, "matroska"));
const std::string info = element(0x1549A966, element(0x2AD7B1, big(1'000'000, 4)));
const std::string one_track =
    element(0x1654AE6B, track(1, 1, "V_MPEG4/ISO/AVC", element(0x23E383, big(41'666'667, 4))));

std::string two_clusters() {
  return cluster(0, block(1, 0) + block(1, 83) + block(1, 42)) +
         cluster(125, block(1, 0) + block(1, 42));
}

TEST(MatroskaIndex, CountsBlocksAndFindsTheRateBehindMilliseconds) {
  const auto answer =
      read_as(read_matroska, head + element(0x18538067, info + one_track + two_clusters()));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->frames, 5);
  EXPECT_EQ(answer->frame_rate, (Rational{24, 1}));
  EXPECT_EQ(answer->duration, (Rational{5, 24}));
  EXPECT_EQ(answer->problem, "");
}

TEST(MatroskaIndex, LiveFilesWithoutSizesAreCounted) {
  const std::string first = element(0xE7, big(0, 4)) + block(1, 0) + block(1, 42);
  const std::string second = element(0xE7, big(83, 4)) + block(1, 0) + block(1, 42);
  const auto answer =
      read_as(read_matroska, head + live(0x18538067, info + one_track + live(0x1F43B675, first) +
                                                         live(0x1F43B675, second)));
  EXPECT_EQ(answer->frames, 4);
  EXPECT_FALSE(answer->truncated);
}

TEST(MatroskaIndex, PicturesThatAreNeverShownDoNotCount) {
  const std::string tracks = element(0x1654AE6B, track(1, 1, "V_VP8"));
  const std::string blocks = block(1, 0, "\x10") + block(1, 0, std::string_view("\0", 1)) +
                             block(1, 42, "\x10") + block(1, 83, "\x10", 0x08);
  const auto answer =
      read_as(read_matroska, head + element(0x18538067, info + tracks + cluster(0, blocks)));
  EXPECT_EQ(answer->frames, 2);
}

TEST(MatroskaIndex, TheDefaultTrackCountsAndSoundMayBeLonger) {
  const std::string tracks = element(0x1654AE6B, track(1, 1, "V_VP9", element(0x88, big(0, 1))) +
                                                     track(2, 1, "V_VP9") + track(3, 2, "A_OPUS"));
  const std::string blocks = block(1, 0) + block(2, 0) + block(2, 42) + block(3, 5000);
  const auto answer =
      read_as(read_matroska, head + element(0x18538067, info + tracks + cluster(0, blocks)));
  EXPECT_EQ(answer->frames, 2);
  EXPECT_TRUE(answer->audio_longer);
}

TEST(MatroskaIndex, ACutFileCountsWhatIsThere) {
  const std::string file = head + element(0x18538067, info + one_track + two_clusters());
  const auto answer = read_as(read_matroska, std::string_view(file).substr(0, file.size() - 3));
  EXPECT_TRUE(answer->truncated);
  EXPECT_EQ(answer->frames, 4);
  EXPECT_EQ(answer->problem, "the file is cut: 4 frames are there");
}

TEST(MatroskaIndex, SoundAloneIsRefusedAndLacesAreLeftToLibavformat) {
  const std::string sound = element(0x1654AE6B, track(1, 2, "A_OPUS"));
  EXPECT_EQ(read_as(read_matroska, head + element(0x18538067, info + sound))->kind, Kind::audio);
  const std::string laced = cluster(0, block(1, 0, "xx", 0x82));
  EXPECT_FALSE(
      read_as(read_matroska, head + element(0x18538067, info + one_track + laced)).has_value());
}

TEST(MatroskaIndex, EveryCutAndEveryFlippedByteIsBorne) {
  const std::string file = head + element(0x18538067, info + one_track + two_clusters());
  for (std::size_t at = 0; at < file.size(); ++at) {
    (void)read_as(read_matroska, std::string_view(file).substr(0, at));
    for (unsigned flip : {0x01u, 0x80u, 0xFFu}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
      (void)read_as(read_matroska, damaged);
    }
  }
}

}  // namespace
}  // namespace tracker::probe

#include "probe/avi_index.hpp"

#include <gtest/gtest.h>

#include "bytes.hpp"

namespace tracker::probe {
namespace {

std::string chunk(std::string_view id, std::string_view content) {
  std::string out = std::string(id) + little32(content.size()) + std::string(content);
  if (content.size() % 2 != 0) out += '\0';
  return out;
}
std::string list(std::string_view kind, std::string_view content) {
  return chunk("LIST", std::string(kind) + std::string(content));
}
std::string riff(std::string_view content) { return chunk("RIFF", "AVI " + std::string(content)); }

std::string stream(std::string_view type, std::uint64_t scale, std::uint64_t rate,
                   std::uint64_t length, std::string_view more = {}) {
  return list("strl",
              chunk("strh", std::string(type) + "MJPG" + std::string(12, '\0') + little32(scale) +
                                little32(rate) + little32(0) + little32(length)) +
                  chunk("strf", little32(40) + little32(320) + little32(180)) + std::string(more));
}
const std::string headers = list("hdrl", stream("vids", 1001, 24000, 99));
const std::string pictures = list(
    "movi", chunk("00dc", "abc") + chunk("00dc", "") + chunk("01wb", "s") + chunk("00db", "d"));

std::string entry(std::string_view id) { return std::string(id) + std::string(12, '\0'); }

TEST(AviIndex, CountsTheIndexAndNotTheHeader) {
  const std::string index =
      chunk("idx1", entry("00dc") + entry("00dc") + entry("01wb") + entry("00db"));
  const auto answer = read_as(read_avi, riff(headers + pictures + index));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->frames, 3);
  EXPECT_EQ(answer->frame_rate, (Rational{24000, 1001}));
  EXPECT_EQ(answer->duration, (Rational{1001, 8000}));
  EXPECT_EQ(answer->width, 320);
  EXPECT_EQ(answer->problem, "");
}

TEST(AviIndex, WithoutIndexTheChunksCountAndTheFileIsCut) {
  const auto answer = read_as(read_avi, riff(headers + pictures));
  EXPECT_EQ(answer->frames, 3);
  EXPECT_TRUE(answer->truncated);
  EXPECT_EQ(answer->how, "avi chunks");
}

TEST(AviIndex, OpenDmlPartsAreAddedUp) {
  const auto with_parts_at = [](std::uint64_t at) {
    const std::string super = little(4, 2) + big(0, 1) + little(0, 1) + little32(2) + "00dc" +
                              std::string(12, '\0') + little(at, 8) + little32(24) + little32(0) +
                              little(at + 24, 8) + little32(24) + little32(0);
    const std::string part =
        little(2, 2) + big(0, 1) + little(1, 1) + little32(30) + "00dc" + std::string(4, '\0');
    return riff(list("hdrl", stream("vids", 1, 24, 60, chunk("indx", super))) +
                list("movi", chunk("ix00", part) + chunk("ix00", part)));
  };
  const std::size_t at = with_parts_at(0).find("ix00");
  const auto answer = read_as(read_avi, with_parts_at(at));
  EXPECT_EQ(answer->frames, 60);
  EXPECT_EQ(answer->how, "avi OpenDML index");
  EXPECT_FALSE(answer->truncated);
}

TEST(AviIndex, LongerSoundIsSaid) {
  const std::string both =
      list("hdrl", stream("vids", 1, 24, 2) + stream("auds", 1, 48000, 480000));
  const auto answer =
      read_as(read_avi, riff(both + pictures + chunk("idx1", entry("00dc") + entry("00dc"))));
  EXPECT_TRUE(answer->audio_longer);
}

TEST(AviIndex, EveryCutAndEveryFlippedByteIsBorne) {
  const std::string file = riff(headers + pictures + chunk("idx1", entry("00dc")));
  for (std::size_t at = 0; at < file.size(); ++at) {
    (void)read_as(read_avi, std::string_view(file).substr(0, at));
    for (unsigned flip : {0x01u, 0x80u, 0xFFu}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
      (void)read_as(read_avi, damaged);
    }
  }
}

}  // namespace
}  // namespace tracker::probe

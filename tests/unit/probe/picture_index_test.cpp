#include "probe/picture_index.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <vector>

#include "bytes.hpp"
#include "probe/index.hpp"
#include "probe/sniff.hpp"

namespace tracker::probe {
namespace {

using namespace std::string_literals;

std::string png_chunk(std::string_view type, std::string_view content) {
  return big32(content.size()) + std::string(type) + std::string(content) + "crc!";
}
const std::string png_head =
    "\x89PNG\r\n\x1A\n"s + png_chunk("IHDR", big32(64) + big32(48) + std::string(5, '\0'));
std::string control(std::uint64_t numerator, std::uint64_t denominator) {
  return png_chunk("fcTL", std::string(20, '\0') + big(numerator, 2) + big(denominator, 2) +
                               std::string(2, '\0'));
}
const std::string png_end = png_chunk("IEND", "");

std::string apng(int frames) {
  std::string out = png_head + png_chunk("acTL", big32(1) + big32(0));
  for (int i = 0; i < frames; ++i) out += control(1, 24) + png_chunk("IDAT", "pixels");
  return out + png_end;
}

std::string gif(const std::vector<int>& delays, bool whole = true) {
  std::string out = "GIF89a" + little(64, 2) + little(48, 2) + std::string(3, '\0');
  for (const int delay : delays) {
    out += "\x21\xF9\x04"s + '\0' + little(static_cast<std::uint64_t>(delay), 2) + "\0\0"s;
    out += "\x2C"s + std::string(9, '\0') + "\x08\x02"s + "ab" + '\0';
  }
  return whole ? out + ";" : out;
}

std::string webp(const std::vector<int>& delays) {
  std::string chunks = "VP8X" + little32(10) + std::string(10, '\0');
  for (const int delay : delays) {
    chunks += "ANMF" + little32(16) + std::string(12, '\0') +
              little(static_cast<std::uint64_t>(delay), 3) + '\0';
  }
  return "RIFF" + little32(chunks.size() + 4) + "WEBP" + chunks;
}

TEST(PictureIndex, APngIsAStillUntilItIsAnimated) {
  const Answer still = read_as(read_png, png_head + png_chunk("IDAT", "pixels") + png_end);
  EXPECT_EQ(still.kind, Kind::still);
  EXPECT_EQ(still.duration, std::nullopt);
  EXPECT_EQ(still.width, 64);
  const Answer moving = read_as(read_png, apng(48));
  EXPECT_EQ(moving.kind, Kind::animation);
  EXPECT_EQ(moving.frames, 48);
  EXPECT_EQ(moving.frame_rate, (Rational{24, 1}));
  EXPECT_EQ(moving.duration, (Rational{2, 1}));
  EXPECT_EQ(moving.how, "png chunks");
}

TEST(PictureIndex, AGifIsAsLongAsItsWholeHundredthsSay) {
  const Answer twelve = read_as(read_gif, gif({8, 8, 9, 8, 8, 9, 8, 8, 9, 8, 8, 9}));
  EXPECT_EQ(twelve.frames, 12);
  EXPECT_EQ(twelve.frame_rate, (Rational{12, 1}));
  EXPECT_EQ(twelve.duration, (Rational{1, 1}));
  EXPECT_EQ(read_as(read_gif, gif({4})).kind, Kind::still);
  const Answer cut = read_as(read_gif, gif({4, 4, 4}, false));
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.problem, "the file is cut: 3 frames are there");
}

TEST(PictureIndex, AGifWithoutDelaysRunsAsBrowsersShowIt) {
  const Answer answer = read_as(read_gif, gif({0, 0, 0, 0, 0}));
  EXPECT_EQ(answer.frames, 5);
  EXPECT_EQ(answer.frame_rate, (Rational{10, 1}));
  EXPECT_EQ(answer.duration, (Rational{1, 2}));
  EXPECT_TRUE(answer.rate_assumed);
  EXPECT_EQ(answer.how, "gif blocks, no delays: 10 a second as browsers show it");
}

TEST(PictureIndex, WebpCountsItsFrames) {
  const Answer answer = read_as(read_webp, webp(std::vector<int>(50, 40)));
  EXPECT_EQ(answer.kind, Kind::animation);
  EXPECT_EQ(answer.frames, 50);
  EXPECT_EQ(answer.frame_rate, (Rational{25, 1}));
  EXPECT_EQ(answer.duration, (Rational{2, 1}));
  EXPECT_TRUE(read_as(read_webp, webp({40, 40}).substr(0, 60)).truncated);
}

std::string exr(std::string_view name, std::string_view type, std::string_view value) {
  const auto attribute = [](std::string_view its_name, std::string_view its_type,
                            std::string_view its_value) {
    return std::string(its_name) + '\0' + std::string(its_type) + '\0' +
           little32(its_value.size()) + std::string(its_value);
  };
  return "\x76\x2F\x31\x01\2\0\0\0"s + attribute("compression", "compression", "\3") +
         attribute(name, type, value) + '\0' + std::string(40, 'p');
}

std::string dpx(std::string_view mark, std::size_t at, std::string_view value) {
  std::string out = std::string(mark) + std::string(1720, '\xFF');
  out.resize(2048, '\xFF');
  return out.replace(at, value.size(), value);
}

std::optional<Rational> rate_in(std::string_view content) {
  const MemoryFile file(content);
  FileBytes bytes(file.number());
  const auto answer = read_index(bytes, sniff(bytes));
  EXPECT_TRUE(answer && answer->kind == Kind::still);
  return answer ? answer->frame_rate : std::nullopt;
}

TEST(PictureIndex, APictureOfASequenceMayStateItsRate) {
  EXPECT_EQ(rate_in(exr("framesPerSecond", "rational", little32(25) + little32(1))),
            (Rational{25, 1}));
  EXPECT_EQ(rate_in(exr("framesPerSecond", "rational", little32(23976) + little32(1000))),
            (Rational{24000, 1001}));
  EXPECT_EQ(rate_in(dpx("SDPX", 1724, big32(0x41C80000))), (Rational{25, 1}));
  EXPECT_EQ(rate_in(dpx("XPDS", 1940, little32(0x41C80000))), (Rational{25, 1}));
}

TEST(PictureIndex, AHeadThatStatesNoRateOrNonsenseStatesNone) {
  for (const std::string& head :
       {exr("owner", "string", "anna"), exr("framesPerSecond", "string", little(25, 8)),
        exr("framesPerSecond", "rational", little32(25)),
        exr("framesPerSecond", "rational", little32(25) + little32(0)),
        exr("framesPerSecond", "rational", little32(0xFFFFFFFF) + little32(1)),
        exr(std::string(400, 'n'), "rational", little32(25) + little32(1)),
        exr("framesPerSecond", "rational", little32(25) + little32(1)).substr(0, 40),
        dpx("SDPX", 1724, big32(0x7FC00000)), dpx("SDPX", 1724, big32(0))}) {
    EXPECT_EQ(rate_in(head), std::nullopt);
  }
}

TEST(PictureIndex, TheFirstBytesDecideAndNotTheName) {
  EXPECT_EQ(read_as(sniff, gif({4})), Format::gif);
  EXPECT_EQ(read_as(sniff, webp({40})), Format::webp);
  EXPECT_EQ(read_as(sniff, png_head), Format::png);
  EXPECT_EQ(read_as(sniff, "#EXTM3U\nother.mp4\n"), Format::text);
  EXPECT_EQ(read_as(sniff, "ffconcat version 1.0\nfile 'x'\n"), Format::text);
  EXPECT_EQ(read_as(sniff, std::string(600, '\0')), Format::all_zero);
  EXPECT_EQ(read_as(sniff, ""), Format::empty);
  EXPECT_EQ(read_as(sniff, "\x76\x2F\x31\x01"s + std::string(60, '\2')), Format::picture);
}

TEST(PictureIndex, EveryCutAndEveryFlippedByteIsBorne) {
  const std::function<void(std::string_view)> read = [](std::string_view content) {
    const MemoryFile file(content);
    FileBytes bytes(file.number());
    (void)read_index(bytes, sniff(bytes));
  };
  for (const std::string& file : {apng(3), gif({4, 4, 0}), webp({40, 40, 40}),
                                  exr("framesPerSecond", "rational", little32(25) + little32(1))}) {
    for (std::size_t at = 0; at < file.size(); ++at) {
      read(std::string_view(file).substr(0, at));
      for (unsigned flip : {0x01u, 0x80u, 0xFFu}) {
        std::string damaged = file;
        damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
        read(damaged);
      }
    }
  }
}

}  // namespace
}  // namespace tracker::probe

#include "probe/mp4_index.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "bytes.hpp"

namespace tracker::probe {
namespace {

std::string box(std::string_view type, std::string_view content) {
  return big32(8 + content.size()) + std::string(type) + std::string(content);
}
std::string table(std::string_view type, const std::vector<std::string>& records) {
  std::string content = big32(0) + big32(records.size());
  for (const std::string& record : records) content += record;
  return box(type, content);
}

/// A movie of one video track, 24 ticks a second, each sample 10 bytes in one chunk.
struct Film {
  std::uint64_t samples = 48;
  std::uint64_t delta = 1;
  std::string times = {};  ///< in place of the one run of stts
  std::string edits = {};  ///< "elst"
  std::string handler = "vide";
  std::string references = {};  ///< "dref"
  std::string extension = {};   ///< "mvex"
  std::string codec = "avc1";

  std::string moov(std::uint64_t data_at) const {
    const std::string stsd =
        box("stsd",
            big32(0) + big32(1) + box(codec, std::string(24, '\0') + big(320, 2) + big(180, 2)));
    const std::string stts = times.empty() ? table("stts", {big32(samples) + big32(delta)}) : times;
    const std::string stbl =
        box("stbl", stsd + stts + table("stsc", {big32(1) + big32(samples) + big32(1)}) +
                        box("stsz", big32(0) + big32(10) + big32(samples)) +
                        table("stco", {big32(data_at)}));
    const std::string mdhd =
        box("mdhd", big32(0) + big32(0) + big32(0) + big32(24) + big32(samples * delta));
    const std::string hdlr = box("hdlr", big32(0) + big32(0) + handler + std::string(12, '\0'));
    const std::string dinf = references.empty() ? "" : box("dinf", references);
    const std::string mdia = box("mdia", mdhd + hdlr + box("minf", dinf + stbl));
    const std::string tkhd = box("tkhd", big32(3) + big32(0) + big32(0) + big32(1));
    const std::string edts = edits.empty() ? "" : box("edts", edits);
    const std::string mvhd = box("mvhd", big32(0) + big32(0) + big32(0) + big32(600) + big32(0));
    return box("moov", mvhd + box("trak", tkhd + edts + mdia) + extension);
  }
  std::string file() const {
    const std::string ftyp = box("ftyp", "isom" + big32(0));
    return ftyp + box("mdat", std::string(samples * 10, 'x')) + moov(ftyp.size() + 8);
  }
};

std::string edit(std::uint64_t seconds_600, std::int64_t media_time, std::uint32_t rate = 1 << 16) {
  return big32(seconds_600) + big32(static_cast<std::uint32_t>(media_time)) + big32(rate);
}

TEST(Mp4Index, CountsSamples) {
  const auto answer = read_as(read_mp4, Film{}.file());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->kind, Kind::video);
  EXPECT_EQ(answer->frames, 48);
  EXPECT_EQ(answer->frame_rate, (Rational{24, 1}));
  EXPECT_EQ(answer->duration, (Rational{2, 1}));
  EXPECT_EQ(answer->width, 320);
  EXPECT_EQ(answer->problem, "");
  EXPECT_EQ(answer->how, "mp4 index");
}

TEST(Mp4Index, ACodecThatIsNoTextIsToldAllTheSame) {
  const auto answer = read_as(read_mp4, Film{.codec = "\xEEv\x80\x01"}.file());
  ASSERT_TRUE(answer.has_value());
  const auto told = parse_answer(to_text(*answer));
  ASSERT_TRUE(told.has_value()) << describe(told.error());
  EXPECT_EQ(told->frames, 48);
  EXPECT_EQ(told->codec, "?v??");
}

TEST(Mp4Index, AnEditListHidesWhatWasTrimmed) {
  const auto answer = read_as(read_mp4, Film{.edits = table("elst", {edit(600, 12)})}.file());
  EXPECT_EQ(answer->frames, 24);
  EXPECT_EQ(answer->duration, (Rational{1, 1}));
  EXPECT_TRUE(answer->edit_list);
}

TEST(Mp4Index, APartThatIsShownTwiceCountsTwice) {
  const auto answer = read_as(
      read_mp4, Film{.edits = table("elst", {edit(600, 0), edit(300, 0), edit(300, 36)})}.file());
  EXPECT_EQ(answer->frames, 24 + 12 + 12);
  EXPECT_EQ(answer->duration, (Rational{2, 1}));
  EXPECT_FALSE(answer->variable_rate);
}

TEST(Mp4Index, ALateStartIsNoPartOfThePicture) {
  const auto answer =
      read_as(read_mp4, Film{.edits = table("elst", {edit(300, -1), edit(1200, 0)})}.file());
  EXPECT_EQ(answer->frames, 48);
  EXPECT_EQ(answer->duration, (Rational{2, 1}));
}

TEST(Mp4Index, ALateStartIsKeptApart) {
  const auto start_of = [](const std::vector<std::string>& edits) {
    return read_as(read_mp4, Film{.edits = table("elst", edits)}.file())->start;
  };
  EXPECT_EQ(start_of({edit(300, -1), edit(1200, 0)}), (Rational{1, 2}));
  EXPECT_EQ(start_of({edit(25, -1), edit(25, -1), edit(1200, 0)}), (Rational{1, 12}));
  EXPECT_EQ(start_of({edit(1200, 0)}), std::nullopt);
  EXPECT_EQ(start_of({edit(600, 0), edit(300, -1), edit(600, 24)}), std::nullopt)
      << "a pause in the middle is none";
  const auto answer =
      read_as(read_mp4, Film{.edits = table("elst", {edit(300, -1), edit(1200, 0)})}.file());
  EXPECT_EQ(parse_answer(to_text(*answer))->start, (Rational{1, 2}));
}

TEST(Mp4Index, AHeldPictureIsLeftToLibavformat) {
  EXPECT_FALSE(read_as(read_mp4, Film{.edits = table("elst", {edit(600, 0, 0)})}.file()));
}

TEST(Mp4Index, AVariableRateIsSaidAndTheLastPictureHasItsTime) {
  Film film;
  film.samples = 3;
  film.times = table("stts", {big32(1) + big32(24), big32(2) + big32(12)});
  const auto answer = read_as(read_mp4, film.file());
  EXPECT_TRUE(answer->variable_rate);
  EXPECT_EQ(answer->duration, (Rational{2, 1}));
}

TEST(Mp4Index, FragmentsAreCounted) {
  Film film;
  film.samples = 0;
  film.extension =
      box("mvex", box("trex", big32(0) + big32(1) + big32(1) + big32(1) + big32(10) + big32(0)));
  std::string file = box("ftyp", "isom" + big32(0)) + film.moov(0);
  for (int i = 0; i < 3; ++i) {
    const std::string tfhd = box("tfhd", big32(0) + big32(1));
    const std::string tfdt = box("tfdt", big32(0) + big32(static_cast<std::uint64_t>(i) * 8));
    const auto moof = [&](std::uint64_t data_at) {
      const std::string trun = box("trun", big32(1) + big32(8) + big32(data_at));
      return box("moof", box("traf", tfhd + tfdt + trun));
    };
    file += moof(moof(0).size() + 8) + box("mdat", std::string(80, 'x'));
  }
  const auto answer = read_as(read_mp4, file);
  EXPECT_EQ(answer->frames, 24);
  EXPECT_EQ(answer->duration, (Rational{1, 1}));
  EXPECT_EQ(answer->how, "mp4 fragments");
  const auto cut = read_as(read_mp4, file.substr(0, file.size() - 45));
  EXPECT_TRUE(cut->truncated);
  EXPECT_LT(cut->frames, 24);
}

TEST(Mp4Index, ACutFileSaysHowManyFramesAreThere) {
  const Film film;
  const std::string ftyp = box("ftyp", "isom" + big32(0));
  const std::size_t moov_size = film.moov(0).size();
  const std::string file =
      ftyp + film.moov(ftyp.size() + moov_size + 8) + box("mdat", std::string(480, 'x'));
  EXPECT_EQ(read_as(read_mp4, file)->problem, "");
  const auto cut = read_as(read_mp4, file.substr(0, file.size() - 225));
  EXPECT_TRUE(cut->truncated);
  EXPECT_EQ(cut->frames, 48);
  EXPECT_EQ(cut->problem, "the file is cut: 25 of 48 frames are there");
  const auto nothing = read_as(read_mp4, file.substr(0, file.size() - 480));
  EXPECT_FALSE(nothing->frames.has_value());
  EXPECT_EQ(nothing->problem, "the file is cut: no frame of it is there");
}

TEST(Mp4Index, AMovieWithoutIndexTellsWhatToDo) {
  const std::string file = Film{}.file();
  const auto answer = read_as(read_mp4, file.substr(0, 300));
  EXPECT_FALSE(answer->frames.has_value());
  EXPECT_EQ(answer->problem,
            "the movie is not complete: the index that is written last is missing. Its render or "
            "copy is still going on, or stopped early: render or copy it again");
}

TEST(Mp4Index, SoundAloneAndReferencesAreRefused) {
  const auto sound = read_as(read_mp4, Film{.handler = "soun"}.file());
  EXPECT_EQ(sound->kind, Kind::audio);
  EXPECT_EQ(sound->problem, "no picture in this file, only sound");
  const std::string dref = table("dref", {box("url ", big32(0) + "file:///etc/passwd")});
  const auto elsewhere = read_as(read_mp4, Film{.references = dref}.file());
  EXPECT_EQ(elsewhere->problem, "a reference movie: its pictures lie in other files");
}

TEST(Mp4Index, LyingTablesAreRefusedAtOnce) {
  Film film;
  film.times = box("stts", big32(0) + big32(0x7FFFFFFF) + big32(48) + big32(1));
  EXPECT_EQ(read_as(read_mp4, film.file())->problem,
            "the movie's index is damaged: render or copy it again");
  // A run of more samples than there are sizes for allocates nothing; libavformat may look.
  film.times = table("stts", {big32(0xFFFFFFFF) + big32(1)});
  EXPECT_FALSE(read_as(read_mp4, film.file()).has_value());
}

TEST(Mp4Index, EveryCutAndEveryFlippedByteIsBorne) {
  const std::string file = Film{.edits = table("elst", {edit(600, 12)})}.file();
  for (std::size_t at = 0; at < file.size(); ++at) {
    (void)read_as(read_mp4, std::string_view(file).substr(0, at));
    for (unsigned flip : {0x01u, 0x80u, 0xFFu}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
      (void)read_as(read_mp4, damaged);
    }
  }
}

}  // namespace
}  // namespace tracker::probe

// Deflating anew only what changed: whatever the texts, the stream holds exactly the new one.
#include "workbook/deflate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>
#include <set>

namespace tracker::workbook {
namespace {

std::string rows_text(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    text += "<row r=\"" + std::to_string(i) + "\"><c r=\"A1\"><v>" + std::to_string(i * i % 977) +
            "</v></c></row>";
  }
  return text;
}

/// A stream of its own.
struct Stream : Deflated {
  std::string bytes;
};

void expect_holds(const Stream& deflated, std::string_view text) {
  const auto back = inflate(deflated.bytes, text.size());
  ASSERT_TRUE(back) << describe(back.error());
  EXPECT_TRUE(*back == text);
  EXPECT_EQ(deflated.crc, crc32(text));
  std::size_t total = 0;
  for (const DeflatedPiece& piece : deflated.pieces) total += piece.size;
  EXPECT_EQ(total, text.size());
}

Stream deflate_after(std::string_view text, std::string_view old, const Stream& before) {
  Stream stream;
  static_cast<Deflated&>(stream) =
      deflate(stream.bytes, {&text, 1}, {{old}, before.bytes, &before.pieces});
  return stream;
}

Stream deflate_whole(std::string_view text) {
  Stream stream;
  static_cast<Deflated&>(stream) = deflate(stream.bytes, {&text, 1});
  return stream;
}

/// How many pieces have a checksum that no piece had before.
std::size_t count_new(const Deflated& now, const Deflated& before) {
  std::set<std::uint32_t> known;
  for (const DeflatedPiece& piece : before.pieces) known.insert(piece.crc);
  std::size_t count = 0;
  for (const DeflatedPiece& piece : now.pieces) count += known.contains(piece.crc) ? 0 : 1;
  return count;
}

TEST(Deflate, what_did_not_change_is_copied) {
  const std::string text = rows_text(20000);
  const Stream before = deflate_whole(text);
  expect_holds(before, text);
  ASSERT_GT(before.pieces.size(), 10U);

  std::string longer = text;
  longer.insert(text.size() / 2, "<row r=\"0\"><c/></row>");
  longer.replace(100, 1, "");
  const Stream after = deflate_after(longer, text, before);
  expect_holds(after, longer);
  EXPECT_EQ(count_new(after, before), 2U) << "one piece for each of the two places";

  const Stream again = deflate_after(longer, longer, after);
  EXPECT_EQ(again.bytes, after.bytes);
}

TEST(Deflate, a_text_that_grows_at_its_end_makes_no_crumbs) {
  std::string text = rows_text(100);
  Stream deflated = deflate_whole(text);
  for (int i = 0; i < 2000; ++i) {
    const std::string old = text;
    text += "<row r=\"" + std::to_string(i) + "\"><c r=\"A1\"><v>1</v></c></row>";
    deflated = deflate_after(text, old, deflated);
  }
  expect_holds(deflated, text);
  EXPECT_LE(deflated.pieces.size(), text.size() / 30000 + 1);
}

TEST(Deflate, nothing_and_noise_are_held_too) {
  expect_holds(deflate_whole(""), "");
  expect_holds(deflate_after("", "a", deflate_whole("a")), "");
  std::mt19937 random(1);
  std::string noise(300'001, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const Stream deflated = deflate_whole(noise);
  expect_holds(deflated, noise);
  EXPECT_LT(deflated.bytes.size(), noise.size() + 2000);
}

RC_GTEST_PROP(DeflateLaw, any_change_of_any_text_is_held, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  std::string text = rows_text(random() % 8000);
  Stream deflated = deflate_whole(text);
  for (int turn = 0; turn < 6; ++turn) {
    const std::string old = text;
    for (std::size_t edits = random() % 4; edits > 0; --edits) {
      const std::size_t at = random() % (text.size() + 1);
      const std::size_t removed = random() % 3 == 0 ? random() % 9000 : random() % 4;
      const std::size_t added = random() % 3 == 0 ? random() % 9000 : random() % 4;
      text.replace(at, removed, rows_text(added / 40 + 1).substr(0, added));
    }
    deflated = deflate_after(text, old, deflated);
    const auto back = inflate(deflated.bytes, text.size());
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == text);
    RC_ASSERT(deflated.crc == crc32(text));
  }
}

}  // namespace
}  // namespace tracker::workbook

// Laws that hold for any input: any text survives write and read; any patch reads back as planned,
// from the warm document and from its bytes alone.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "core/text.hpp"
#include "sample_file.hpp"
#include "workbook/cell_codec.hpp"
#include "workbook/formula.hpp"

namespace tracker::workbook {
namespace {

/// Text with everything that goes wrong: formula starters, escapes, blanks, controls, emoji.
rc::Gen<std::string> any_text() {
  const auto piece = rc::gen::element<std::string>(
      "=", "+", "-", "@", "_x0041_", "_x1e5a", "_x1", "_x", "_", " ", "  ", "\n", "\t", "\r",
      "\r\n", "&", "<", ">", "\"", "'", "]]>", "007", "1e5", "20260105", "é", "e\xCC\x81", "日本",
      "\U0001F600", "\x01", "\x1F", "\xEF\xBF\xBE", "\xC2\xA0", "&amp;", "TRUE", "#N/A", "a");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& one : pieces) text += one;
                        return canonical(text);
                      });
}

RC_GTEST_PROP(TextLaw, any_text_survives_write_and_read, ()) {
  const std::string in_text_column = *any_text();
  const std::string in_number_column = *any_text();
  static const Document before = open_sheet(plain_rows);
  RowAppend row = shot_row(in_text_column, in_number_column, in_text_column);
  const Document after =
      must_patch(before,
                 {.cells = {{2, Field::notes, in_text_column}, {3, Field::shot, in_number_column}},
                  .appended = {row}})
          .document;
  const Image image = must_image(must_open(std::string(after.bytes())));
  RC_ASSERT(at(image.rows.at(0).cells, Field::notes) == in_text_column);
  RC_ASSERT(at(image.rows.at(1).cells, Field::shot) == in_number_column);
  if (in_text_column.empty() && in_number_column.empty()) return;  // a blank row is no entry
  RC_ASSERT(at(image.rows.at(2).cells, Field::scene) == in_text_column);
  RC_ASSERT(at(image.rows.at(2).cells, Field::shot) == in_number_column);
}

RC_GTEST_PROP(TextLaw, escapes_decode_to_what_was_encoded, ()) {
  const std::string text = *any_text();
  RC_ASSERT(decode_escapes(encode_escapes(text)) == text);
}

using Rows = std::vector<std::array<std::string, 3>>;

Rows rows_of(const Document& document) {
  Rows rows;
  for (const ImageRow& row : must_image(document).rows) {
    rows.push_back(
        {at(row.cells, Field::scene), at(row.cells, Field::shot), at(row.cells, Field::notes)});
  }
  return rows;
}

/// A patch of random edits, and what the rows must be after it.
struct Turn {
  Patch patch;
  Rows expected;
};

/// Of `rarity` times as many rows as usual one is touched.
Turn random_turn(const Document& document, std::mt19937& random, unsigned rarity = 1) {
  const Image image = must_image(document);
  Turn turn;
  Rows rows = rows_of(document);
  std::vector<bool> deleted(rows.size(), false);
  const auto text = [&random] {
    return std::to_string(random() % 1000) + (random() % 2 ? "x" : "");
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (random() % (4 * rarity) == 0) {
      const std::string value = text();
      turn.patch.cells.push_back({image.rows[i].row_number, Field::notes, value});
      rows[i][2] = value;
    }
    if (random() % (6 * rarity) == 0) {
      turn.patch.deleted_rows.push_back(image.rows[i].row_number);
      deleted[i] = true;
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!deleted[i]) turn.expected.push_back(rows[i]);
  }
  for (std::size_t n = random() % 4; n > 0; --n) {
    const std::array<std::string, 3> row{text(), text(), text()};
    turn.patch.appended.push_back(shot_row(row[0], row[1], row[2]));
    turn.expected.push_back(row);
  }
  return turn;
}

RC_GTEST_PROP(PatchLaw, a_patch_reads_back_as_planned_turn_after_turn, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  Document document =
      open_sheet(plain_rows +
                 (random() % 2 == 0 ? "" : "<row r=\"6\"><c r=\"C6\"><f>SUM(B2:B3)</f></c></row>"));
  for (int i = 0; i < 8; ++i) {
    const Turn turn = random_turn(document, random);
    const Patched patched = must_patch(document, turn.patch);
    RC_ASSERT(patched.refusals.empty());
    document = patched.document;
    RC_ASSERT(rows_of(document) == turn.expected);
    RC_ASSERT(rows_of(must_open(std::string(document.bytes()))) == turn.expected);
  }
}

TEST(Blocks, a_sheet_of_many_blocks_reads_back_as_planned_turn_after_turn) {
  Patch filling;
  for (int i = 0; i < 1500; ++i) {
    const std::string shot = std::to_string(i);
    filling.appended.push_back(shot_row("s" + shot, shot, shot + std::string(120, '.')));
  }
  Document document = must_patch(open_sheet(plain_rows), filling).document;
  std::mt19937 random(20261123);
  for (const unsigned rarity : {1000U, 300U, 1000U, 1U, 1000U}) {
    const Turn turn = random_turn(document, random, rarity);
    const Patched patched = must_patch(document, turn.patch);
    ASSERT_TRUE(patched.refusals.empty());
    document = patched.document;
    ASSERT_EQ(rows_of(document), turn.expected) << rarity;
    ASSERT_EQ(rows_of(must_open(std::string(document.bytes()))), turn.expected) << rarity;
    Rows rows = turn.expected;
    const std::size_t above = random() % rows.size();
    const std::uint32_t row_number = must_image(document).rows[above].row_number;
    const auto inserted = document.edit(
        {.sheet = {}, .inserted = {{row_number, {{{"A", "new"}, {"B", "7"}, {"C", "!"}}}}}});
    ASSERT_TRUE(inserted && inserted->refusals.empty());
    document = inserted->document;
    rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(above), {"new", "7", "!"});
    ASSERT_EQ(rows_of(document), rows) << rarity;
    ASSERT_EQ(rows_of(must_open(std::string(document.bytes()))), rows) << rarity;
  }
}

TEST(Blocks, an_old_version_stays_as_it_was_when_a_new_one_is_made_and_goes) {
  Patch filling;
  for (int i = 0; i < 2000; ++i) {
    filling.appended.push_back(shot_row("1", std::to_string(i), std::string(120, '.')));
  }
  const Document before = must_patch(open_sheet(plain_rows), filling).document;
  const Rows rows = rows_of(before);
  Document after = must_patch(before, {.cells = {{900, Field::notes, "new"}}}).document;
  after = must_patch(after, {.deleted_rows = {3, 1200}}).document;
  EXPECT_EQ(rows_of(before), rows);
  EXPECT_EQ(rows_of(after).size(), rows.size() - 2);
  after = before;
  EXPECT_EQ(rows_of(after), rows);
}

std::string moved(const std::string& formula, const RowMap& map) {
  const FormulaPlace place{.own_sheet = true, .sheet_name = "Shots"};
  return moved_formula(formula, map, place).value_or(formula);
}

TEST(Formula, references_follow_their_rows_and_nothing_else_is_touched) {
  RowMap map;
  map.deleted = {5};
  EXPECT_EQ(moved("A4+A5+A6+$B$7", map), "A4+#REF!+A5+$B$6");
  EXPECT_EQ(moved("SUM(A1:A5)+SUM(A5:A9)+SUM(5:5)+SUM(4:6)", map),
            "SUM(A1:A4)+SUM(A5:A8)+SUM(#REF!)+SUM(4:5)");
  EXPECT_EQ(moved("\"A6\"&LOG10(A6)&Other!A6&'It''s'!A6&Shots!A6&'Shots'!A6", map),
            "\"A6\"&LOG10(A5)&Other!A6&'It''s'!A6&Shots!A5&'Shots'!A5");
  EXPECT_EQ(moved("Table1[[#This Row],[A6]]+[1]Shots!A6+Shots:Z!A6+#REF!A6+A6_name+SUM(A:A)", map),
            "Table1[[#This Row],[A6]]+[1]Shots!A6+Shots:Z!A6+#REF!A6+A6_name+SUM(A:A)");
  EXPECT_EQ(moved("IF(A6>1E5,A6:INDEX(A:A,9),XFD1048576)", map),
            "IF(A5>1E5,A5:INDEX(A:A,9),XFD1048575)");
  EXPECT_EQ(shifted_formula("A1+$A1+A$1+$A$1+SUM(B2:$B$3)", 2, 1), "B3+$A3+B$1+$A$1+SUM(C4:$B$3)");
  EXPECT_EQ(shifted_formula("A1", -1, 0), "#REF!");
}

}  // namespace
}  // namespace tracker::workbook

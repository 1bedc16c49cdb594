// What the reading of a workbook tells, and what it makes harmless before it travels.
#include <gtest/gtest.h>

#include "core/text.hpp"
#include "sample_file.hpp"

namespace tracker::workbook {
namespace {

std::string cell(const std::string& place, const std::string& text) {
  return "<c r=\"" + place + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>";
}

std::string row(int number, const std::string& cells) {
  return "<row r=\"" + std::to_string(number) + "\">" + cells + "</row>";
}

/// The rows of a table "A1:C3"; the sentences about them, but not of the columns that are missing.
std::vector<std::string> told(const std::string& rows, int totals_rows = 0,
                              const std::string& table = "A1:C3") {
  const Image image = must_image(must_open(zip_of(rich_parts(rows, "", table, totals_rows))));
  std::vector<std::string> sentences = image.warnings;
  std::erase_if(sentences,
                [](const std::string& text) { return text.starts_with("there is no column"); });
  return sentences;
}

using Sentences = std::vector<std::string>;

TEST(Told, an_extra_column_holds_no_character_that_a_database_refuses) {
  const std::string rows =
      row(1, cell("A1", "Scene") + cell("B1", "Shot") + cell("C1", "Re_x0000_viewer")) +
      row(2, cell("A2", "1") + cell("B2", "0010") + cell("C2", "a_x0000_b_x0001_ c&#9;d"));
  const Image image = must_image(open_sheet(rows));
  ASSERT_EQ(image.rows.size(), 1U);
  EXPECT_EQ(image.rows[0].extra, (Extra{{"Reviewer", "ab c\td"}}));
}

TEST(Told, who_saved_is_cut_between_two_characters) {
  Parts parts = parts_with(worksheet(plain_rows));
  std::string& rels = parts["_rels/.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/"
               "relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
               "</Relationships>");
  std::string name = "x";
  for (int i = 0; i < 105; ++i) name += "\xC3\x84";
  parts["docProps/core.xml"] =
      "<coreProperties><lastModifiedBy>" + name + "</lastModifiedBy></coreProperties>";
  const std::string author = must_image(must_open(zip_of(parts))).last_modified_by;
  EXPECT_EQ(author, name.substr(0, 199));
  EXPECT_TRUE(is_utf8(author));
}

TEST(Told, a_whole_row_below_a_blank_one_under_the_table) {
  const std::string fifth = row(5, cell("A5", "2") + cell("B5", "0050") + cell("C5", "new"));
  EXPECT_EQ(told(plain_rows + fifth),
            Sentences{"row 5 stands below the table and is not read; move it up into the table"});
  EXPECT_EQ(told(plain_rows + fifth + row(9, cell("A9", "2") + cell("C9", "half of one"))),
            Sentences{"row 5 and 1 more stand below the table and are not read; move them up into "
                      "the table"});
}

TEST(Told, a_row_without_scene_and_shot_right_below_the_table) {
  const std::string rows =
      row(1,
          cell("A1", "Scene") + cell("B1", "Shot") + cell("C1", "Notes") + cell("D1", "Animator")) +
      row(2, cell("A2", "1") + cell("B2", "0010")) + row(3, cell("A3", "1") + cell("B3", "0020"));
  EXPECT_EQ(told(rows + row(4, cell("C4", "comes later") + cell("D4", "Ana")), 0, "A1:D3"),
            Sentences{"row 4 stands below the table and is not read; move it up into the table"});
  EXPECT_EQ(told(rows + row(4, cell("C4", "a legend")), 0, "A1:D3"), Sentences{});
}

TEST(Told, no_word_on_totals_notes_and_other_lists_below_the_table) {
  const std::string totals =
      row(4, cell("A4", "Total") + cell("B4", "2 shots") + cell("C4", "done"));
  EXPECT_EQ(told(plain_rows + totals, 1, "A1:C4"), Sentences{});
  EXPECT_EQ(told(plain_rows + row(9, cell("A9", "a legend") + cell("F9", "far away"))),
            Sentences{});
  EXPECT_EQ(told(plain_rows + row(9, cell("A9", "Scene") + cell("B9", "Shot")) +
                 row(10, cell("A10", "7") + cell("B10", "0070"))),
            Sentences{})
      << "a list with a heading of its own";
}

TEST(Told, two_sheets_that_both_look_like_the_list) {
  Parts parts = rich_parts(plain_rows, "", "A1:C3");
  EXPECT_EQ(must_image(must_open(zip_of(parts))).warnings.size(), 1U) << "sums are no list";
  parts["xl/worksheets/sheet2.xml"] = worksheet(plain_rows);
  const Document both = must_open(zip_of(parts));
  const Image image = must_image(both);
  ASSERT_EQ(image.warnings.size(), 2U);
  EXPECT_EQ(image.warnings[0],
            "sheets \"Shots\" and \"Sum\" both look like the list of shots; \"Shots\" is used; set "
            "WORKBOOK_SHEET");
  EXPECT_EQ(both.image({.sheet = "Sum"})->warnings.size(), 1U) << "somebody has decided";
}

}  // namespace
}  // namespace tracker::workbook

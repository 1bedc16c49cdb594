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

}  // namespace
}  // namespace tracker::workbook

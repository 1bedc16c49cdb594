// Workbooks as studios have them: several tables on a sheet, sparklines, what-if tables, names that
// broke long ago, links to other workbooks, merged titles, hidden columns.
#include <gtest/gtest.h>

#include "sample_file.hpp"

namespace tracker::workbook {
namespace {

std::string sparkline(const std::string& data, const std::string& place) {
  return "<x14:sparkline><xm:f>" + data + "</xm:f><xm:sqref>" + place +
         "</xm:sqref></x14:sparkline>";
}

std::string sparklines(const std::string& all) {
  return "<extLst><ext><x14:sparklineGroups><x14:sparklineGroup><x14:sparklines>" + all +
         "</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst>";
}

void add_second_table(Parts& parts, const std::string& ref) {
  std::string& rels = parts["xl/worksheets/_rels/sheet1.xml.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/"
               "2006/relationships/table\" Target=\"../tables/table2.xml\"/></Relationships>");
  parts["xl/tables/table2.xml"] =
      "<table id=\"2\" name=\"U\" displayName=\"U\" ref=\"" + ref +
      "\"><tableColumns count=\"1\"><tableColumn id=\"1\" name=\"Lens\"/></tableColumns></table>";
}

TEST(Studio, R2_R4_a_table_of_the_same_height_beside_the_data_does_not_grow_with_it) {
  Parts parts = rich_parts(plain_rows, "", "A1:C3");
  add_second_table(parts, "E1:E3");
  const Document before = must_open(zip_of(parts));
  const Patched after = must_patch(before, {.appended = {shot_row("2", "0020")}});
  ASSERT_TRUE(after.refusals.empty());
  EXPECT_TRUE(holds(part_text(after.document, "xl/tables/table1.xml"), "ref=\"A1:C4\""));
  EXPECT_EQ(part_text(after.document, "xl/tables/table2.xml"), parts["xl/tables/table2.xml"]);
}

TEST(Studio, R6_R11_a_deleted_row_takes_its_sparkline_along) {
  const std::string tail = sparklines(sparkline("Shots!A2:B2", "H2") + sparkline("A3:B3", "H3"));
  const Document before = must_open(zip_of(rich_parts(plain_rows, tail, "A1:C3")));
  const Patched after = must_patch(before, {.deleted_rows = {2}});
  ASSERT_TRUE(after.refusals.empty()) << after.refusals[0].reason;
  EXPECT_TRUE(holds(sheet_text(after.document), sparklines(sparkline("A2:B2", "H2"))));
  const Patched last = must_patch(after.document, {.deleted_rows = {2}});
  EXPECT_TRUE(holds(sheet_text(last.document), "<x14:sparkline>"))
      << "a group without sparklines is no valid file";
}

TEST(Studio, R11_rows_under_a_what_if_table_do_not_move) {
  const std::string rows = plain_rows +
                           "<row r=\"9\"><c r=\"E9\"><f t=\"dataTable\" ref=\"E9:E10\" dt2D=\"0\" "
                           "dtr=\"0\" r1=\"B3\"/><v>1</v></c></row>";
  const Document before = must_open(zip_of(rich_parts(rows, "", "A1:C3")));
  const auto after = before.edit({.deleted_rows = {2}});
  ASSERT_TRUE(after && after->refusals.size() == 1U);
  EXPECT_TRUE(holds(after->refusals[0].reason, "what-if table"));
  EXPECT_EQ(after->document.bytes(), before.bytes());
  EXPECT_TRUE(must_patch(before, {.appended = {shot_row("2", "0020")}}).refusals.empty());
}

TEST(Studio, a_row_inserted_below_a_frozen_header_is_in_sight) {
  Parts parts = rich_parts(plain_rows, "", "A1:C3");
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  const std::string view =
      "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" "
      "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>";
  sheet.insert(sheet.find("<sheetData>"), view);
  const auto after = must_open(zip_of(parts)).edit({.inserted = {{2, {{{"A", "first"}}}}}});
  ASSERT_TRUE(after && after->refusals.empty());
  EXPECT_TRUE(holds(sheet_text(after->document), view));
}

TEST(Studio, R8_a_cell_that_is_mapped_to_xml_follows_its_row) {
  Parts parts = rich_parts(plain_rows, "", "A1:C3");
  std::string& rels = parts["xl/worksheets/_rels/sheet1.xml.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/"
               "2006/relationships/tableSingleCells\" Target=\"../tables/cells1.xml\"/>"
               "</Relationships>");
  parts["xl/tables/cells1.xml"] =
      "<singleXmlCells><singleXmlCell id=\"1\" r=\"B3\" connectionId=\"0\"/></singleXmlCells>";
  const Document before = must_open(zip_of(parts));
  const Patched after = must_patch(before, {.deleted_rows = {2}});
  ASSERT_TRUE(after.refusals.empty());
  EXPECT_TRUE(holds(part_text(after.document, "xl/tables/cells1.xml"), "r=\"B2\""));
  const Patched refused = must_patch(before, {.deleted_rows = {3}});
  ASSERT_EQ(refused.refusals.size(), 1U);
  EXPECT_TRUE(holds(refused.refusals[0].reason, "mapped to XML"));
}

TEST(Studio, R6_broken_names_and_links_to_other_workbooks_stay_as_they_are) {
  Parts parts = rich_parts(plain_rows, "", "A1:C3");
  std::string& book = parts["xl/workbook.xml"];
  const std::string names =
      "<definedName name=\"Gone\">#REF!</definedName>"
      "<definedName name=\"Lost\">Shots!#REF!</definedName>"
      "<definedName name=\"Half\">#REF!$A$3</definedName>"
      "<definedName name=\"Far\">[1]Shots!$B$2:$B$3</definedName>"
      "<definedName name=\"Farther\">'C:\\x\\[b.xlsx]Shots'!$B$2:$B$3</definedName>";
  book.insert(book.find("</definedNames>"), names);
  parts["xl/externalLinks/externalLink1.xml"] =
      "<externalLink><externalBook><sheetDataSet><sheetData sheetId=\"0\"><row r=\"3\"/>"
      "</sheetData></sheetDataSet></externalBook></externalLink>";
  const Document before = must_open(zip_of(parts));
  for (const Patch& patch : {Patch{.deleted_rows = {2}}, Patch{.appended = {shot_row("2", "3")}}}) {
    const Patched after = must_patch(before, patch);
    ASSERT_TRUE(after.refusals.empty());
    EXPECT_TRUE(holds(part_text(after.document, "xl/workbook.xml"), names));
    EXPECT_EQ(part_text(after.document, "xl/externalLinks/externalLink1.xml"),
              parts["xl/externalLinks/externalLink1.xml"]);
  }
}

TEST(Studio, R8_a_merged_title_and_hidden_columns_stay_where_they_are) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Our show</t></is></c></row>"
      "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"s\"><v>1</v></c></row>"
      "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\"><v>10</v></c></row>";
  const std::string merged = "<mergeCells count=\"1\"><mergeCell ref=\"A1:F2\"/></mergeCells>";
  Parts parts = parts_with(worksheet(rows, merged));
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  const std::string columns = "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols>";
  sheet.insert(sheet.find("<sheetData>"), columns);
  const Document before = must_open(zip_of(parts));
  const Patched after =
      must_patch(before, {.cells = {{4, Field::shot, "11"}}, .appended = {shot_row("020", "20")}});
  ASSERT_TRUE(after.refusals.empty());
  const std::string text = sheet_text(after.document);
  EXPECT_TRUE(holds(text, merged));
  EXPECT_TRUE(holds(text, columns));
  EXPECT_EQ(must_image(must_open(std::string(after.document.bytes()))).rows.size(), 2U);
}

}  // namespace
}  // namespace tracker::workbook

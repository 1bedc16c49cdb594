// Everything that names rows (R2, R5–R10), each once for a row that comes and once for one that
// goes: one workbook that holds all of it, and a list of what must stand where afterwards.
#include <gtest/gtest.h>

#include "sample_file.hpp"

namespace tracker::workbook {
namespace {

const std::string relation_types =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

void add_relation(std::string& relations, const std::string& id, const std::string& type,
                  const std::string& target) {
  relations.replace(relations.find("</Relationships>"), 16,
                    "<Relationship Id=\"" + id + "\" Type=\"" + relation_types + type +
                        "\" Target=\"" + target + "\"/></Relationships>");
}

void add_type(Parts& parts, const std::string& part, const std::string& type) {
  std::string& types = parts["[Content_Types].xml"];
  types.replace(types.find("</Types>"), 8,
                "<Override PartName=\"/" + part +
                    "\" ContentType=\"application/vnd.openxmlformats-officedocument." + type +
                    "+xml\"/></Types>");
}

const std::string rows_of_it =
    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
    "<c r=\"C1\" t=\"s\"><v>2</v></c></row>"
    "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\"><v>10</v></c>"
    "<c r=\"D2\"><f t=\"shared\" ref=\"D2:D3\" si=\"0\">B2*2</f><v>20</v></c></row>"
    "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>3</v></c><c r=\"B3\"><v>20</v></c>"
    "<c r=\"D3\"><f t=\"shared\" si=\"0\"/><v>40</v></c></row>"
    "<row r=\"9\"><c r=\"B9\"><f>SUM(B2:B3)&amp;\"B3\"&amp;Sum!B3</f><v>30</v></c></row>";

/// In the order that the schema asks for.
const std::string tail_of_it =
    "<protectedRanges><protectedRange sqref=\"C2:C3 E3\" name=\"p\"/>"
    "<protectedRange sqref=\"F3\" name=\"q\"/></protectedRanges>"
    "<autoFilter ref=\"H1:I3\"/>"
    "<mergeCells count=\"2\"><mergeCell ref=\"E2:F3\"/><mergeCell ref=\"E9:F9\"/></mergeCells>"
    "<conditionalFormatting sqref=\"B2:B3\"><cfRule type=\"expression\" priority=\"1\">"
    "<formula>B2=$B$3</formula></cfRule></conditionalFormatting>"
    "<dataValidations count=\"1\"><dataValidation type=\"list\" sqref=\"A2:A3\"><formula1>$K$3:$K$9"
    "</formula1></dataValidation></dataValidations>"
    "<hyperlinks><hyperlink ref=\"C3\" location=\"Shots!A9\"/></hyperlinks>"
    "<rowBreaks count=\"1\" manualBreakCount=\"1\"><brk id=\"3\" max=\"9\" man=\"1\"/></rowBreaks>"
    "<ignoredErrors><ignoredError sqref=\"B2:B3\" numberStoredAsText=\"1\"/>"
    "<ignoredError sqref=\"F3\" formula=\"1\"/></ignoredErrors>"
    "<drawing r:id=\"rId4\"/><legacyDrawing r:id=\"rId3\"/>"
    "<extLst><ext><x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule>"
    "<xm:f>Sum!$A$3</xm:f></x14:cfRule><xm:sqref>G2:G3</xm:sqref></x14:conditionalFormatting>"
    "</x14:conditionalFormattings></ext><ext><x14:sparklineGroups><x14:sparklineGroup>"
    "<x14:sparklines><x14:sparkline><xm:f>Shots!B2:B3</xm:f><xm:sqref>H9</xm:sqref>"
    "</x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst>";

void add_notes_and_drawings(Parts& parts) {
  std::string& rels = parts["xl/worksheets/_rels/sheet1.xml.rels"];
  add_relation(rels, "rId2", "comments", "../comments1.xml");
  add_relation(rels, "rId3", "vmlDrawing", "../drawings/v.vml");
  add_relation(rels, "rId4", "drawing", "../drawings/drawing1.xml");
  add_relation(rels, "rId5", "threadedComment", "../threadedComments/threadedComment1.xml");
  parts["xl/comments1.xml"] =
      "<comments><commentList><comment ref=\"C3\"><text><t>note</t></text></comment></commentList>"
      "</comments>";
  parts["xl/threadedComments/threadedComment1.xml"] =
      "<ThreadedComments><threadedComment ref=\"C3\" id=\"{1}\"><text>note</text>"
      "</threadedComment></ThreadedComments>";
  parts["xl/drawings/v.vml"] =
      "<xml><v:shape id=\"a\"><x:ClientData><x:Anchor>3, 15, 1, 2, 5, 54, 5, 3</x:Anchor>"
      "<x:Row>2</x:Row><x:Column>2</x:Column></x:ClientData></v:shape></xml>";
  parts["xl/drawings/drawing1.xml"] =
      "<xdr:wsDr><xdr:twoCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>7</xdr:row></xdr:from>"
      "<xdr:to><xdr:col>9</xdr:col><xdr:row>20</xdr:row></xdr:to></xdr:twoCellAnchor>"
      "<xdr:oneCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>30</xdr:row></xdr:from>"
      "<xdr:sp macro=\"\" textlink=\"$B$3\"/></xdr:oneCellAnchor></xdr:wsDr>";
  add_relation(rels, "rId7", "hyperlink", "#A3");
  add_relation(parts["xl/drawings/_rels/drawing1.xml.rels"] = "<Relationships></Relationships>",
               "rId1", "hyperlink", "#'Shots'!C3:C9");
  add_relation(parts["xl/worksheets/_rels/sheet2.xml.rels"] = "<Relationships></Relationships>",
               "rId1", "drawing", "../drawings/drawing2.xml");
  parts["xl/drawings/drawing2.xml"] =
      "<xdr:wsDr><xdr:oneCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>30</xdr:row></xdr:from>"
      "<xdr:sp macro=\"\" textlink=\"Shots!$B$3\"/></xdr:oneCellAnchor></xdr:wsDr>";
}

Parts everything() {
  Parts parts = rich_parts(rows_of_it, tail_of_it, "A1:C3");
  add_notes_and_drawings(parts);
  parts["xl/worksheets/sheet2.xml"] =
      "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><f>SUM(Shots!B2:B3)+Shots!B3+B3</f></c></row>"
      "</sheetData><conditionalFormatting sqref=\"A1\"><cfRule type=\"expression\">"
      "<formula>Shots!$B$3=1</formula></cfRule></conditionalFormatting><dataValidations>"
      "<dataValidation sqref=\"A3\"><formula1>Shots!$A$2:$A$3</formula1></dataValidation>"
      "</dataValidations><hyperlinks><hyperlink ref=\"A3\" location=\"Shots!A3\"/></hyperlinks>"
      "</worksheet>";
  parts["xl/pivotCache/cache.xml"] =
      "<pivotCacheDefinition><cacheSource type=\"worksheet\"><worksheetSource ref=\"A1:C3\" "
      "sheet=\"Shots\"/></cacheSource></pivotCacheDefinition>";
  parts["xl/pivotTables/pivot.xml"] =
      "<pivotTableDefinition><location ref=\"M9:N12\"/></pivotTableDefinition>";
  add_type(parts, "xl/pivotCache/cache.xml", "spreadsheetml.pivotCacheDefinition");
  add_relation(parts["xl/worksheets/_rels/sheet1.xml.rels"], "rId6", "pivotTable",
               "../pivotTables/pivot.xml");
  std::string& book = parts["xl/workbook.xml"];
  book.replace(book.find("</definedNames>"), 15,
               "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"0\">Shots!$1:$3"
               "</definedName></definedNames>");
  return parts;
}

struct Case {
  const char* what;
  const char* part;
  const char* inserted;  ///< stands in the part when a row came before row 3
  const char* deleted;   ///< stands in it when row 2 went
};

constexpr const char* shots_part = "xl/worksheets/sheet1.xml";
constexpr const char* sums_part = "xl/worksheets/sheet2.xml";
constexpr const char* book_part = "xl/workbook.xml";
constexpr const char* picture_part = "xl/drawings/drawing1.xml";

const std::vector<Case> cases{
    {"R2 a table", "xl/tables/table1.xml", "displayName=\"T\" ref=\"A1:C4\"", "ref=\"A1:C2\""},
    {"R2 its filter", "xl/tables/table1.xml", "<autoFilter ref=\"A1:C4\"/>",
     "<autoFilter ref=\"A1:C2\"/>"},
    {"R7 the sheet's filter", shots_part, "<autoFilter ref=\"H1:I4\"/>",
     "<autoFilter ref=\"H1:I2\"/>"},
    {"R5 a format", shots_part, "<conditionalFormatting sqref=\"B2:B4\">",
     "<conditionalFormatting sqref=\"B2\">"},
    {"R5 its formula", shots_part, "<formula>B2=$B$4</formula>", "<formula>B2=$B$2</formula>"},
    {"R5 a validation", shots_part, "type=\"list\" sqref=\"A2:A4\"><formula1>$K$4:$K$10<",
     "type=\"list\" sqref=\"A2\"><formula1>$K$2:$K$8<"},
    {"R5 an extended format", shots_part, "<xm:f>Sum!$A$3</xm:f></x14:cfRule><xm:sqref>G2:G4<",
     "<xm:f>Sum!$A$3</xm:f></x14:cfRule><xm:sqref>G2<"},
    {"R5 ignored errors", shots_part, "<ignoredError sqref=\"B2:B4\"",
     "<ignoredError sqref=\"B2\""},
    {"R8 permissions", shots_part, "<protectedRange sqref=\"C2:C4 E4\"",
     "<protectedRange sqref=\"C2 E2\""},
    {"R6 a sparkline", shots_part, "<xm:f>Shots!B2:B4</xm:f><xm:sqref>H10<",
     "<xm:f>Shots!B2:B2</xm:f><xm:sqref>H8<"},
    {"R6 a name", book_part, "name=\"All\">Shots!$B$2:$B$4<", "name=\"All\">Shots!$B$2:$B$2<"},
    {"R6 the print area", book_part, "Print_Area\" localSheetId=\"0\">Shots!$A$1:$C$4<",
     "Print_Area\" localSheetId=\"0\">Shots!$A$1:$C$2<"},
    {"R6 print titles", book_part, "Print_Titles\" localSheetId=\"0\">Shots!$1:$4<",
     "Print_Titles\" localSheetId=\"0\">Shots!$1:$2<"},
    {"R6 a chart", "xl/charts/chart1.xml", "<c:f>Shots!$B$2:$B$4</c:f><c:f>'Other'!$B$2:$B$3</c:f>",
     "<c:f>Shots!$B$2:$B$2</c:f><c:f>'Other'!$B$2:$B$3</c:f>"},
    {"R6 a pivot's source", "xl/pivotCache/cache.xml", "ref=\"A1:C4\"", "ref=\"A1:C2\""},
    {"R8 a pivot table", "xl/pivotTables/pivot.xml", "ref=\"M10:N13\"", "ref=\"M8:N11\""},
    {"R8 merged cells", shots_part,
     "<mergeCells count=\"2\"><mergeCell ref=\"E2:F4\"/><mergeCell ref=\"E10:F10\"/>",
     "<mergeCells count=\"2\"><mergeCell ref=\"E2:F2\"/><mergeCell ref=\"E8:F8\"/>"},
    {"R8 a comment", "xl/comments1.xml", "<comment ref=\"C4\">", "<comment ref=\"C2\">"},
    {"R8 a thread", "xl/threadedComments/threadedComment1.xml", "<threadedComment ref=\"C4\"",
     "<threadedComment ref=\"C2\""},
    {"R8 a comment's box", "xl/drawings/v.vml",
     "<x:Anchor>3, 15, 2, 2, 5, 54, 6, 3</x:Anchor><x:Row>3</x:Row>",
     "<x:Anchor>3, 15, 0, 2, 5, 54, 4, 3</x:Anchor><x:Row>1</x:Row>"},
    {"R8 a link", shots_part, "<hyperlink ref=\"C4\" location=\"Shots!A10\"/>",
     "<hyperlink ref=\"C2\" location=\"Shots!A8\"/>"},
    {"R8 a picture", picture_part, "<xdr:row>8</xdr:row></xdr:from>",
     "<xdr:row>6</xdr:row></xdr:from>"},
    {"R8 its other corner", picture_part, "<xdr:row>21</xdr:row></xdr:to>",
     "<xdr:row>19</xdr:row></xdr:to>"},
    {"R8 one that keeps its size", picture_part,
     "<xdr:oneCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>31<",
     "<xdr:oneCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>29<"},
    {"R8 a shape that shows a cell", picture_part, "textlink=\"$B$4\"", "textlink=\"$B$2\""},
    {"R8 one on another sheet", "xl/drawings/drawing2.xml",
     "<xdr:row>30</xdr:row></xdr:from><xdr:sp macro=\"\" textlink=\"Shots!$B$4\"",
     "<xdr:row>30</xdr:row></xdr:from><xdr:sp macro=\"\" textlink=\"Shots!$B$2\""},
    {"R8 a link in the relations", "xl/worksheets/_rels/sheet1.xml.rels", "Target=\"#A4\"",
     "Target=\"#A2\""},
    {"R8 a shape's link", "xl/drawings/_rels/drawing1.xml.rels",
     "Target=\"#&apos;Shots&apos;!C4:C10\"", "Target=\"#&apos;Shots&apos;!C2:C8\""},
    {"R8 a page break", shots_part, "<brk id=\"4\"", "<brk id=\"2\""},
    {"R9 a formula", shots_part, "<c r=\"B10\"><f>SUM(B2:B4)&amp;&quot;B3&quot;&amp;Sum!B3</f>",
     "<c r=\"B8\"><f>SUM(B2:B2)&amp;&quot;B3&quot;&amp;Sum!B3</f>"},
    {"R9 a shared formula", shots_part, "<c r=\"D4\"><f>B4*2</f><v>40</v></c>",
     "<c r=\"D2\"><f>B2*2</f><v>40</v></c>"},
    {"R9 another sheet's formula", sums_part, "<f>SUM(Shots!B2:B4)+Shots!B4+B3</f>",
     "<f>SUM(Shots!B2:B2)+Shots!B2+B3</f>"},
    {"R9 another sheet's format", sums_part, "<formula>Shots!$B$4=1</formula>",
     "<formula>Shots!$B$2=1</formula>"},
    {"R9 another sheet's validation", sums_part,
     "sqref=\"A3\"><formula1>Shots!$A$2:$A$4</formula1>",
     "sqref=\"A3\"><formula1>Shots!$A$2:$A$2</formula1>"},
    {"R9 another sheet's link", sums_part, "<hyperlink ref=\"A3\" location=\"Shots!A4\"/>",
     "<hyperlink ref=\"A3\" location=\"Shots!A2\"/>"},
};

Document edited(const Document& before, const SheetEdit& edit) {
  const auto after = before.edit(edit);
  if (!after) throw std::runtime_error(describe(after.error()));
  for (const Refusal& refusal : after->refusals) ADD_FAILURE() << refusal.reason;
  return after->document;
}

TEST(Moves, R2_to_R10_all_that_names_rows_follows_a_row_that_comes) {
  const Document after =
      edited(must_open(zip_of(everything())), {.inserted = {{3, {{{"A", "x"}}}}}});
  for (const Case& one : cases) {
    const std::string text = part_text(after, one.part);
    EXPECT_TRUE(holds(text, one.inserted)) << one.what << " in " << text;
  }
  EXPECT_EQ(part_text(after, "xl/calcChain.xml"), "");
}

TEST(Moves, R2_to_R11_all_that_names_rows_follows_a_row_that_goes) {
  const Document after = edited(must_open(zip_of(everything())), {.deleted_rows = {2}});
  for (const Case& one : cases) {
    const std::string text = part_text(after, one.part);
    EXPECT_TRUE(holds(text, one.deleted)) << one.what << " in " << text;
  }
  EXPECT_EQ(part_text(after, "xl/calcChain.xml"), "");
}

TEST(Moves, R8_what_stands_in_a_row_goes_with_it) {
  const Document after = edited(must_open(zip_of(everything())), {.deleted_rows = {3}});
  EXPECT_FALSE(holds(part_text(after, "xl/comments1.xml"), "<comment "));
  EXPECT_FALSE(holds(part_text(after, "xl/threadedComments/threadedComment1.xml"), "ref="));
  EXPECT_FALSE(holds(part_text(after, "xl/drawings/v.vml"), "<v:shape"));
  EXPECT_FALSE(holds(sheet_text(after), "<hyperlink"));
  EXPECT_FALSE(holds(sheet_text(after), "rowBreaks"));
  EXPECT_TRUE(
      holds(sheet_text(after),
            "<protectedRanges><protectedRange sqref=\"C2\" name=\"p\"/></protectedRanges>"));
  EXPECT_TRUE(holds(sheet_text(after), "numberStoredAsText=\"1\"/></ignoredErrors>"));
}

TEST(Moves, R6_a_pivot_table_that_would_lose_a_row_stays_whole) {
  const Document before = must_open(zip_of(everything()));
  const auto after = before.edit({.deleted_rows = {10}});
  ASSERT_TRUE(after);
  ASSERT_EQ(after->refusals.size(), 1U);
  EXPECT_TRUE(holds(after->refusals[0].reason, "pivot table"));
  EXPECT_EQ(after->document.bytes(), before.bytes());
}

}  // namespace
}  // namespace tracker::workbook

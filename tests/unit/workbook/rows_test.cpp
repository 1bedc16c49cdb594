// R1–R13: what a row that comes or goes must take along.
#include <gtest/gtest.h>

#include "sample_file.hpp"

namespace tracker::workbook {
namespace {

std::vector<std::string> shots(const Document& document) {
  std::vector<std::string> list;
  for (const ImageRow& row : must_image(must_open(std::string(document.bytes()))).rows) {
    list.push_back(at(row.cells, Field::shot));
  }
  return list;
}

using Shots = std::vector<std::string>;

TEST(Rows, R1_R2_R5_R6_everything_that_covered_the_data_grows_on_append) {
  const Document before = must_open(zip_of(rich_parts(plain_rows, rules, "A1:C3")));
  const Patched after =
      must_patch(before, {.appended = {shot_row("5", "0050"), shot_row("6", "0060")}});
  EXPECT_TRUE(after.refusals.empty());
  EXPECT_EQ(shots(after.document), (Shots{"0010", "0020", "0050", "0060"}));
  const std::string sheet = sheet_text(after.document);
  EXPECT_TRUE(holds(sheet, "<dimension ref=\"A1:C5\"/>"));
  EXPECT_TRUE(holds(sheet, "sqref=\"B2:B5\""));
  EXPECT_TRUE(holds(sheet, "sqref=\"C2:C5\""));
  const std::string table = part_text(after.document, "xl/tables/table1.xml");
  EXPECT_TRUE(holds(table, "displayName=\"T\" ref=\"A1:C5\""));
  EXPECT_TRUE(holds(table, "<autoFilter ref=\"A1:C5\"/>"));
  const std::string book = part_text(after.document, "xl/workbook.xml");
  EXPECT_TRUE(holds(book, "Shots!$A$1:$C$5"));
  EXPECT_TRUE(holds(book, "Shots!$B$2:$B$5"));
  const std::string chart = part_text(after.document, "xl/charts/chart1.xml");
  EXPECT_TRUE(holds(chart, "<c:f>Shots!$B$2:$B$5</c:f><c:f>'Other'!$B$2:$B$3</c:f>"));
  const std::string sums = part_text(after.document, "xl/worksheets/sheet2.xml");
  EXPECT_TRUE(holds(sums, "<f>SUM(Shots!B2:B5)+Shots!B3</f><v>50</v>"));
  EXPECT_TRUE(holds(sums, "<f>COUNTA(Shots!$A$2:$A$5)</f>"));
  EXPECT_TRUE(holds(sums, "<f>\"Shots!B3\"</f>")) << "texts in formulas are not touched";
}

TEST(Rows, R1_a_new_row_has_the_spans_and_the_height_of_the_row_above) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" "
      "t=\"s\"><v>2</v></c></row><row r=\"2\" spans=\"1:2\" ht=\"20\" customHeight=\"1\" "
      "hidden=\"1\">"
      "<c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\"><v>1</v></c></row>";
  const Document after =
      must_patch(open_sheet(rows), {.appended = {shot_row("1", "2"), shot_row("1", "3", "a")}})
          .document;
  EXPECT_TRUE(holds(sheet_text(after),
                    "<row r=\"3\" spans=\"1:2\" ht=\"20\" customHeight=\"1\"><c r=\"A3\""));
  EXPECT_TRUE(holds(sheet_text(after),
                    "<row r=\"4\" spans=\"1:3\" ht=\"20\" customHeight=\"1\"><c r=\"A4\""));
}

TEST(Rows, R10_R11_deleting_a_row_shifts_all_that_names_rows) {
  const std::string rows = plain_rows +
                           "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\"><v>40</v></c>"
                           "<c r=\"D4\"><f>B4+B3</f><v>60</v></c></row>";
  const std::string tail =
      "<mergeCells count=\"2\"><mergeCell ref=\"E2:F2\"/><mergeCell "
      "ref=\"E4:F5\"/></mergeCells>" +
      rules +
      "<hyperlinks><hyperlink ref=\"C2\" location=\"Shots!A4\"/><hyperlink "
      "ref=\"C4\" location=\"Sum!A1\"/></hyperlinks>";
  const Document before = must_open(zip_of(rich_parts(rows, tail, "A1:C4")));
  const Patched after = must_patch(before, {.deleted_rows = {2}});
  ASSERT_TRUE(after.refusals.empty());
  EXPECT_EQ(shots(after.document), (Shots{"0020", "40"}));
  const std::string sheet = sheet_text(after.document);
  EXPECT_TRUE(holds(sheet, "<c r=\"D3\"><f>B3+B2</f><v>60</v></c>"));
  EXPECT_TRUE(holds(sheet, "<mergeCells count=\"1\"><mergeCell ref=\"E3:F4\"/></mergeCells>"));
  EXPECT_TRUE(holds(sheet, "<hyperlinks><hyperlink ref=\"C3\" location=\"Sum!A1\"/></hyperlinks>"));
  EXPECT_TRUE(holds(sheet, "sqref=\"B2:B2\"") || holds(sheet, "sqref=\"B2\""));
  EXPECT_TRUE(holds(sheet, "<formula>$B2=$B$2</formula>"))
      << "a relative reference keeps its distance, a fixed one follows its row";
  EXPECT_TRUE(holds(part_text(after.document, "xl/tables/table1.xml"), "ref=\"A1:C3\""));
  EXPECT_TRUE(holds(part_text(after.document, "xl/worksheets/sheet2.xml"),
                    "<f>SUM(Shots!B2:B2)+Shots!B2</f>"));
  EXPECT_EQ(part_text(after.document, "xl/calcChain.xml"), "") << "programs build it anew";
  EXPECT_FALSE(holds(part_text(after.document, "[Content_Types].xml"), "calcChain"));
}

TEST(Rows, R2_a_totals_row_moves_down_and_rows_go_above_it) {
  const std::string rows =
      plain_rows +
      "<row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>Total</t></is></c><c r=\"B4\">"
      "<f>SUBTOTAL(109,B2:B3)</f><v>30</v></c></row>"
      "<row r=\"9\"><c r=\"A9\" t=\"inlineStr\"><is><t>legend</t></is></c></row>";
  const Document before = must_open(zip_of(rich_parts(rows, rules, "A1:C4", 1)));
  ASSERT_EQ(must_image(before).rows.size(), 2U) << "total row and legend are no entries";
  const Patched after = must_patch(before, {.appended = {shot_row("5", "0050")}});
  ASSERT_TRUE(after.refusals.empty());
  EXPECT_EQ(shots(after.document), (Shots{"0010", "0020", "0050"}));
  const std::string sheet = sheet_text(after.document);
  EXPECT_TRUE(holds(sheet, "<c r=\"B5\"><f>SUBTOTAL(109,B2:B4)</f>"));
  EXPECT_TRUE(holds(sheet, "<c r=\"A10\" t=\"inlineStr\"><is><t>legend</t></is></c>"));
  const std::string table = part_text(after.document, "xl/tables/table1.xml");
  EXPECT_TRUE(holds(table, "displayName=\"T\" ref=\"A1:C5\" totalsRowCount=\"1\""));
  EXPECT_TRUE(holds(table, "<autoFilter ref=\"A1:C4\"/>"));
}

TEST(Rows, R3_a_table_keeps_one_row_when_all_are_deleted) {
  const Document before = must_open(zip_of(rich_parts(plain_rows, rules, "A1:C3")));
  const Patched emptied = must_patch(before, {.deleted_rows = {2, 3}});
  ASSERT_TRUE(emptied.refusals.empty());
  EXPECT_TRUE(shots(emptied.document).empty());
  EXPECT_TRUE(holds(part_text(emptied.document, "xl/tables/table1.xml"), "ref=\"A1:C2\""));
  const Patched filled =
      must_patch(before, {.deleted_rows = {2, 3}, .appended = {shot_row("5", "0050")}});
  EXPECT_EQ(shots(filled.document), Shots{"0050"});
  EXPECT_TRUE(holds(part_text(filled.document, "xl/tables/table1.xml"), "ref=\"A1:C2\""));
  const Patched later =
      must_patch(emptied.document, {.appended = {shot_row("6", "0060"), shot_row("7", "0070")}});
  EXPECT_EQ(shots(later.document), (Shots{"0060", "0070"}));
}

TEST(Rows, R3_blank_rows_of_a_table_are_filled_before_it_grows) {
  const Document before = must_open(zip_of(rich_parts(plain_rows, "", "A1:C5")));
  const Document after =
      must_patch(before, {.appended = {shot_row("5", "0050"), shot_row("6", "0060"),
                                       shot_row("7", "0070")}})
          .document;
  EXPECT_EQ(shots(after), (Shots{"0010", "0020", "0050", "0060", "0070"}));
  EXPECT_TRUE(holds(part_text(after, "xl/tables/table1.xml"), "ref=\"A1:C6\""));
}

TEST(Rows, R4_rows_below_the_data_are_never_overwritten) {
  const std::string rows =
      plain_rows +
      "<row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>Total</t></is></c><c r=\"B4\">"
      "<f>SUM(B2:B3)</f><v>30</v></c></row>";
  const Document after =
      must_patch(open_sheet(rows), {.appended = {shot_row("5", "0050")}}).document;
  EXPECT_EQ(shots(after), (Shots{"0010", "0020", "0050"}));
  EXPECT_TRUE(holds(sheet_text(after), "<c r=\"B5\"><f>SUM(B2:B4)</f>"));
}

TEST(Rows, R8_comments_their_boxes_and_pictures_follow_their_rows) {
  Parts parts = rich_parts(plain_rows, "<legacyDrawing r:id=\"rId3\"/>", "A1:C3");
  const std::string rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  std::string& rels = parts["xl/worksheets/_rels/sheet1.xml.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId2\" Type=\"" + rel +
                   "/comments\" Target=\"../comments1.xml\"/>"
                   "<Relationship Id=\"rId3\" Type=\"" +
                   rel +
                   "/vmlDrawing\" Target=\"../drawings/v.vml\"/><Relationship Id=\"rId4\" Type=\"" +
                   rel + "/drawing\" Target=\"../drawings/drawing1.xml\"/></Relationships>");
  parts["xl/comments1.xml"] =
      "<comments><commentList><comment ref=\"B2\"><text><t>gone</t></text></comment>"
      "<comment ref=\"B3\"><text><t>stays</t></text></comment></commentList></comments>";
  parts["xl/drawings/v.vml"] =
      "<xml><v:shape id=\"a\"><x:ClientData><x:Anchor>2, 15, 1, 2, 4, 54, 5, 3</x:Anchor>"
      "<x:Row>1</x:Row></x:ClientData></v:shape><v:shape id=\"b\"><x:ClientData><x:Anchor>"
      "2, 15, 2, 2, 4, 54, 6, 3</x:Anchor><x:Row>2</x:Row></x:ClientData></v:shape></xml>";
  parts["xl/drawings/drawing1.xml"] =
      "<xdr:wsDr><xdr:twoCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>7</xdr:row></xdr:from>"
      "<xdr:to><xdr:col>9</xdr:col><xdr:row>20</xdr:row></xdr:to></xdr:twoCellAnchor></xdr:wsDr>";
  const Document after = must_patch(must_open(zip_of(parts)), {.deleted_rows = {2}}).document;
  const std::string comments = part_text(after, "xl/comments1.xml");
  EXPECT_FALSE(holds(comments, "gone"));
  EXPECT_TRUE(holds(comments, "<comment ref=\"B2\"><text><t>stays</t>"));
  const std::string boxes = part_text(after, "xl/drawings/v.vml");
  EXPECT_FALSE(holds(boxes, "id=\"a\""));
  EXPECT_TRUE(holds(boxes, "<x:Anchor>2, 15, 1, 2, 4, 54, 5, 3</x:Anchor><x:Row>1</x:Row>"));
  EXPECT_TRUE(holds(part_text(after, "xl/drawings/drawing1.xml"), "<xdr:row>6</xdr:row>"));
}

TEST(Rows, R9_a_calculated_column_is_continued_in_new_rows) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>"
      "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>10</v></c><c r=\"C2\" s=\"2\">"
      "<f t=\"shared\" ref=\"C2:C3\" si=\"0\">B2/$A$2</f><v>10</v></c></row>"
      "<row r=\"3\"><c r=\"A3\"><v>2</v></c><c r=\"B3\"><v>20</v></c><c r=\"C3\" s=\"2\">"
      "<f t=\"shared\" si=\"0\"/><v>20</v></c></row>";
  const Document before = open_sheet(rows);
  const Document after = must_patch(before, {.appended = {shot_row("3", "30")}}).document;
  EXPECT_TRUE(holds(sheet_text(after), "<c r=\"C4\" s=\"2\"><f>B4/$A$2</f></c>"));
  EXPECT_TRUE(holds(sheet_text(after), "<f t=\"shared\" si=\"0\"/>")) << "others stay as they are";
  const Document shorter = must_patch(after, {.deleted_rows = {2}}).document;
  EXPECT_TRUE(holds(sheet_text(shorter), "<c r=\"C2\" s=\"2\"><f>B2/#REF!</f><v>20</v></c>"));
}

TEST(Rows, R11_what_can_not_move_is_refused_and_the_rest_is_done) {
  const std::string rows = plain_rows +
                           "<row r=\"4\"><c r=\"E4\"><f t=\"array\" ref=\"E3:E4\">B2:B3</f>"
                           "<v>10</v></c></row>";
  const Document before = open_sheet(rows);
  const auto edited = before.edit({.cells = {{"C2", "done"}}, .deleted_rows = {3}});
  ASSERT_TRUE(edited && edited->refusals.size() == 1U);
  EXPECT_EQ(edited->refusals[0].row_number, 3U);
  EXPECT_TRUE(holds(edited->refusals[0].reason, "array formula"));
  EXPECT_EQ(at(must_image(edited->document).rows[0].cells, Field::notes), "done");
  EXPECT_EQ(shots(edited->document), (Shots{"0010", "0020"}));
}

/// plain_rows with a fourth row that holds a formula which fills `area`, from row 4 on.
Document rows_that_stay(const std::string& fourth, const std::string& area) {
  return open_sheet(plain_rows + "<row r=\"4\">" + fourth + "<c r=\"" + area.substr(0, 2) +
                    "\"><f t=\"array\" ref=\"" + area + "\">B2:B3</f><v>10</v></c></row>" +
                    "<row r=\"5\"><c r=\"A5\"><v>9</v></c><c r=\"B5\"><v>50</v></c></row>");
}

TEST(Rows, R11_the_entry_goes_from_a_row_that_has_to_stay) {
  const Document before =
      rows_that_stay("<c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\" s=\"1\"><v>40</v></c>", "E4:E5");
  const Patched after = must_patch(before, {.deleted_rows = {4}});
  ASSERT_EQ(after.refusals.size(), 1U) << "half of an array formula would go";
  EXPECT_TRUE(after.refusals[0].cleared);
  EXPECT_TRUE(holds(after.refusals[0].reason, "emptied")) << after.refusals[0].reason;
  EXPECT_EQ(shots(after.document), (Shots{"0010", "0020", "50"}));
  const std::string sheet = sheet_text(after.document);
  EXPECT_TRUE(holds(sheet, "<c r=\"B4\" s=\"1\"/>")) << "it keeps its style: " << sheet;
  EXPECT_TRUE(holds(sheet, "<c r=\"B5\"><v>50</v></c>")) << "nothing moved";
  const Document more = must_patch(after.document, {.appended = {shot_row("3", "60")}}).document;
  EXPECT_EQ(shots(more), (Shots{"0010", "0020", "50", "60"}));
  const Patched both = must_patch(before, {.deleted_rows = {4, 5}});
  EXPECT_TRUE(both.refusals.empty()) << "the formula goes with all that it fills";
}

TEST(Rows, R11_a_row_that_a_formula_fills_keeps_its_entry) {
  const Document before = rows_that_stay("<c r=\"A4\" t=\"s\"><v>3</v></c>", "B4:B6");
  const Patched after = must_patch(before, {.deleted_rows = {3, 4}});
  ASSERT_EQ(after.refusals.size(), 2U);
  EXPECT_TRUE(after.refusals[0].cleared);
  EXPECT_FALSE(after.refusals[1].cleared) << "half an entry would be nobody's";
  EXPECT_TRUE(holds(sheet_text(after.document), "<c r=\"A4\" t=\"s\"><v>3</v></c>"));
}

TEST(Rows, R12_a_million_empty_rows_cost_nothing_and_are_no_entries) {
  const std::string rows = plain_rows + "<row r=\"1048576\" ht=\"15\"/>";
  EXPECT_EQ(must_image(open_sheet(rows)).rows.size(), 2U);
}

TEST(Rows, R13_the_header_is_found_wherever_it_stands) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>The Big Show</t></is></c></row>"
      "<row r=\"4\"><c r=\"B4\" t=\"inlineStr\"><is><t> SHOT_number </t></is></c><c r=\"C4\" "
      "t=\"inlineStr\"><is><t>Seq</t></is></c><c r=\"D4\" t=\"inlineStr\"><is><t>Camera</t></is>"
      "</c><c r=\"E4\" t=\"inlineStr\"><is><t>tracker id</t></is></c></row>"
      "<row r=\"5\"><c r=\"B5\" t=\"s\"><v>3</v></c><c r=\"C5\"><v>7</v></c><c r=\"D5\" t=\"s\">"
      "<v>4</v></c><c r=\"E5\"><v>17</v></c></row>";
  const Image image = must_image(open_sheet(rows));
  EXPECT_EQ(image.header_row, 4U);
  ASSERT_EQ(image.rows.size(), 1U);
  EXPECT_EQ(at(image.rows[0].cells, Field::shot), "010");
  EXPECT_EQ(at(image.rows[0].cells, Field::scene), "7");
  EXPECT_EQ(image.rows[0].tracker_id, 17);
  EXPECT_EQ(image.rows[0].extra.at("Camera"), "a");
  EXPECT_EQ(image.column_letters[index(Field::shot)], "B");
}

std::string header_cell(const std::string& place, const std::string& text) {
  return "<c r=\"" + place + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>";
}

TEST(Rows, R13_columns_may_stand_in_any_order_and_a_second_header_of_a_name_is_told) {
  const std::string rows =
      "<row r=\"1\">" + header_cell("A1", "Notes") + header_cell("B1", "Camera") +
      header_cell("C1", "Shot") + header_cell("D1", "Camera") + header_cell("E1", "Scene") +
      "</row><row r=\"2\">" + header_cell("A2", "n") + header_cell("B2", "wide") +
      header_cell("C2", "0010") + header_cell("D2", "close") + header_cell("E2", "3") + "</row>";
  const Document before = open_sheet(rows);
  const Image image = must_image(before);
  ASSERT_EQ(image.rows.size(), 1U);
  EXPECT_EQ(image.rows[0].extra.at("Camera"), "wide") << "the first of the two";
  ASSERT_EQ(image.warnings.size(), 2U);
  EXPECT_TRUE(holds(image.warnings[0], "column D")) << image.warnings[0];
  EXPECT_EQ(image.warnings[1],
            "there is no column \"Animator\", \"Project Type\", \"Episode Title\", "
            "\"Week (YYYYMMDD)\", \"Status\": they are left alone on both sides until their "
            "headings are back");
  const Document after = must_patch(before, {.cells = {{2, Field::scene, "4"}},
                                             .appended = {shot_row("5", "0050", "new")}})
                             .document;
  EXPECT_TRUE(holds(sheet_text(after), header_cell("E2", "4")));
  EXPECT_TRUE(holds(sheet_text(after),
                    header_cell("A3", "new") + header_cell("C3", "0050") + header_cell("E3", "5")));
}

TEST(Rows, R4_R13_a_second_table_beside_the_first_is_left_alone) {
  Parts parts =
      rich_parts("<row r=\"1\">" + header_cell("A1", "Scene") + header_cell("B1", "Shot") +
                     header_cell("C1", "Notes") + header_cell("E1", "Notes") +
                     header_cell("F1", "Shot") + "</row><row r=\"2\">" + header_cell("A2", "1") +
                     header_cell("B2", "0010") + header_cell("E2", "other") +
                     "</row><row r=\"3\">" + header_cell("E3", "below") + "</row>",
                 "", "A1:C2");
  std::string& rels = parts["xl/worksheets/_rels/sheet1.xml.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/"
               "2006/relationships/table\" Target=\"../tables/table2.xml\"/></Relationships>");
  parts["xl/tables/table2.xml"] =
      "<table id=\"2\" name=\"U\" displayName=\"U\" ref=\"E1:F3\"><tableColumns count=\"2\">"
      "<tableColumn id=\"1\" name=\"Notes\"/><tableColumn id=\"2\" name=\"Shot\"/>"
      "</tableColumns></table>";
  const Document before = must_open(zip_of(parts));
  const Image image = must_image(before);
  EXPECT_EQ(image.column_letters[index(Field::notes)], "C");
  EXPECT_EQ(image.column_letters[index(Field::shot)], "B");
  const Patched after = must_patch(before, {.appended = {shot_row("2", "0020", "mine")}});
  EXPECT_TRUE(holds(sheet_text(after.document), "below"));
  for (const Refusal& refusal : after.refusals) EXPECT_TRUE(holds(refusal.reason, "table"));
  EXPECT_EQ(shots(after.document).size() + after.refusals.size(), 2U)
      << "a row of its own, or a reason";
}

TEST(Rows, R13_a_sheet_without_a_header_says_what_is_missing) {
  const auto image = open_sheet("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>").image();
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ErrorCode::not_found);
  EXPECT_TRUE(holds(describe(image.error()), "Scene and Shot"));
}

TEST(Rows, P3_a_signed_workbook_is_not_written) {
  Parts parts = parts_with(worksheet(plain_rows));
  std::string& rels = parts["_rels/.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/package/2006/"
               "relationships/digital-signature/origin\" Target=\"_xmlsignatures/origin.sigs\"/>"
               "</Relationships>");
  const Patched after = must_patch(must_open(zip_of(parts)), {.cells = {{2, Field::notes, "x"}}});
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_TRUE(holds(after.refusals[0].reason, "signed"));
}

TEST(Rows, P5_hidden_sheets_are_not_the_first_and_names_ignore_case) {
  Parts parts = rich_parts(plain_rows, "", "A1:C3");
  const Document document = must_open(zip_of(parts));
  EXPECT_EQ(document.grid("SUM")->size(), 1U);
  std::string& book = parts["xl/workbook.xml"];
  book.replace(book.find("<sheet name=\"Shots\""), 19, "<sheet state=\"hidden\" name=\"Shots\" ");
  EXPECT_EQ(must_open(zip_of(parts)).grid("")->size(), 1U);
}

TEST(Rows, P5_a_sheet_that_is_a_chart_is_no_sheet_of_rows) {
  Parts parts = parts_with(worksheet(plain_rows));
  std::string& book = parts["xl/workbook.xml"];
  book.replace(book.find("<sheet name"), 11,
               "<sheet name=\"Curve\" sheetId=\"9\" r:id=\"rId9\"/><sheet name");
  std::string& rels = parts["xl/_rels/workbook.xml.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/officeDocument/"
               "2006/relationships/chartsheet\" Target=\"chartsheets/sheet1.xml\"/>"
               "</Relationships>");
  parts["xl/chartsheets/sheet1.xml"] = "<chartsheet><sheetViews/></chartsheet>";
  const Document document = must_open(zip_of(parts));
  EXPECT_EQ(must_image(document).sheet_name, "Shots") << "the first sheet with rows";
  const auto curve = document.grid("Curve");
  ASSERT_FALSE(curve);
  EXPECT_EQ(curve.error().code, ErrorCode::unsupported);
}

TEST(Token, both_carriers_are_written_once_and_read_back) {
  const Document before = open_sheet(plain_rows);
  EXPECT_FALSE(must_image(before).token);
  const Token token{"store|1 %", 7, "n\"x"};
  EXPECT_FALSE(before.patch({.token = token})) << "a quote can't stand in a name's text";
  const Token good{"store|1 %", 7, "abc"};
  const Document once = must_patch(before, {.token = good}).document;
  EXPECT_EQ(must_image(must_open(std::string(once.bytes()))).token, good);
  EXPECT_TRUE(holds(part_text(once, "docProps/custom.xml"), "at1|store%7C1 %25|7|abc"));
  EXPECT_TRUE(holds(part_text(once, "xl/workbook.xml"), "hidden=\"1\">&quot;at1|store"));
  const Token next{"store|1 %", 8, "def"};
  const Document twice = must_patch(once, {.token = next}).document;
  EXPECT_EQ(must_image(must_open(std::string(twice.bytes()))).token, next);
  EXPECT_EQ(part_text(twice, "docProps/custom.xml").find("abc"), std::string::npos);
}

}  // namespace
}  // namespace tracker::workbook

// Places that name rows, as real files write them: in other sheets, names, controls, drawings and
// in XML that few programs make. A reviewer's finds, each with the least file that shows it.
#include <gtest/gtest.h>

#include "sample_file.hpp"

namespace tracker::workbook {
namespace {

const std::string relation_types =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
const std::string sum_sheet = "xl/worksheets/sheet2.xml";

/// Adds a part that sheet `number` names.
void add_part(Parts& parts, int number, const std::string& type, const std::string& name,
              const std::string& text) {
  parts["xl/" + name] = text;
  std::string& rels = parts["xl/worksheets/_rels/sheet" + std::to_string(number) + ".xml.rels"];
  if (rels.empty()) rels = "<Relationships></Relationships>";
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId5" + name + "\" Type=\"" + relation_types + type +
                   "\" Target=\"../" + name + "\"/></Relationships>");
}

void add_type(Parts& parts, const std::string& name, const std::string& type) {
  std::string& types = parts["[Content_Types].xml"];
  types.replace(
      types.find("</Types>"), 8,
      "<Override PartName=\"/xl/" + name + "\" ContentType=\"application/" + type + "\"/></Types>");
}

Parts two_sheets(const std::string& sum = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>",
                 const std::string& rows = plain_rows, const std::string& tail = {}) {
  Parts parts = rich_parts(rows, tail, "A1:C3");
  parts[sum_sheet] = worksheet(sum);
  return parts;
}

Patched must_edit(const Document& document, const SheetEdit& edit) {
  auto edited = document.edit(edit);
  if (!edited) throw std::runtime_error(describe(edited.error()));
  return *edited;
}

Patched with_row_before_3(const Parts& parts) {
  return must_edit(must_open(zip_of(parts)), {.inserted = {{3, {{{"A", "new"}}}}}});
}

std::string cell_with(const std::string& formula) {
  return "<row r=\"1\"><c r=\"A1\"><f>" + formula + "</f></c></row>";
}

TEST(Places, R6_what_spans_the_heading_alone_stays_while_there_is_no_data) {
  const std::string heading = plain_rows.substr(0, plain_rows.find("<row r=\"2\""));
  Parts parts = parts_with(worksheet(heading, "<autoFilter ref=\"A1:C1\"/>"));
  std::string& book = parts["xl/workbook.xml"];
  book.replace(book.find("</sheets>"), 9,
               "</sheets><definedNames><definedName name=\"_xlnm.Print_Titles\" "
               "localSheetId=\"0\">Shots!$1:$1</definedName><definedName name=\"heads\">"
               "Shots!$A$1:$C$1</definedName><definedName name=\"_xlnm.Print_Area\" "
               "localSheetId=\"0\">Shots!$A$1:$C$1</definedName></definedNames>");
  Document document = must_open(zip_of(parts));
  for (const char* const shot : {"1", "2"}) {
    document = must_patch(document, {.appended = {shot_row("s", shot)}}).document;
  }
  const std::string names = part_text(document, "xl/workbook.xml");
  EXPECT_TRUE(holds(names, "\"0\">Shots!$1:$1<")) << names;
  EXPECT_TRUE(holds(names, "\"heads\">Shots!$A$1:$C$1<"));
  EXPECT_TRUE(holds(names, "\"0\">Shots!$A$1:$C$3<")) << "the print area holds all rows";
  EXPECT_TRUE(holds(sheet_text(document), "<autoFilter ref=\"A1:C3\"/>"));
}

TEST(Places, R3_the_heading_of_a_tables_column_is_not_written) {
  const Document before = must_open(zip_of(two_sheets()));
  const Patched after = must_edit(before, {.cells = {{"C1", "Remarks"}}});
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_TRUE(holds(after.refusals[0].reason, "heading of a table"));
  EXPECT_EQ(after.document.bytes(), before.bytes());
}

TEST(Places, R9_a_sheet_named_before_both_corners_of_a_range) {
  const std::string sum = cell_with(
      "SUM(Shots!B2:Shots!B3)+SUM('Shots'!B2:'Shots'!B3)+"
      "SUM(Shots!B:Shots!B)+SUM(Jan:Mar!B3)+Shots!B2:Sum!B3");
  const Parts parts = two_sheets(sum);
  EXPECT_TRUE(holds(part_text(with_row_before_3(parts).document, sum_sheet),
                    "<f>SUM(Shots!B2:Shots!B4)+SUM('Shots'!B2:'Shots'!B4)+SUM(Shots!B:Shots!B)+"
                    "SUM(Jan:Mar!B3)+Shots!B2:Sum!B3</f>"));
  const Document shorter = must_patch(must_open(zip_of(parts)), {.deleted_rows = {2}}).document;
  EXPECT_TRUE(holds(part_text(shorter, sum_sheet),
                    "<f>SUM(Shots!B2:Shots!B2)+SUM('Shots'!B2:'Shots'!B2)+"));
}

TEST(Places, R9_the_calculated_column_of_another_sheets_table) {
  Parts parts = two_sheets();
  add_part(parts, 2, "table", "tables/table2.xml",
           "<table id=\"2\" name=\"K\" displayName=\"K\" ref=\"A1:B2\"><tableColumns "
           "count=\"2\"><tableColumn id=\"1\" name=\"k\"/><tableColumn id=\"2\" name=\"v\">"
           "<calculatedColumnFormula>VLOOKUP([k],Shots!$A$2:$C$3,3,0)</calculatedColumnFormula>"
           "</tableColumn></tableColumns></table>");
  parts[sum_sheet] = worksheet("", "<tableParts count=\"1\"><tablePart r:id=\"x\"/></tableParts>");
  const auto formula = [](const Document& document) {
    return part_text(document, "xl/tables/table2.xml");
  };
  EXPECT_TRUE(holds(formula(with_row_before_3(parts).document), "Shots!$A$2:$C$4"));
  const Document appended =
      must_patch(must_open(zip_of(parts)), {.appended = {shot_row("s", "1")}}).document;
  EXPECT_TRUE(holds(formula(appended), "Shots!$A$2:$C$4"));
}

TEST(Places, R6_a_name_that_counts_from_the_cell_it_is_used_in_stays) {
  Parts parts = two_sheets();
  std::string& book = parts["xl/workbook.xml"];
  book.replace(book.find("</definedNames>"), 15,
               "<definedName name=\"above\">Shots!$A1048576</definedName><definedName "
               "name=\"here\">Shots!XFD3</definedName><definedName "
               "name=\"third\">Shots!$A$3</definedName></definedNames>");
  const std::string names = part_text(with_row_before_3(parts).document, "xl/workbook.xml");
  EXPECT_TRUE(holds(names, "\"above\">Shots!$A1048576<"));
  EXPECT_TRUE(holds(names, "\"here\">Shots!XFD3<"));
  EXPECT_TRUE(holds(names, "\"third\">Shots!$A$4<"));
}

TEST(Places, R11_no_row_moves_while_another_sheet_cannot_be_read) {
  Parts parts = two_sheets("<row r=\"2\"/>" + cell_with("Shots!B3"));
  const Patched after = must_patch(must_open(zip_of(parts)), {.deleted_rows = {2}});
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_TRUE(holds(after.refusals[0].reason, "what the sheet \"Sum\" says of these rows"));
}

std::string anchor(const std::string& attributes, int from, int to) {
  const auto corner = [](const std::string& name, int row, int offset) {
    return "<xdr:" + name + "><xdr:row>" + std::to_string(row) + "</xdr:row><xdr:rowOff>" +
           std::to_string(offset) + "</xdr:rowOff></xdr:" + name + ">";
  };
  return "<xdr:twoCellAnchor" + attributes + ">" + corner("from", from, 15) + corner("to", to, 5) +
         "</xdr:twoCellAnchor>";
}

TEST(Places, R8_a_drawing_moves_and_sizes_as_it_was_told_to) {
  Parts parts = two_sheets();
  add_part(parts, 1, "drawing", "drawings/drawing1.xml",
           "<xdr:wsDr>" + anchor("", 1, 5) + anchor(" editAs=\"oneCell\"", 1, 5) +
               anchor(" editAs=\"oneCell\"", 4, 6) + anchor(" editAs=\"absolute\"", 4, 6) +
               "</xdr:wsDr>");
  const auto drawing = [](const Document& document) {
    return part_text(document, "xl/drawings/drawing1.xml");
  };
  EXPECT_EQ(drawing(with_row_before_3(parts).document),
            "<xdr:wsDr>" + anchor("", 1, 6) + anchor(" editAs=\"oneCell\"", 1, 5) +
                anchor(" editAs=\"oneCell\"", 5, 7) + anchor(" editAs=\"absolute\"", 4, 6) +
                "</xdr:wsDr>");
  parts["xl/drawings/drawing1.xml"] = anchor("", 1, 2);
  const Document shorter = must_patch(must_open(zip_of(parts)), {.deleted_rows = {2}}).document;
  EXPECT_TRUE(holds(drawing(shorter), "<xdr:row>1</xdr:row><xdr:rowOff>0<")) << "never turned over";
  EXPECT_TRUE(holds(drawing(shorter), "<xdr:row>1</xdr:row><xdr:rowOff>5<"));
}

TEST(Places, R6_R8_controls_charts_pivots_and_queries_elsewhere_follow) {
  Parts parts = two_sheets();
  add_part(parts, 2, "ctrlProp", "ctrlProps/ctrlProp1.xml",
           "<formControlPr fmlaLink=\"Shots!$E$3\" fmlaRange=\"Shots!$A$2:$A$3\"/>");
  add_part(parts, 2, "vmlDrawing", "drawings/v2.vml",
           "<xml><x:FmlaRange>Shots!$A$2:$A$3</x:FmlaRange></xml>");
  add_part(parts, 2, "drawing", "drawings/drawing2.xml",
           "<xdr:wsDr><a14:cameraTool cellRange=\"Shots!$A$3:$C$3\"/></xdr:wsDr>");
  add_part(parts, 1, "namedSheetView", "namedSheetViews/v1.xml",
           "<namedSheetViews><nsvFilter ref=\"A1:C3\"/></namedSheetViews>");
  parts["xl/charts/chart1.xml"] =
      "<c:chartSpace><c15:sqref>Shots!$B$2:$B$3</c15:sqref></c:chartSpace>";
  parts["xl/charts/_rels/chart1.xml.rels"] =
      "<Relationships><Relationship Id=\"r\" Type=\"" + relation_types +
      "chartUserShapes\" Target=\"../drawings/shapes.xml\"/></Relationships>";
  parts["xl/drawings/shapes.xml"] =
      "<c:userShapes><cdr:sp textlink=\"Shots!$C$3\"/></c:userShapes>";
  const std::string main = "vnd.openxmlformats-officedocument.spreadsheetml.";
  add_type(parts, "pivotCache/p.xml", main + "pivotCacheDefinition+xml");
  parts["xl/pivotCache/p.xml"] =
      "<p><rangeSet ref=\"A1:C3\" sheet=\"Shots\"/><rangeSet ref=\"A1:C3\" sheet=\"Sum\"/></p>";
  add_type(parts, "connections.xml", main + "connections+xml");
  parts["xl/connections.xml"] = "<connections><parameter cell=\"Shots!$B$3\"/></connections>";
  const Document after = with_row_before_3(parts).document;
  const auto expect = [&after](const std::string& part, const std::string& text) {
    EXPECT_TRUE(holds(part_text(after, "xl/" + part), text)) << part_text(after, "xl/" + part);
  };
  expect("ctrlProps/ctrlProp1.xml", "fmlaLink=\"Shots!$E$4\" fmlaRange=\"Shots!$A$2:$A$4\"");
  expect("drawings/v2.vml", ">Shots!$A$2:$A$4<");
  expect("drawings/drawing2.xml", "\"Shots!$A$4:$C$4\"");
  expect("namedSheetViews/v1.xml", "\"A1:C4\"");
  expect("charts/chart1.xml", ">Shots!$B$2:$B$4<");
  expect("drawings/shapes.xml", "\"Shots!$C$4\"");
  expect("pivotCache/p.xml",
         "ref=\"A1:C4\" sheet=\"Shots\"/><rangeSet ref=\"A1:C3\" sheet=\"Sum\"");
  expect("connections.xml", "\"Shots!$B$4\"");
}

TEST(Places, R5_a_format_of_one_row_has_references_of_its_own) {
  const std::string rows = plain_rows + "<row r=\"8\"><c r=\"B8\"><v>1</v></c></row>";
  const auto rule = [](const std::string& area, const std::string& content) {
    return "<conditionalFormatting sqref=\"" + area + "\">" + content + "</conditionalFormatting>";
  };
  const std::string tail =
      rule("B8", "<cfRule><formula>B8&gt;C2</formula></cfRule>") +
      rule("B4:B6", "<cfRule><formula>B4=B1</formula></cfRule>") +
      rule("E2:E3", "<cfRule><colorScale><cfvo type=\"num\" val=\"$C$3\"/></colorScale></cfRule>");
  const Parts parts = two_sheets("", rows, tail);
  const std::string longer = sheet_text(with_row_before_3(parts).document);
  EXPECT_TRUE(holds(longer, rule("B9", "<cfRule><formula>B9&gt;C2</formula></cfRule>"))) << longer;
  EXPECT_TRUE(holds(longer, "val=\"$C$4\""));
  const std::string shorter =
      sheet_text(must_patch(must_open(zip_of(parts)), {.deleted_rows = {3}}).document);
  EXPECT_TRUE(holds(shorter, rule("B7", "<cfRule><formula>B7&gt;C2</formula></cfRule>")));
  EXPECT_TRUE(holds(shorter, rule("B3:B5", "<cfRule><formula>B3=B1</formula></cfRule>")))
      << "no reference above the sheet: " << shorter;
}

TEST(Places, R8_links_in_single_quotes_and_with_a_hash_stay_well_formed) {
  const std::string tail =
      "<hyperlinks><hyperlink ref='C2' location='&apos;Shots&apos;!A3'/>"
      "<hyperlink ref=\"C3\" location=\"#Shots!A3\"/></hyperlinks>";
  const std::string sheet =
      sheet_text(with_row_before_3(two_sheets("", plain_rows, tail)).document);
  EXPECT_TRUE(holds(sheet, "location='&apos;Shots&apos;!A4'")) << sheet;
  EXPECT_TRUE(holds(sheet, "location=\"#Shots!A4\""));
}

TEST(Places, R6_a_sparkline_of_one_row_goes_on_spanning_one_row) {
  const std::string rows = plain_rows.substr(0, plain_rows.find("<row r=\"3\""));
  const std::string tail =
      "<extLst><ext><x14:sparklineGroups><x14:sparklineGroup><x14:sparklines><x14:sparkline>"
      "<xm:f>Shots!B2:E2</xm:f><xm:sqref>F2</xm:sqref></x14:sparkline></x14:sparklines>"
      "</x14:sparklineGroup></x14:sparklineGroups></ext></extLst>";
  const Document after =
      must_patch(open_sheet(rows, tail), {.appended = {shot_row("s", "1")}}).document;
  EXPECT_TRUE(holds(sheet_text(after), "<xm:f>Shots!B2:E2</xm:f>"));
}

TEST(Places, R4_a_table_beside_plain_data_does_not_grow_with_it) {
  Parts parts = rich_parts(plain_rows, "", "E1:F3");
  const Document after =
      must_patch(must_open(zip_of(parts)), {.appended = {shot_row("s", "1")}}).document;
  EXPECT_TRUE(holds(part_text(after, "xl/tables/table1.xml"), "ref=\"E1:F3\""));
}

TEST(Places, R10_the_calculation_chain_goes_however_its_relation_is_written) {
  Parts parts = two_sheets();
  for (const char* const part : {"xl/_rels/workbook.xml.rels", "[Content_Types].xml"}) {
    std::string& text = parts[part];
    const std::size_t at = text.find("/>", text.find("calcChain"));
    const bool is_relation = part[0] == 'x';
    text.replace(at, 2, is_relation ? "></Relationship>" : "></Override>");
  }
  const Document after = must_patch(must_open(zip_of(parts)), {.deleted_rows = {2}}).document;
  EXPECT_EQ(part_text(after, "xl/calcChain.xml"), "");
  EXPECT_FALSE(holds(part_text(after, "xl/_rels/workbook.xml.rels"), "alcChain"));
  EXPECT_FALSE(holds(part_text(after, "[Content_Types].xml"), "alcChain"));
}

TEST(Places, R5_a_list_with_commas_is_no_reason_to_refuse) {
  const std::string tail =
      "<dataValidations count=\"1\"><dataValidation type=\"list\" sqref=\"C2:C3\">"
      "<mc:AlternateContent><mc:Choice Requires=\"x12ac\"><x12ac:list>a,\"b, c\"</x12ac:list>"
      "</mc:Choice><mc:Fallback><formula1>\"a,b\"</formula1></mc:Fallback></mc:AlternateContent>"
      "</dataValidation></dataValidations>";
  const Patched after = must_patch(open_sheet(plain_rows, tail), {.deleted_rows = {2}});
  EXPECT_TRUE(after.refusals.empty());
  EXPECT_TRUE(holds(sheet_text(after.document), "sqref=\"C2\"") ||
              holds(sheet_text(after.document), "sqref=\"C2:C2\""));
}

TEST(Places, C4_a_cell_that_was_not_there_takes_the_style_of_its_row_or_column) {
  Parts parts = parts_with(worksheet(plain_rows + "<row r=\"5\" s=\"2\" customFormat=\"1\"/>"));
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  sheet.insert(sheet.find("<sheetData>"),
               "<cols><col min=\"4\" max=\"6\" width=\"9\" style=\"4\"/></cols>");
  const Document after =
      must_edit(must_open(zip_of(parts)), {.cells = {{"D3", "007"}, {"D5", "x"}}}).document;
  EXPECT_TRUE(holds(sheet_text(after), "<c r=\"D3\" s=\"4\"")) << sheet_text(after);
  EXPECT_TRUE(holds(sheet_text(after), "<c r=\"D5\" s=\"2\""));
}

TEST(Places, C1_a_value_reads_the_same_in_cdata_or_as_entities) {
  const std::string rows =
      plain_rows.substr(0, plain_rows.find("<row r=\"2\"")) +
      "<row r=\"2\"><c r=\"A2\" t=\"s\"><v><![CDATA[3]]></v></c><c r=\"B2\" s=\"1\"><v>&#49;0</v>"
      "</c><c r=\"C2\" t=\"b\"><v>1<!-- yes --></v></c></row>";
  const Image image = must_image(open_sheet(rows));
  ASSERT_EQ(image.rows.size(), 1U);
  EXPECT_EQ(at(image.rows[0].cells, Field::scene), "010");
  EXPECT_EQ(at(image.rows[0].cells, Field::shot), "0010");
  EXPECT_EQ(at(image.rows[0].cells, Field::notes), "TRUE");
}

TEST(Places, R2_a_row_above_the_totals_is_in_the_filter_too) {
  const std::string rows = plain_rows + "<row r=\"4\"><c r=\"A4\"><v>9</v></c></row>";
  const Document before = must_open(zip_of(rich_parts(rows, "", "A1:C4", 1)));
  const Document after = must_edit(before, {.inserted = {{4, {{{"A", "new"}}}}}}).document;
  const std::string table = part_text(after, "xl/tables/table1.xml");
  EXPECT_TRUE(holds(table, "ref=\"A1:C5\"")) << table;
  EXPECT_TRUE(holds(table, "<autoFilter ref=\"A1:C4\"/>"));
}

}  // namespace
}  // namespace tracker::workbook

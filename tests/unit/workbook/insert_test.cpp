// Rows in the middle (R1–R11), and the cases of names, filters and extensions: R5–R7, Z5, P1, P4,
// C9.
#include <gtest/gtest.h>

#include "sample_file.hpp"
#include "workbook/zip_layout.hpp"
#include "zip_rebuild.hpp"

namespace tracker::workbook {
namespace {

Patched must_edit(const Document& document, const SheetEdit& edit) {
  auto edited = document.edit(edit);
  if (!edited) throw std::runtime_error(describe(edited.error()));
  return *edited;
}

const std::string growth_hint("\x20\xA2\x08\x00\x28\xA0\x00\x10\x00\x00\x00\x00", 12);

/// "A2=x B2=y …" of the rows from `first` on.
std::string cells_of(const Document& document, std::uint32_t first) {
  std::string seen;
  const auto grid = must_open(std::string(document.bytes())).grid("");
  for (const GridRow& row : *grid) {
    for (const GridCell& cell : row.cells) {
      if (row.row_number < first) continue;
      seen += cell.column + std::to_string(row.row_number) + "=" + cell.text + " ";
    }
  }
  return seen;
}

TEST(Insert, R1_to_R9_a_row_in_the_middle_takes_all_that_names_rows_along) {
  const std::string rows =
      plain_rows + "<row r=\"5\"><c r=\"D5\"><f>SUM(B2:B3)+B3</f><v>50</v></c></row>";
  const std::string tail = "<mergeCells count=\"1\"><mergeCell ref=\"E2:F3\"/></mergeCells>" +
                           rules +
                           "<hyperlinks><hyperlink ref=\"C3\" location=\"Shots!A3\"/></hyperlinks>"
                           "<rowBreaks count=\"1\" manualBreakCount=\"1\"><brk id=\"3\" max=\"9\" "
                           "man=\"1\"/></rowBreaks>";
  const Document before = must_open(zip_of(rich_parts(rows, tail, "A1:C3")));
  const Patched after =
      must_edit(before, {.inserted = {{3, {{{"A", "new"}, {"B", "0015"}, {"C", "a"}}}}}});
  ASSERT_TRUE(after.refusals.empty());
  EXPECT_EQ(cells_of(after.document, 2),
            "A2=010 B2=0010 C2=a A3=new B3=0015 C3=a A4=010 B4=0020 C4=b old D6=50 ");
  const std::string sheet = sheet_text(after.document);
  EXPECT_TRUE(holds(sheet, "<row r=\"3\" ht=\"20\" customHeight=\"1\">")) << "like the row above";
  EXPECT_TRUE(holds(sheet, "<c r=\"B3\" s=\"1\"><v>15</v></c>"));
  EXPECT_TRUE(holds(sheet, "<f>SUM(B2:B4)+B4</f>"));
  EXPECT_TRUE(holds(sheet, "<mergeCell ref=\"E2:F4\"/>"));
  EXPECT_TRUE(holds(sheet, "sqref=\"B2:B4\""));
  EXPECT_TRUE(holds(sheet, "sqref=\"C2:C4\""));
  EXPECT_TRUE(holds(sheet, "<hyperlink ref=\"C4\" location=\"Shots!A4\"/>"));
  EXPECT_TRUE(holds(sheet, "<brk id=\"4\""));
  const std::string table = part_text(after.document, "xl/tables/table1.xml");
  EXPECT_TRUE(holds(table, "displayName=\"T\" ref=\"A1:C4\"><autoFilter ref=\"A1:C4\"/>"));
  const std::string book = part_text(after.document, "xl/workbook.xml");
  EXPECT_TRUE(holds(book, "Shots!$A$1:$C$4"));
  EXPECT_TRUE(holds(book, "Shots!$B$2:$B$4"));
  EXPECT_TRUE(holds(part_text(after.document, "xl/charts/chart1.xml"),
                    "<c:f>Shots!$B$2:$B$4</c:f><c:f>'Other'!$B$2:$B$3</c:f>"));
  EXPECT_TRUE(holds(part_text(after.document, "xl/worksheets/sheet2.xml"),
                    "<f>SUM(Shots!B2:B4)+Shots!B4</f>"));
  EXPECT_EQ(part_text(after.document, "xl/calcChain.xml"), "");
}

TEST(Insert, R5_R6_a_row_above_the_first_still_belongs_to_the_data) {
  const Document before = must_open(zip_of(rich_parts(plain_rows, rules, "A1:C3")));
  const Document after = must_edit(before, {.inserted = {{2, {{{"B", "0005"}}}}}}).document;
  EXPECT_EQ(cells_of(after, 2), "B2=0005 A3=010 B3=0010 C3=a A4=010 B4=0020 C4=b old ");
  const std::string sheet = sheet_text(after);
  EXPECT_TRUE(holds(sheet, "sqref=\"B2:B4\""));
  EXPECT_TRUE(holds(sheet, "<formula>$B2=$B$4</formula>"));
  EXPECT_TRUE(holds(part_text(after, "xl/tables/table1.xml"), "ref=\"A1:C4\""));
  EXPECT_TRUE(holds(part_text(after, "xl/workbook.xml"), "Shots!$B$2:$B$4"));
  EXPECT_TRUE(holds(part_text(after, "xl/charts/chart1.xml"), "<c:f>Shots!$B$2:$B$4</c:f>"));
}

TEST(Insert, all_row_numbers_of_an_edit_are_those_before_it) {
  const Document before = open_sheet(plain_rows + "<row r=\"4\"><c r=\"A4\"><v>4</v></c></row>");
  const Patched after = must_edit(
      before,
      {.cells = {{"A4", "four"}},
       .deleted_rows = {3},
       .inserted = {{4, {{{"A", "p"}}, {{"A", "q"}}}}, {2, {{{"A", "x"}}}}, {4, {{{"A", "r"}}}}},
       .appended = {{{"A", "end"}}}});
  ASSERT_TRUE(after.refusals.empty());
  EXPECT_EQ(cells_of(after.document, 2), "A2=x A3=010 B3=0010 C3=a A4=p A5=q A6=r A7=four A8=end ");
}

TEST(Insert, R9_a_calculated_column_is_continued_in_the_new_row) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"
      "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"C2\"><f t=\"shared\" ref=\"C2:C4\" si=\"0\">"
      "A2*2</f><v>2</v></c></row><row r=\"3\"><c r=\"A3\"><v>2</v></c><c r=\"C3\">"
      "<f t=\"shared\" si=\"0\"/><v>4</v></c></row><row r=\"4\"><c r=\"A4\"><v>3</v></c>"
      "<c r=\"C4\"><f t=\"shared\" si=\"0\"/><v>6</v></c></row>";
  const Document after = must_edit(open_sheet(rows), {.inserted = {{4, {{{"A", "9"}}}}}}).document;
  const std::string sheet = sheet_text(after);
  EXPECT_TRUE(holds(sheet, "<c r=\"C4\"><f>A4*2</f></c>"));
  EXPECT_TRUE(holds(sheet, "<c r=\"C5\"><f>A5*2</f><v>6</v></c>"));
  EXPECT_TRUE(holds(sheet, "<c r=\"C2\"><f>A2*2</f><v>2</v></c>")) << "the group is spelled out";
}

TEST(Insert, R12_the_last_row_of_a_sheet_is_never_pushed_out) {
  const Document before = open_sheet(plain_rows + "<row r=\"1048576\"><c r=\"A1048576\"/></row>");
  const Patched after = must_edit(before, {.inserted = {{3, {{{"A", "x"}}}}}});
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_EQ(after.refusals[0].where, "insert before row 3");
  EXPECT_EQ(after.document.bytes(), before.bytes());
}

TEST(Rows, R5_R6_extensions_sparklines_and_permissions_grow_with_the_data) {
  const std::string tail =
      "<protectedRanges><protectedRange sqref=\"A2:A3 C2:C3\" name=\"p\"/></protectedRanges>"
      "<ignoredErrors><ignoredError sqref=\"B2:B3\" numberStoredAsText=\"1\"/></ignoredErrors>"
      "<extLst><ext xmlns:x14=\"x\"><x14:conditionalFormattings><x14:conditionalFormatting>"
      "<x14:cfRule type=\"dataBar\"/><xm:sqref>B2:B3</xm:sqref></x14:conditionalFormatting>"
      "</x14:conditionalFormattings></ext><ext><x14:dataValidations><x14:dataValidation>"
      "<x14:formula1><xm:f>Sum!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>C2:C3</xm:sqref>"
      "</x14:dataValidation></x14:dataValidations></ext><ext><x14:sparklineGroups>"
      "<x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>Shots!B2:B3</xm:f>"
      "<xm:sqref>H1</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
      "</x14:sparklineGroups></ext></extLst>";
  const Document before = must_open(zip_of(rich_parts(plain_rows, tail, "A1:C3")));
  const std::string sheet =
      sheet_text(must_patch(before, {.appended = {shot_row("5", "0050")}}).document);
  EXPECT_TRUE(holds(sheet, "sqref=\"A2:A4 C2:C4\""));
  EXPECT_TRUE(holds(sheet, "<ignoredError sqref=\"B2:B4\""));
  EXPECT_TRUE(holds(sheet, "<xm:sqref>B2:B4</xm:sqref>"));
  EXPECT_TRUE(holds(sheet, "<xm:f>Sum!$A$1:$A$3</xm:f>")) << "another sheet";
  EXPECT_TRUE(holds(sheet, "<xm:sqref>C2:C4</xm:sqref>"));
  EXPECT_TRUE(holds(sheet, "<xm:f>Shots!B2:B4</xm:f><xm:sqref>H1</xm:sqref>"));
}

TEST(Rows, R6_a_pivot_that_covers_the_data_grows_with_it) {
  Parts parts = rich_parts(plain_rows, "", "A1:C3");
  parts["xl/pivotCache/pivotCacheDefinition1.xml"] =
      "<pivotCacheDefinition><cacheSource type=\"worksheet\"><worksheetSource ref=\"A1:C3\" "
      "sheet=\"Shots\"/></cacheSource></pivotCacheDefinition>";
  std::string& types = parts["[Content_Types].xml"];
  types.replace(types.find("</Types>"), 8,
                "<Override PartName=\"/xl/pivotCache/pivotCacheDefinition1.xml\" ContentType=\""
                "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition"
                "+xml\"/></Types>");
  const Document before = must_open(zip_of(parts));
  const Document longer = must_patch(before, {.appended = {shot_row("5", "0050")}}).document;
  const std::string name = "xl/pivotCache/pivotCacheDefinition1.xml";
  EXPECT_TRUE(holds(part_text(longer, name), "ref=\"A1:C4\""));
  EXPECT_TRUE(
      holds(part_text(must_patch(before, {.deleted_rows = {3}}).document, name), "ref=\"A1:C2\""));
}

TEST(Rows, R6_R8_a_pivot_table_moves_as_a_whole_or_not_at_all) {
  Parts parts = rich_parts(plain_rows + "<row r=\"9\"><c r=\"A9\"><v>1</v></c></row>", "", "A1:C3");
  std::string& rels = parts["xl/worksheets/_rels/sheet1.xml.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId7\" Type=\"http://schemas.openxmlformats.org/officeDocument/"
               "2006/relationships/pivotTable\" Target=\"../pivotTables/pivotTable1.xml\"/>"
               "</Relationships>");
  const std::string name = "xl/pivotTables/pivotTable1.xml";
  parts[name] =
      "<pivotTableDefinition><location ref=\"A9:B12\" rowPageCount=\"2\"/>"
      "</pivotTableDefinition>";  // its filters stand in rows 6 and 7
  const Document before = must_open(zip_of(parts));
  const Patched moved = must_edit(before, {.inserted = {{3, {{{"A", "x"}}}}}});
  EXPECT_TRUE(moved.refusals.empty());
  EXPECT_TRUE(holds(part_text(moved.document, name), "ref=\"A10:B13\""));
  for (const std::uint32_t row : {7U, 8U, 10U}) {
    const Patched kept = must_edit(before, {.inserted = {{row, {{{"A", "x"}}}}}});
    ASSERT_EQ(kept.refusals.size(), 1U) << row;
    EXPECT_TRUE(holds(kept.refusals[0].reason, "pivot table"));
  }
}

TEST(Rows, R7_the_sheets_filter_and_its_hidden_name_grow_together) {
  Parts parts = parts_with(
      worksheet(plain_rows,
                "<autoFilter ref=\"A1:C3\"><filterColumn colId=\"0\"><filters><filter val=\"010\"/>"
                "</filters></filterColumn><sortState ref=\"A2:C3\"><sortCondition ref=\"B2:B3\"/>"
                "</sortState></autoFilter>"));
  std::string& book = parts["xl/workbook.xml"];
  book.replace(book.find("</sheets>"), 9,
               "</sheets><definedNames><definedName name=\"_xlnm._FilterDatabase\" "
               "localSheetId=\"0\" hidden=\"1\">Shots!$A$1:$C$3</definedName></definedNames>");
  const Document after =
      must_patch(must_open(zip_of(parts)), {.appended = {shot_row("5", "0050")}}).document;
  EXPECT_TRUE(holds(sheet_text(after), "<autoFilter ref=\"A1:C4\">"));
  EXPECT_TRUE(holds(sheet_text(after), "<sortState ref=\"A2:C3\">")) << "as it was sorted";
  EXPECT_FALSE(holds(sheet_text(after), "hidden=\"1\"")) << "the new row is seen";
  EXPECT_TRUE(holds(part_text(after, "xl/workbook.xml"), "Shots!$A$1:$C$4"));
}

/// Each local header with Excel's padding field, 0xA220: room to grow in place.
std::string with_growth_hints(const std::string& bytes) {
  return rebuilt(bytes, [](const ZipEntry& entry, std::uint64_t, std::string& local, std::string&) {
    zip::put(local, 28, std::uint16_t{12});
    local.insert(zip::local_size + entry.name.size(), growth_hint);
  });
}

TEST(Zip, Z5_flags_and_growth_hints_stay) {
  std::string bytes = with_growth_hints(zip_of(parts_with(worksheet(plain_rows))));
  const auto old = parse_zip(bytes);
  for (const ZipEntry& entry : old->entries) {  // 0x0006: "super fast", as Excel writes
    zip::put(bytes, entry.local_offset + 6, std::uint16_t{6});
    zip::put(bytes, entry.central_offset + 8, std::uint16_t{6});
  }
  const Document after =
      must_patch(must_open(bytes), {.cells = {{2, Field::notes, "new"}}}).document;
  const auto directory = parse_zip(after.bytes());
  for (const ZipEntry& entry : directory->entries) {
    EXPECT_EQ(zip::get<std::uint16_t>(after.bytes(), entry.local_offset + 6), 6) << entry.name;
    EXPECT_EQ(zip::get<std::uint16_t>(after.bytes(), entry.central_offset + 8), 6) << entry.name;
    EXPECT_EQ(zip::get<std::uint16_t>(after.bytes(), entry.local_offset + 4), 20) << entry.name;
    EXPECT_EQ(after.bytes().substr(entry.data_offset - growth_hint.size(), growth_hint.size()),
              growth_hint)
        << entry.name;
  }
}

TEST(Package, P1_parts_are_found_by_relationships_and_types_alone) {
  Parts parts = parts_with(worksheet(plain_rows));
  parts["odd/book.xml"] = parts["xl/workbook.xml"];
  parts["odd/_rels/book.xml.rels"] = parts["xl/_rels/workbook.xml.rels"];
  parts["odd/sheets/s.xml"] = parts["xl/worksheets/sheet1.xml"];
  parts["odd/styles.xml"] = parts["xl/styles.xml"];
  for (const char* name : {"xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                           "xl/worksheets/sheet1.xml", "xl/styles.xml"}) {
    parts.erase(name);
  }
  const auto replace = [](std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
  };
  replace(parts["_rels/.rels"], "xl/workbook.xml", "/odd/book.xml");
  replace(parts["odd/_rels/book.xml.rels"], "worksheets/sheet1.xml", "./x/../sheets/s.xml");
  // as strict writers name them
  replace(parts["odd/_rels/book.xml.rels"],
          "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
          "http://purl.oclc.org/ooxml/officeDocument/relationships");
  const Document before = must_open(zip_of(parts));
  ASSERT_EQ(must_image(before).rows.size(), 2U);
  const Document after = must_patch(before, {.cells = {{2, Field::notes, "new"}}}).document;
  EXPECT_EQ(at(must_image(must_open(std::string(after.bytes()))).rows[0].cells, Field::notes),
            "new");
}

TEST(Package, P4_macros_and_their_content_type_stay) {
  Parts parts = parts_with(worksheet(plain_rows));
  parts["xl/vbaProject.bin"] = std::string(3000, '\x17');
  std::string& types = parts["[Content_Types].xml"];
  const std::string plain = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
  types.replace(types.find(plain), plain.size(), "vnd.ms-excel.sheet.macroEnabled.main+xml");
  const Document before = must_open(zip_of(parts));
  const Document after = must_edit(before, {.cells = {{"A2", "x"}}, .deleted_rows = {3}}).document;
  EXPECT_EQ(part_text(after, "[Content_Types].xml"), types);
  EXPECT_EQ(part_text(after, "xl/vbaProject.bin"), parts["xl/vbaProject.bin"]);
}

TEST(Cells, C9_values_of_dependent_formulas_stay_until_a_program_calculates) {
  const Document before = must_open(zip_of(rich_parts(plain_rows, "", "A1:C3")));
  const Document after = must_patch(before, {.cells = {{2, Field::shot, "0077"}}}).document;
  EXPECT_EQ(part_text(after, "xl/worksheets/sheet2.xml"),
            part_text(before, "xl/worksheets/sheet2.xml"));
  EXPECT_EQ(part_text(after, "xl/workbook.xml"), part_text(before, "xl/workbook.xml"))
      << "no fullCalcOnLoad: Excel would ask to save on close";
}

}  // namespace
}  // namespace tracker::workbook

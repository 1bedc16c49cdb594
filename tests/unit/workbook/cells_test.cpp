// C1–C9 and P2: cells are read as a person sees them and written in the column's own type.
#include <gtest/gtest.h>

#include "sample_file.hpp"
#include "workbook/cell_codec.hpp"
#include "workbook/cell_text.hpp"

namespace tracker::workbook {
namespace {

std::string notes_of(const std::string& cell) {
  const std::string rows =
      plain_rows + "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c>" + cell + "</row>";
  return at(must_image(open_sheet(rows)).rows.at(2).cells, Field::notes);
}

TEST(Cells, C1_every_type_is_read_as_a_person_sees_it) {
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"s\"><v>4</v></c>"), "a");
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"s\"><v>5</v></c>"), "b old");
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"inlineStr\"><is><t>in &amp; out</t></is></c>"), "in & out");
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"str\"><f>1</f><v>text</v></c>"), "text");
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"b\"><v>1</v></c>"), "TRUE");
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"e\"><v>#N/A</v></c>"), "#N/A");
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"d\"><v>2026-01-05T00:00:00</v></c>"), "2026-01-05");
  EXPECT_EQ(notes_of("<c r=\"C4\"><v>0.1</v></c>"), "0.1");
  EXPECT_EQ(notes_of("<c r=\"C4\"><v>1.5E3</v></c>"), "1500");
  EXPECT_EQ(notes_of("<c r=\"C4\" s=\"1\"><v>10</v></c>"), "0010");
  EXPECT_EQ(notes_of("<c r=\"C4\" t=\"s\"><v>99</v></c>"), "");
}

TEST(Cells, C1_the_quick_path_reads_what_the_general_one_reads) {
  const auto scan = [](const std::string& cell) {
    const auto text = std::make_shared<const std::string>(
        worksheet("<row r=\"12\">" + cell + "</row><row r=\"13\" ht=\"15\"/>"));
    return *index_sheet(text);
  };
  const std::string long_number(120, '7');
  for (const std::string attributes :
       {"", " s=\"5\"", " s=\"1234567\"", " s=\"1x\"", " t=\"s\"", " s=\"65000\" t=\"s\"",
        " t=\"n\"", " s=\"1\" t=\"str\"", " t=\"b\"", " t=\"s\" s=\"5\"", " s=\"5\" cm=\"1\""}) {
    for (const std::string& body :
         {std::string("/>"), std::string("><v>1</v></c>"), std::string("><v/></c>"),
          std::string("></c>"), std::string("><v></v></c>"), "><v>" + long_number + "</v></c>",
          std::string("><f>A1</f><v>1</v></c>")}) {
      const SheetIndex quick = scan("<c r=\"AB12\"" + attributes + body);
      const SheetIndex general = scan("<c  r=\"AB12\"" + attributes + body);
      ASSERT_EQ(quick.rows.at(0).cell_count, 1U);
      ASSERT_EQ(general.rows.at(0).cell_count, 1U);
      const CellIndex& one = quick.rows[0].cells()[0];
      const CellIndex& other = general.rows[0].cells()[0];
      EXPECT_EQ(one.column, 28) << attributes << body;
      EXPECT_EQ(one.column, other.column) << attributes << body;
      EXPECT_EQ(one.style, other.style) << attributes << body;
      EXPECT_EQ(one.type, other.type) << attributes << body;
      EXPECT_EQ(one.formula, other.formula) << attributes << body;
      EXPECT_EQ(one.length + 1, other.length) << attributes << body;
      EXPECT_EQ(quick.rows[0].value(one), general.rows[0].value(other)) << attributes << body;
    }
  }
}

TEST(Cells, C1_a_text_keeps_the_type_that_its_column_has) {
  const std::string rows = plain_rows +
                           "<row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>020</t></is></c>"
                           "<c r=\"C4\" t=\"str\"><v>plain</v></c></row>";
  const Document after =
      must_patch(open_sheet(rows),
                 {.cells = {{4, Field::scene, "030"}, {4, Field::notes, "other"}}})
          .document;
  const std::string text = sheet_text(after);
  EXPECT_NE(text.find("<c r=\"A4\" t=\"inlineStr\"><is><t>030</t></is></c>"), std::string::npos);
  EXPECT_NE(text.find("<c r=\"C4\" t=\"str\"><v>other</v></c>"), std::string::npos);
}

TEST(Cells, C2_a_plain_shared_string_is_reused_and_a_new_one_is_added_once) {
  const Document before = open_sheet(plain_rows);
  const Document reused = must_patch(before, {.cells = {{3, Field::notes, "a"}}}).document;
  EXPECT_EQ(part_text(reused, "xl/sharedStrings.xml"), part_text(before, "xl/sharedStrings.xml"));
  const Document added =
      must_patch(before, {.cells = {{2, Field::notes, "b old"}, {3, Field::scene, "b old"}}})
          .document;
  const std::string strings = part_text(added, "xl/sharedStrings.xml");
  EXPECT_NE(strings.find("uniqueCount=\"7\""), std::string::npos)
      << "rich text is never shared with a plain cell";
  EXPECT_NE(strings.find("<si><t>b old</t></si></sst>"), std::string::npos);
}

TEST(Cells, C2_without_a_shared_strings_part_texts_stand_in_the_cell) {
  Parts parts =
      parts_with(worksheet("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Scene</t></is></c>"
                           "<c r=\"B1\" t=\"inlineStr\"><is><t>Shot</t></is></c></row>"));
  parts.erase("xl/sharedStrings.xml");
  const Document after =
      must_patch(must_open(zip_of(parts)), {.appended = {shot_row("1", "2")}}).document;
  const Image image = must_image(must_open(std::string(after.bytes())));
  ASSERT_EQ(image.rows.size(), 1U);
  EXPECT_EQ(at(image.rows[0].cells, Field::shot), "2");
}

TEST(Cells, C2_a_cell_that_names_a_missing_string_never_shows_one_of_ours) {
  const Document before =
      open_sheet(plain_rows +
                 "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\" s=\"1\"><v>30</v></c>"
                 "<c r=\"C4\" t=\"s\"><v>6</v></c></row>");  // there are six: 0 to 5
  EXPECT_EQ(at(must_image(before).rows[2].cells, Field::notes), "");
  const Document after =
      must_patch(before, {.cells = {{2, Field::notes, "new"}, {3, Field::notes, "a"}}}).document;
  const Image image = must_image(must_open(std::string(after.bytes())));
  EXPECT_EQ(at(image.rows[0].cells, Field::notes), "new");
  EXPECT_EQ(at(image.rows[1].cells, Field::notes), "a");
  EXPECT_EQ(at(image.rows[2].cells, Field::notes), "");
}

TEST(Cells, C3_escapes_are_read_and_written) {
  EXPECT_EQ(decode_escapes("a_x000D_b_x005F_x000D_"), "a\rb_x000D_");
  EXPECT_EQ(decode_escapes("_xD83D__xDE00_"), "\U0001F600");
  EXPECT_EQ(decode_escapes("_xD83D_a_xDE00_"), "\uFFFDa\uFFFD") << "half an emoji";
  EXPECT_EQ(encode_escapes("a\x01_x0041_"), "a_x0001__x005F_x0041_");
  EXPECT_EQ(encode_escapes("_x0041_ _X0041_ _xa_ _x1f_ _x05F_"),
            "_x005F_x0041_ _x005F_X0041_ _x005F_xa_ _x005F_x1f_ _x005F_x05F_")
      << "SheetJS decodes after a capital X, LibreOffice fewer digits of controls and underscores";
  for (const std::string ended_by : {"\x01", "\r", "\uFFFE"}) {
    const std::string text = "_x1e5a" + ended_by + "_x1" + ended_by;
    EXPECT_EQ(decode_escapes(encode_escapes(text)), text) << "ended by an escape of ours";
  }
  for (const char* const plain : {"_x", "_x_", "_xg_", "_xab_", "_x0041", "_x00041_", "x0041_", "_",
                                  "_xa", "_x-a_", "_x0x1_"}) {
    EXPECT_EQ(encode_escapes(plain), plain) << "nobody decodes it";
    EXPECT_EQ(decode_escapes(plain), plain);
  }
  EXPECT_EQ(decode_escapes("_x005F_xa_ _x005F_X0041_ _xa_ _X0041_"), "_xa_ _X0041_ _xa_ _X0041_");
  EXPECT_EQ(text_element("", " a "), "<t xml:space=\"preserve\"> a </t>");
}

TEST(Cells, C3_a_text_beyond_excels_limit_is_refused_not_cut) {
  const Patched after =
      must_patch(open_sheet(plain_rows), {.cells = {{2, Field::notes, std::string(32768, 'x')}}});
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_EQ(after.refusals[0].where, "Shots!C2");
  EXPECT_EQ(after.refusals[0].field, Field::notes);
  EXPECT_NE(after.refusals[0].reason.find("32,767"), std::string::npos);
}

TEST(Cells, C4_the_style_stays_and_a_new_row_takes_it_from_the_row_above) {
  const Document after =
      must_patch(open_sheet(plain_rows),
                 {.cells = {{2, Field::shot, "0030"}}, .appended = {shot_row("040", "0050", "n")}})
          .document;
  const std::string text = sheet_text(after);
  EXPECT_NE(text.find("<c r=\"B2\" s=\"1\"><v>30</v></c>"), std::string::npos);
  EXPECT_NE(text.find("<c r=\"B4\" s=\"1\"><v>50</v></c>"), std::string::npos);
}

TEST(Cells, C5_cells_and_rows_that_are_missing_are_put_in_order) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
      "<c r=\"C1\" t=\"s\"><v>2</v></c></row><row r=\"5\"><c r=\"C5\" t=\"s\"><v>4</v></c></row>"
      "<row r=\"7\" spans=\"1:1\"/>";
  auto edited =
      open_sheet(rows).edit({.cells = {{"A5", "x"}, {"B3", "y"}, {"C7", "z"}, {"B9", "w"}}});
  ASSERT_TRUE(edited);
  const auto grid = must_open(std::string(edited->document.bytes())).grid("");
  ASSERT_TRUE(grid);
  std::string seen;
  for (const GridRow& row : *grid) {
    for (const GridCell& cell : row.cells) {
      if (row.row_number > 1)
        seen += cell.column + std::to_string(row.row_number) + "=" + cell.text + " ";
    }
  }
  EXPECT_EQ(seen, "B3=y A5=x C5=a C7=z B9=w ");
}

TEST(Cells, C5_rows_and_cells_without_addresses_are_counted) {
  const std::string rows =
      "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c t=\"s\"><v>3</v></c>"
      "<c><v>7</v></c></row>";
  const Document before = open_sheet(rows);
  EXPECT_EQ(must_image(before).rows[0].row_number, 2U);
  const Document after = must_patch(before, {.cells = {{2, Field::shot, "8"}}}).document;
  EXPECT_EQ(at(must_image(must_open(std::string(after.bytes()))).rows[0].cells, Field::shot), "8");
}

TEST(Cells, C5_R1_a_cell_that_is_there_changes_nothing_else_in_the_sheet) {
  std::string sheet =
      worksheet("<row><c><v>1</v></c></row><row hidden=\"1\"><c><v>2</v></c></row>");
  sheet.replace(sheet.find("A1:C3"), 5, "A1");  // a dimension that was wrong before
  const Document before = must_open(zip_of(parts_with(sheet)));
  const auto edited = before.edit({.cells = {{"A2", "3"}}});
  ASSERT_TRUE(edited);
  sheet.replace(sheet.find("<c><v>2"), 15, "<c r=\"A2\"><v>3</v></c>");
  EXPECT_EQ(sheet_text(edited->document), sheet);
}

TEST(Cells, C5_clearing_keeps_the_style) {
  const Document after =
      must_patch(open_sheet(plain_rows), {.cells = {{2, Field::shot, ""}}}).document;
  EXPECT_NE(sheet_text(after).find("<c r=\"B2\" s=\"1\"/>"), std::string::npos);
}

TEST(Cells, C6_a_formula_is_never_overwritten) {
  const std::string rows = plain_rows +
                           "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\"><f>B3+10</f>"
                           "<v>30</v></c></row>";
  const Document before = open_sheet(rows);
  EXPECT_TRUE(must_image(before).rows[2].formula[index(Field::shot)]);
  const Patched after = must_patch(before, {.cells = {{4, Field::shot, "31"}}});
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_EQ(after.refusals[0].reason, "the cell is a formula");
  EXPECT_TRUE(after.refusals[0].formula) << "so that the sync gives Excel's value back";
  EXPECT_EQ(after.document.bytes(), before.bytes());
}

TEST(Cells, C6_a_cell_that_an_array_formula_fills_is_not_written) {
  const std::string rows =
      plain_rows +
      "<row r=\"4\"><c r=\"A4\"><f t=\"array\" ref=\"A4:B5\">A2:B3</f><v>1</v>"
      "</c><c r=\"B4\"><v>2</v></c></row><row r=\"5\"><c r=\"B5\"><v>3</v></c></row>";
  const auto after = open_sheet(rows).edit({.cells = {{"B5", "x"}, {"C5", "beside it"}}});
  ASSERT_TRUE(after);
  ASSERT_EQ(after->refusals.size(), 1U);
  EXPECT_EQ(after->refusals[0].where, "Shots!B5");
  EXPECT_EQ(after->refusals[0].reason, "the cell is filled by an array formula");
  EXPECT_TRUE(after->refusals[0].formula);
  EXPECT_NE(sheet_text(after->document).find("<c r=\"C5\""), std::string::npos);
}

TEST(Cells, C6_the_first_of_a_shared_formula_may_be_deleted) {
  const std::string rows =
      plain_rows +
      "<row r=\"4\"><c r=\"D4\"><f t=\"shared\" ref=\"D4:D6\" si=\"0\">B4*2"
      "</f><v>2</v></c></row><row r=\"5\"><c r=\"D5\"><f t=\"shared\" si=\"0\"/>"
      "<v>4</v></c></row><row r=\"6\"><c r=\"D6\"><f t=\"shared\" si=\"0\"/>"
      "<v>6</v></c></row>";
  const auto after = open_sheet(rows).edit({.deleted_rows = {4}});
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->refusals.empty());
  const std::string text = sheet_text(after->document);
  EXPECT_NE(text.find("<c r=\"D4\"><f>B4*2</f><v>4</v></c>"), std::string::npos) << text;
  EXPECT_NE(text.find("<c r=\"D5\"><f>B5*2</f><v>6</v></c>"), std::string::npos) << text;
}

TEST(Cells, C7_numbers_are_shortest_and_leading_zeros_stay_text) {
  EXPECT_EQ(number_text(20250707), "20250707");
  EXPECT_EQ(number_text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(number_text(100000), "100000");
  EXPECT_EQ(number_text(1e21), "1e+21");
  using Kind = CellValue::Kind;
  const auto kind = [](const char* text, bool numeric) {
    return value_for(text, {}, Meaning::plain, DateBase::y1900, numeric, false).kind;
  };
  EXPECT_EQ(kind("142", true), Kind::number);
  EXPECT_EQ(kind("142", false), Kind::text);
  EXPECT_EQ(kind("007", true), Kind::text);
  EXPECT_EQ(kind("1e5", true), Kind::text);
  EXPECT_EQ(kind("12345678901234567890", true), Kind::text);
}

TEST(Cells, C8_a_week_is_the_same_as_number_text_or_date_in_both_bases) {
  const NumberFormat date{NumberFormat::Kind::date};
  EXPECT_EQ(formatted_number(46027, date, Meaning::week, DateBase::y1900), "20260105");
  EXPECT_EQ(formatted_number(44565, date, Meaning::week, DateBase::y1904), "20260105");
  EXPECT_EQ(formatted_number(20260105, {}, Meaning::week, DateBase::y1900), "20260105");
  EXPECT_EQ(formatted_number(46027, date, Meaning::plain, DateBase::y1900), "2026-01-05");
  EXPECT_EQ(formatted_number(46027.5, date, Meaning::plain, DateBase::y1900),
            "2026-01-05 12:00:00");
  EXPECT_EQ(formatted_number(60, date, Meaning::plain, DateBase::y1900), "1900-02-29");
  EXPECT_EQ(formatted_number(61, date, Meaning::week, DateBase::y1900), "19000301");
  EXPECT_EQ(value_for("20260105", date, Meaning::week, DateBase::y1900, true, false).raw, "46027");
  EXPECT_EQ(value_for("20260105", date, Meaning::week, DateBase::y1904, true, false).raw, "44565");
  EXPECT_EQ(formatted_number(1.5, {NumberFormat::Kind::elapsed}, Meaning::plain, DateBase::y1900),
            "36:00:00");
}

TEST(Cells, formats_say_what_a_number_means) {
  using Kind = NumberFormat::Kind;
  EXPECT_EQ(parse_format("General").kind, Kind::plain);
  EXPECT_EQ(parse_format("0000").width, 4);
  EXPECT_EQ(parse_format("yyyy\\-mm\\-dd").kind, Kind::date);
  EXPECT_EQ(parse_format("[$-409]d\\-mmm;@").kind, Kind::date);
  EXPECT_EQ(parse_format("[h]:mm:ss").kind, Kind::elapsed);
  EXPECT_EQ(parse_format("0.0 \"days\"").kind, Kind::plain);
  EXPECT_EQ(parse_format("[Red]0.00").kind, Kind::plain);
  EXPECT_EQ(parse_format("@").kind, Kind::text);
}

TEST(Cells, text_that_looks_like_a_formula_stays_text) {
  const Document after =
      must_patch(open_sheet(plain_rows), {.cells = {{2, Field::notes, "=1+1"}}}).document;
  const std::string text = sheet_text(after);
  EXPECT_EQ(text.find("<f>"), std::string::npos);
  EXPECT_NE(text.find("<c r=\"C2\" s=\"5\" t=\"s\">"), std::string::npos);
  EXPECT_NE(part_text(after, "xl/styles.xml").find("quotePrefix=\"1\""), std::string::npos);
}

TEST(Cells, P2_prefixed_elements_keep_their_prefix) {
  std::string sheet = worksheet(plain_rows);
  for (const std::string name : {"worksheet", "dimension", "sheetData", "row", "c", "v"}) {
    for (const std::string mark : {"<", "</"}) {
      for (const std::string after : {" ", ">"}) {
        std::size_t at = 0;
        const std::string from = mark + name + after;
        while ((at = sheet.find(from, at)) != std::string::npos) {
          sheet.replace(at, from.size(), mark + "x:" + name + after);
        }
      }
    }
  }
  sheet.replace(sheet.find("xmlns="), 6, "xmlns:x=");
  const Document before = must_open(zip_of(parts_with(sheet)));
  ASSERT_EQ(must_image(before).rows.size(), 2U);
  const Document after =
      must_patch(before, {.cells = {{2, Field::notes, "q"}}, .appended = {shot_row("9", "0090")}})
          .document;
  EXPECT_NE(sheet_text(after).find("<x:c r=\"B4\" s=\"1\"><x:v>90</x:v></x:c>"), std::string::npos);
}

TEST(Cells, P2_a_byte_order_mark_stays_where_it_is) {
  Parts parts = parts_with("\xEF\xBB\xBF" + worksheet(plain_rows));
  parts["xl/sharedStrings.xml"].insert(0, "\xEF\xBB\xBF");
  const Document after =
      must_patch(must_open(zip_of(parts)), {.cells = {{2, Field::notes, "new"}}}).document;
  EXPECT_EQ(at(must_image(must_open(std::string(after.bytes()))).rows[0].cells, Field::notes),
            "new");
  EXPECT_TRUE(sheet_text(after).starts_with("\xEF\xBB\xBF<?xml"));
  EXPECT_TRUE(part_text(after, "xl/sharedStrings.xml").starts_with("\xEF\xBB\xBF"));
}

TEST(Cells, P2_utf16_is_read_and_never_written) {
  std::string sheet = worksheet(plain_rows);
  std::string wide("\xFF\xFE", 2);
  for (const char c : sheet.substr(sheet.find("<worksheet"))) wide += {c, '\0'};
  const Document before = must_open(zip_of(parts_with(wide)));
  EXPECT_EQ(must_image(before).rows.size(), 2U);
  const Patched after = must_patch(before, {.cells = {{2, Field::notes, "x"}}});
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_EQ(after.document.bytes(), before.bytes());
}

TEST(Cells, C9_a_formula_that_no_program_has_calculated_is_known_as_one) {
  const std::string rows = plain_rows.substr(0, plain_rows.find("<row r=\"2\""));
  const Image image = must_image(open_sheet(
      rows +
      "<row r=\"2\"><c r=\"A2\" t=\"str\"><f>\"a\"</f><v>a</v></c><c r=\"B2\"><f>\"b\"</f><v/></c>"
      "<c r=\"C2\" t=\"str\"><f>\"\"</f><v></v></c></row>"));
  ASSERT_EQ(image.rows.size(), 1U);
  EXPECT_EQ(image.rows[0].formula.count(), 3U);
  EXPECT_EQ(image.rows[0].uncalculated.count(), 1U) << "as openpyxl saves one";
  EXPECT_TRUE(image.rows[0].uncalculated[index(Field::shot)]);
}

}  // namespace
}  // namespace tracker::workbook

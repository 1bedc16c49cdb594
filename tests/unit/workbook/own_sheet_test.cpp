// A sheet of our own in somebody's workbook: added once, then kept cell by cell.
#include "workbook/own_sheet.hpp"

#include <gtest/gtest.h>

#include "sample_file.hpp"

namespace tracker::workbook {
namespace {

const std::string mark = "Written by us";

OwnSheet footage(std::vector<std::vector<OwnCell>> rows) {
  return {"Footage", mark, std::move(rows)};
}

const std::vector<std::vector<OwnCell>> two_people{
    {{"Animator"}, {"2026-W01"}}, {{"Ana"}, {"48", true}}, {{"Ben"}, {"20", true}}};

Patched must_put(const Document& document, const OwnSheet& sheet) {
  auto put = document.put(sheet);
  if (!put) throw std::runtime_error(describe(put.error()));
  return *put;
}

/// "A1=x B2=y …" of our sheet, from the bytes alone.
std::string texts(const Document& document, std::string_view name = "Footage") {
  std::string seen;
  for (const GridRow& row : must_open(std::string(document.bytes())).grid(name).value()) {
    for (const GridCell& cell : row.cells) {
      seen += cell.column + std::to_string(row.row_number) + "=" + cell.text + " ";
    }
  }
  return seen;
}

TEST(OwnSheet, is_added_behind_the_last_one_and_nothing_else_changes) {
  const Document before = open_sheet(plain_rows);
  const Document after = must_put(before, footage(two_people)).document;
  EXPECT_EQ(texts(after),
            "A1=Written by us B1=A2:B4 A2=Animator B2=2026-W01 A3=Ana B3=48 A4=Ben B4=20 ");
  ASSERT_EQ(after.sheets().size(), 2U);
  EXPECT_EQ(after.sheets()[1].name, "Footage");
  EXPECT_EQ(must_image(after).sheet_name, "Shots");
  EXPECT_TRUE(holds(part_text(after, "xl/worksheets/sheet2.xml"), "<c r=\"B3\"><v>48</v></c>"));
  for (const char* name : {"xl/worksheets/sheet1.xml", "xl/styles.xml", "_rels/.rels"}) {
    EXPECT_EQ(part_text(after, name), part_text(before, name)) << name;
  }
  const std::string strings = part_text(after, "xl/sharedStrings.xml");
  EXPECT_TRUE(holds(strings, "<t>010</t></si><si><t>a</t></si>")) << "old strings stay in place";
}

TEST(OwnSheet, brings_the_namespace_that_it_needs) {
  // as openpyxl writes it: declared where it is used, not on the root
  const std::string declared =
      " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
  Parts parts = parts_with(worksheet(plain_rows));
  std::string& book = parts["xl/workbook.xml"];
  book.erase(book.find(declared), declared.size());
  book.insert(book.find(" r:id="), declared);
  const Document after = must_put(must_open(zip_of(parts)), footage(two_people)).document;
  EXPECT_TRUE(holds(part_text(after, "xl/workbook.xml"),
                    "<sheet name=\"Footage\" sheetId=\"2\"" + declared + " r:id=\"rIdFootage\"/>"));
}

TEST(OwnSheet, that_reads_as_it_should_is_left_alone) {
  const Document once = must_put(open_sheet(plain_rows), footage(two_people)).document;
  const Document twice = must_put(once, footage(two_people)).document;
  EXPECT_EQ(once.bytes(), twice.bytes());
}

TEST(OwnSheet, follows_cell_by_cell_and_clears_what_is_gone) {
  Document document = must_put(open_sheet(plain_rows), footage(two_people)).document;
  // a person's remark beside and below
  document = must_put(document, footage(two_people)).document;
  const auto edited =
      document.edit({.sheet = "Footage", .cells = {{"D3", "well done"}, {"A9", "remember"}}});
  ASSERT_TRUE(edited);
  document =
      must_put(edited->document, footage({{{"Animator"}, {"2026-W02"}}, {{"Cem"}, {"7", true}}}))
          .document;
  EXPECT_EQ(texts(document),
            "A1=Written by us B1=A2:B3 A2=Animator B2=2026-W02 A3=Cem B3=7 D3=well done "
            "A9=remember ");
}

TEST(OwnSheet, that_was_renamed_is_still_ours) {
  const Document once = must_put(open_sheet(plain_rows), footage(two_people)).document;
  OwnSheet sheet = footage({{{"Animator"}}});
  sheet.name = "Another name";
  const Document after = must_put(once, sheet).document;
  EXPECT_EQ(after.sheets().size(), 2U);
  EXPECT_EQ(texts(after), "A1=Written by us B1=A2 A2=Animator ");
}

TEST(OwnSheet, is_not_put_where_it_does_not_belong) {
  OwnSheet sheet = footage(two_people);
  sheet.name = "shots";
  EXPECT_TRUE(holds(open_sheet(plain_rows).put(sheet).error().what, "not ours"));
  sheet.name = "a/b";
  EXPECT_FALSE(open_sheet(plain_rows).put(sheet));
  EXPECT_EQ(problem_with_sheet_name("Footage"), "");
  EXPECT_NE(problem_with_sheet_name(std::string(32, 'x')), "");
  Parts parts = parts_with(worksheet(plain_rows));
  std::string& book = parts["xl/workbook.xml"];
  book.insert(book.find("<sheets>"), "<workbookProtection lockStructure=\"1\"/>");
  EXPECT_TRUE(holds(must_open(zip_of(parts)).put(footage(two_people)).error().what, "protected"));
}

TEST(OwnSheet, tells_cells_that_it_may_not_change) {
  const Document once = must_put(open_sheet(plain_rows), footage(two_people)).document;
  const std::string name = "xl/worksheets/sheet2.xml";
  std::string text = part_text(once, name);
  text.insert(text.find("</worksheet>"),
              "<mergeCells count=\"1\"><mergeCell ref=\"A3:B3\"/></mergeCells>");
  Parts parts = parts_with(worksheet(plain_rows));
  for (const char* kept : {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                           "xl/sharedStrings.xml"}) {
    parts[kept] = part_text(once, kept);
  }
  parts[name] = text;
  const Patched after = must_put(must_open(zip_of(parts)),
                                 footage({{{"Animator"}, {"2026-W01"}}, {{"Ana"}, {"9", true}}}));
  ASSERT_EQ(after.refusals.size(), 1U);
  EXPECT_TRUE(holds(after.refusals[0].where, "Footage!B3: the cell is covered"));
}

TEST(OwnSheet, headings_that_became_a_tables_stay_and_it_is_told_why) {
  Parts parts = parts_with(worksheet(plain_rows));
  const Document before = must_put(must_open(zip_of(parts)), footage(two_people)).document;
  parts["xl/worksheets/sheet1.xml"] = part_text(before, "xl/worksheets/sheet2.xml");
  parts["xl/sharedStrings.xml"] = part_text(before, "xl/sharedStrings.xml");
  parts["xl/worksheets/_rels/sheet1.xml.rels"] =
      "<Relationships><Relationship Id=\"t\" "
      "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/table\" "
      "Target=\"../tables/table1.xml\"/></Relationships>";
  parts["xl/tables/table1.xml"] =
      "<table id=\"1\" name=\"T\" displayName=\"T\" ref=\"A2:B4\"><tableColumns count=\"2\">"
      "<tableColumn id=\"1\" name=\"Animator\"/><tableColumn id=\"2\" name=\"2026-W01\"/>"
      "</tableColumns></table>";
  const Document tabled = must_open(zip_of(parts));
  auto later = two_people;
  later[1][1].text = "49";
  EXPECT_TRUE(tabled.put(footage(later))) << "figures may change";
  later[0][1].text = "2026-W02";
  const auto refused = tabled.put(footage(later));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(holds(describe(refused.error()), "convert the table to a range"));
}

}  // namespace
}  // namespace tracker::workbook

// Small .xlsx files for the tests, built part by part so that each test shows what it is about.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "workbook/document.hpp"
#include "workbook/zip_rewrite.hpp"

// A patch names only what it changes: the other lists are empty.
#pragma clang diagnostic ignored "-Wmissing-designated-field-initializers"

namespace tracker::workbook {

using Parts = std::map<std::string, std::string>;

/// A zip archive with these members.
inline std::string zip_of(const Parts& parts) {
  std::string empty("PK\x05\x06", 4);
  empty.append(18, '\0');
  const auto directory = parse_zip(empty);
  std::vector<ZipAddition> additions;
  for (const auto& [name, text] : parts) additions.push_back({name, text});
  return rewrite_zip(empty, *directory, {}, additions).bytes;
}

inline std::string worksheet(const std::string& rows, const std::string& tail = {}) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
         "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
         "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
         "<dimension ref=\"A1:C3\"/><sheetData>" +
         rows + "</sheetData>" + tail + "</worksheet>";
}

/// Parts of a workbook with one sheet named "Shots"; shared strings: Scene, Shot, Notes, 010, a, b.
inline Parts parts_with(const std::string& sheet) {
  const std::string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const std::string rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const std::string package_rel = "http://schemas.openxmlformats.org/package/2006/relationships";
  Parts parts;
  parts["[Content_Types].xml"] =
      "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
      "<Default Extension=\"rels\" "
      "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
      "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
      "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/"
      "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
      "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/"
      "vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
      "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"application/"
      "vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/>"
      "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/"
      "vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";
  parts["_rels/.rels"] = "<Relationships xmlns=\"" + package_rel +
                         "\"><Relationship Id=\"rId1\" Type=\"" + rel +
                         "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
  parts["xl/workbook.xml"] = "<workbook xmlns=\"" + main + "\" xmlns:r=\"" + rel +
                             "\"><sheets><sheet name=\"Shots\" sheetId=\"1\" r:id=\"rId1\"/>"
                             "</sheets><calcPr calcId=\"191029\"/></workbook>";
  parts["xl/_rels/workbook.xml.rels"] =
      "<Relationships xmlns=\"" + package_rel + "\"><Relationship Id=\"rId1\" Type=\"" + rel +
      "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" + rel +
      "/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/><Relationship Id=\"rId3\" Type=\"" + rel +
      "/styles\" Target=\"styles.xml\"/></Relationships>";
  parts["xl/sharedStrings.xml"] =
      "<sst xmlns=\"" + main +
      "\" count=\"6\" uniqueCount=\"6\"><si><t>Scene</t></si>"
      "<si><t>Shot</t></si><si><t>Notes</t></si><si><t>010</t></si><si><t>a</t></si>"
      "<si><r><t>b</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\"> old</t></r></si></sst>";
  // styles: 0 general, 1 "0000", 2 a date, 3 "[h]:mm:ss", 4 text
  parts["xl/styles.xml"] =
      "<styleSheet xmlns=\"" + main +
      "\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" "
      "formatCode=\"0000\"/><numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>"
      "<cellXfs count=\"5\"><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"
      "<xf numFmtId=\"46\"/><xf numFmtId=\"49\"/></cellXfs></styleSheet>";
  parts["xl/worksheets/sheet1.xml"] = sheet;
  return parts;
}

/// Header "Scene, Shot, Notes" and two rows.
inline const std::string plain_rows =
    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
    "<c r=\"C1\" t=\"s\"><v>2</v></c></row>"
    "<row r=\"2\" ht=\"20\" customHeight=\"1\"><c r=\"A2\" t=\"s\"><v>3</v></c>"
    "<c r=\"B2\" s=\"1\"><v>10</v></c><c r=\"C2\" t=\"s\"><v>4</v></c></row>"
    "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>3</v></c><c r=\"B3\" s=\"1\"><v>20</v></c>"
    "<c r=\"C3\" t=\"s\"><v>5</v></c></row>";

inline Document must_open(const std::string& bytes) {
  auto document = Document::open(bytes);
  if (!document) throw std::runtime_error(describe(document.error()));
  return *document;
}

inline Document open_sheet(const std::string& rows, const std::string& tail = {}) {
  return must_open(zip_of(parts_with(worksheet(rows, tail))));
}

inline Patched must_patch(const Document& document, const Patch& patch) {
  auto patched = document.patch(patch);
  if (!patched) throw std::runtime_error(describe(patched.error()));
  return *patched;
}

inline Image must_image(const Document& document) {
  auto image = document.image();
  if (!image) throw std::runtime_error(describe(image.error()));
  return *image;
}

/// A member's text, read by the zip code alone.
inline std::string part_text(const Document& document, const std::string& name) {
  const auto directory = parse_zip(document.bytes());
  for (const ZipEntry& entry : directory->entries) {
    if (entry.name == name) return *read_entry(document.bytes(), entry);
  }
  return {};
}

inline std::string sheet_text(const Document& document) {
  return part_text(document, "xl/worksheets/sheet1.xml");
}

inline RowAppend shot_row(const std::string& scene, const std::string& shot,
                          const std::string& notes = {}) {
  RowAppend row;
  at(row.cells, Field::scene) = scene;
  at(row.cells, Field::shot) = shot;
  at(row.cells, Field::notes) = notes;
  return row;
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The two-row sheet as a table "A1:C3", with one more sheet, a name and a chart over its data.
inline Parts rich_parts(const std::string& rows, const std::string& tail,
                        const std::string& table_ref, int totals_rows = 0) {
  Parts parts = parts_with(
      worksheet(rows, tail + "<tableParts count=\"1\"><tablePart r:id=\"rId1\"/></tableParts>"));
  const std::string rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const std::string filter = totals_rows == 0 ? table_ref : table_ref.substr(0, 4) + "3";
  parts["xl/worksheets/_rels/sheet1.xml.rels"] =
      "<Relationships><Relationship Id=\"rId1\" Type=\"" + rel +
      "/table\" Target=\"../tables/table1.xml\"/></Relationships>";
  parts["xl/tables/table1.xml"] =
      "<table id=\"1\" name=\"T\" displayName=\"T\" ref=\"" + table_ref + "\"" +
      (totals_rows == 0 ? "" : " totalsRowCount=\"1\"") + "><autoFilter ref=\"" + filter +
      "\"/><tableColumns count=\"3\"><tableColumn id=\"1\" name=\"Scene\"/><tableColumn id=\"2\" "
      "name=\"Shot\"/><tableColumn id=\"3\" name=\"Notes\"/></tableColumns></table>";
  parts["xl/worksheets/sheet2.xml"] =
      "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><f>SUM(Shots!B2:B3)+Shots!B3</f><v>50</v>"
      "</c><c r=\"B1\"><f>COUNTA(Shots!$A$2:$A$3)</f></c><c r=\"C1\" t=\"str\">"
      "<f>\"Shots!B3\"</f></c></row></sheetData></worksheet>";
  std::string& book = parts["xl/workbook.xml"];
  book.replace(book.find("</sheets>"), 9,
               "<sheet name=\"Sum\" sheetId=\"2\" r:id=\"rId9\"/></sheets><definedNames>"
               "<definedName name=\"_xlnm.Print_Area\" localSheetId=\"0\">Shots!$A$1:$C$3"
               "</definedName><definedName name=\"All\">Shots!$B$2:$B$3</definedName>"
               "</definedNames>");
  std::string& rels = parts["xl/_rels/workbook.xml.rels"];
  rels.replace(rels.find("</Relationships>"), 16,
               "<Relationship Id=\"rId9\" Type=\"" + rel +
                   "/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"rId8\" "
                   "Type=\"" +
                   rel + "/calcChain\" Target=\"calcChain.xml\"/></Relationships>");
  parts["xl/calcChain.xml"] = "<calcChain><c r=\"A1\" i=\"2\"/></calcChain>";
  parts["xl/charts/chart1.xml"] =
      "<c:chartSpace><c:f>Shots!$B$2:$B$3</c:f><c:f>'Other'!$B$2:$B$3</c:f></c:chartSpace>";
  std::string& types = parts["[Content_Types].xml"];
  types.replace(types.find("</Types>"), 8,
                "<Override PartName=\"/xl/charts/chart1.xml\" ContentType=\"application/"
                "vnd.openxmlformats-officedocument.drawingml.chart+xml\"/><Override "
                "PartName=\"/xl/calcChain.xml\" ContentType=\"application/"
                "vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml\"/></Types>");
  return parts;
}

inline const std::string rules =
    "<conditionalFormatting sqref=\"B2:B3\"><cfRule type=\"expression\" dxfId=\"0\" "
    "priority=\"1\"><formula>$B2=$B$3</formula></cfRule></conditionalFormatting>"
    "<dataValidations count=\"1\"><dataValidation type=\"list\" sqref=\"C2:C3\">"
    "<formula1>\"x,y\"</formula1></dataValidation></dataValidations>";

}  // namespace tracker::workbook

#include "workbook/sheet_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "workbook/part_editor.hpp"
#include "workbook/sheet_drawings.hpp"

namespace tracker::workbook {
namespace {

constexpr std::string_view content_types_key = "[content_types].xml";

/// The formula between a tag and its end follows the rows.
void move_inner_formula(PartEditor& part, const XmlTag& tag, const RowMap& map,
                        const FormulaPlace& place) {
  if (tag.kind != XmlTag::Kind::open) return;
  const std::string_view raw = part.inner(tag);
  if (const auto moved = moved_formula(decode_xml(raw), map, place)) {
    part.replace(raw, encode_xml(*moved));
  }
}

void move_attribute_formula(PartEditor& part, std::string_view raw, const RowMap& map,
                            const FormulaPlace& place) {
  if (const auto moved = moved_formula(decode_xml(raw), map, place)) {
    part.replace(raw, encode_attribute(*moved));
  }
}

bool is_table_formula(std::string_view name) {
  return name == "calculatedColumnFormula" || name == "totalsRowFormula";
}

void move_table(PartChanges& changes, const TableInfo& table, const RowMap& map, Growth growth,
                std::string_view sheet_name) {
  PartEditor part(changes, table.part);
  // rows are inserted above a totals row, so its row carries the end of the area with it
  const CellRange new_ref = map.range(table.ref, growth).value_or(table.ref);
  const auto moved_area = [&](const CellRange& area, bool is_filter) {
    CellRange moved = map.range(area, growth).value_or(area);
    if (is_filter && area.last.row == table.body_last()) {
      moved.last.row = new_ref.last.row - table.totals_rows;
    }
    return to_string(moved);
  };
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close) continue;
    const std::string_view name = local_name(tag->name);
    const bool is_area = name == "table" || name == "autoFilter" ||
                         (map.shifts() && (name == "sortState" || name == "sortCondition"));
    if (is_area) {
      const auto ref = attribute(tag->attributes, "ref");
      const auto area = ref ? parse_range(*ref) : std::nullopt;
      if (area) part.replace(*ref, moved_area(*area, name == "autoFilter"));
    } else if (is_table_formula(name)) {
      FormulaPlace place{.own_sheet = true, .sheet_name = sheet_name};
      if (name == "calculatedColumnFormula") place.area_shift = 0;
      move_inner_formula(part, *tag, map, place);
    }
  }
  part.finish();
}

/// Of the tables of another sheet.
void move_table_formulas(PartChanges& changes, const SheetState& sheet, const RowMap& map,
                         const FormulaPlace& place) {
  for (const TableInfo& table : sheet.tables) {
    PartEditor part(changes, table.part);
    XmlCursor cursor(part.text());
    while (const std::optional<XmlTag> tag = cursor.next()) {
      if (is_table_formula(local_name(tag->name))) move_inner_formula(part, *tag, map, place);
    }
    part.finish();
  }
}

void move_names(PartChanges& changes, const SheetState& sheet, const RowMap& map) {
  PartEditor part(changes, changes.state().package.workbook_part);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "definedName") continue;
    const std::string_view name = attribute(tag->attributes, "name").value_or("");
    FormulaPlace place{.sheet_name = sheet.entry.name};
    if (!name.starts_with("_xlnm.")) place.area_shift = 0;
    if (name == "_xlnm.Print_Titles") place.growth = Growth::none;
    if (name == "_xlnm.Print_Area" || name == "_xlnm._FilterDatabase") {
      place.growth = Growth::region;
    }
    move_inner_formula(part, *tag, map, place);
  }
  part.finish();
}

void move_chart(PartChanges& changes, const std::string& key, const SheetState& sheet,
                const RowMap& map) {
  const FormulaPlace place{.sheet_name = sheet.entry.name};
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    const std::string_view name = local_name(tag->name);
    // "sqref": all of a series of which a filter shows a part
    if (name == "f" || name == "sqref") move_inner_formula(part, *tag, map, place);
  }
  part.finish();
  for (const Relation& relation : read_relations(changes.reader(), key)) {
    const bool is_drawing =
        relation.type == "chartUserShapes" && changes.read(relation.target) != nullptr;
    if (is_drawing) move_drawing(changes, relation.target, map, place);
  }
}

void move_pivot_source(PartChanges& changes, const std::string& key, const SheetState& sheet,
                       const RowMap& map) {
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    const std::string_view element = local_name(tag->name);
    if (element != "worksheetSource" && element != "rangeSet") continue;
    const auto name = attribute(tag->attributes, "sheet");
    const auto ref = attribute(tag->attributes, "ref");
    if (!name || !ref || attribute_by_local_name(tag->attributes, "id")) continue;
    if (!same_sheet(decode_xml(*name), sheet.entry.name)) continue;
    const std::string moved = map.areas(*ref, Growth::body);
    if (!moved.empty()) part.replace(*ref, moved);
  }
  part.finish();
}

/// The <location> of a pivot table: its place on the sheet.
std::optional<XmlTag> pivot_location(std::string_view text) {
  XmlCursor cursor(text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) == "location") return tag;
  }
  return std::nullopt;
}

/// The place after the rows moved; nothing if the pivot table would be cut or stretched. Its page
/// filters stand above its place, with a blank row between.
std::optional<CellRange> moved_pivot_place(const XmlTag& location, const RowMap& map) {
  const auto place = parse_range(attribute(location.attributes, "ref").value_or(""));
  const auto moved = place ? map.range(*place, Growth::none) : std::nullopt;
  if (!moved) return std::nullopt;
  const auto filters = parse_number(attribute(location.attributes, "rowPageCount").value_or("0"));
  const std::uint32_t above = filters.value_or(0) == 0 ? 0 : *filters + 1;
  CellRange whole = *place;
  whole.first.row -= std::min(above, whole.first.row - 1);
  const auto moved_whole = map.range(whole, Growth::none);
  const bool same_height =
      moved_whole->last.row - moved_whole->first.row == whole.last.row - whole.first.row;
  return same_height ? moved : std::nullopt;
}

void move_pivot_table(PartChanges& changes, const std::string& key, const RowMap& map) {
  PartEditor part(changes, key);
  const auto location = pivot_location(part.text());
  const auto moved = location ? moved_pivot_place(*location, map) : std::nullopt;
  if (moved) part.replace(*attribute(location->attributes, "ref"), to_string(*moved));
  part.finish();
}

/// Hands the address of each cell that is mapped to XML to `use`.
template <class Use>
void for_each_mapped_cell(std::string_view text, Use use) {
  XmlCursor cursor(text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "singleXmlCell" || tag->kind == XmlTag::Kind::close) continue;
    if (const auto place = attribute(tag->attributes, "r")) use(*place);
  }
}

bool loses_mapped_cell(const State& state, const std::string& key, const RowMap& map) {
  bool loses = false;
  if (const std::string* text = state.read(key)) {
    for_each_mapped_cell(*text, [&](std::string_view place) {
      loses = loses || map.areas(place, Growth::none).empty();
    });
  }
  return loses;
}

void move_mapped_cells(PartChanges& changes, const std::string& key, const RowMap& map) {
  PartEditor part(changes, key);
  for_each_mapped_cell(part.text(), [&](std::string_view place) {
    part.replace(place, map.areas(place, Growth::none));
  });
  part.finish();
}

/// What form controls and linked pictures show and set.
void move_controls(PartChanges& changes, const std::string& key, const RowMap& map,
                   const FormulaPlace& place) {
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    for (const std::string_view name : {"fmlaRange", "fmlaLink", "fmlaTxbx", "fmlaGroup"}) {
      const auto formula = attribute(tag->attributes, name);
      if (formula) move_attribute_formula(part, *formula, map, place);
    }
    const bool in_box = local_name(tag->name).starts_with("Fmla");
    if (in_box) move_inner_formula(part, *tag, map, place);
  }
  part.finish();
}

/// Cells that queries of other sources ask by.
void move_parameters(PartChanges& changes, const std::string& key, const SheetState& sheet,
                     const RowMap& map) {
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "parameter") continue;
    const auto cell = attribute(tag->attributes, "cell");
    if (cell) move_attribute_formula(part, *cell, map, {.sheet_name = sheet.entry.name});
  }
  part.finish();
}

/// Filters that each person keeps of the sheet.
void move_sheet_views(PartChanges& changes, const std::string& key, const RowMap& map) {
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "nsvFilter") continue;
    const auto ref = attribute(tag->attributes, "ref");
    const std::string moved = ref ? map.areas(*ref, Growth::region) : std::string();
    if (!moved.empty()) part.replace(*ref, moved);
  }
  part.finish();
}

/// Drawings, links, controls and tables' formulas of all sheets.
void move_drawings(PartChanges& changes, const SheetState& sheet, const RowMap& map) {
  for (const SheetState& one : changes.state().sheets) {
    const FormulaPlace place{.own_sheet = &one == &sheet, .sheet_name = sheet.entry.name};
    for (const Relation& relation : read_relations(changes.reader(), one.entry.part)) {
      const bool is_control = relation.type == "ctrlProp" || relation.type == "vmlDrawing";
      const bool is_there = is_control && changes.read(relation.target) != nullptr;
      if (is_there) move_controls(changes, relation.target, map, place);
    }
    if (!place.own_sheet) move_table_formulas(changes, one, map, place);
    if (!map.shifts()) continue;
    move_relation_links(changes, one.entry.part, map, place);
    for (const Relation& relation : read_relations(changes.reader(), one.entry.part)) {
      if (relation.type != "drawing" || changes.read(relation.target) == nullptr) continue;
      move_drawing(changes, relation.target, map, place);
      move_relation_links(changes, relation.target, map, place);
    }
  }
}

}  // namespace

std::optional<std::string> check_parts(const State& state, const SheetState& sheet,
                                       const RowMap& map) {
  for (const SheetState& other : state.sheets) {
    if (!other.entry.is_worksheet || (other.index && other.index->ascending)) continue;
    return fmt::format("what the sheet \"{}\" says of these rows can't be moved: {}",
                       other.entry.name,
                       other.problem ? other.problem->what : "its cells are out of order");
  }
  for (const Relation& relation : read_relations(state.reader(), sheet.entry.part)) {
    if (relation.type == "pivotTable") {
      const std::string* text = state.read(relation.target);
      const auto location = text == nullptr ? std::nullopt : pivot_location(*text);
      if (!location || !moved_pivot_place(*location, map)) {
        return "a pivot table stands on rows that would go or part";
      }
    }
    if (relation.type == "tableSingleCells" && loses_mapped_cell(state, relation.target, map)) {
      return "a cell that is mapped to XML would go";
    }
    if (relation.type == "control" || relation.type == "oleObject" || relation.type == "ctrlProp") {
      return "the sheet holds form controls or embedded objects";
    }
  }
  for (const TableInfo& table : sheet.tables) {
    const auto body = map.span({table.body_first(), table.body_last()}, Growth::body);
    const bool loses_header = table.header_rows > 0 && map.is_deleted(table.ref.first.row);
    const bool loses_totals = table.totals_rows > 0 && map.is_deleted(table.ref.last.row);
    if (!body || loses_header || loses_totals) {
      return "a table would lose its header, its totals row or all of its rows";
    }
  }
  return std::nullopt;
}

void move_sheet_parts(PartChanges& changes, const SheetState& sheet, const TableInfo* data,
                      const RowMap& map) {
  for (const TableInfo& table : sheet.tables) {
    // not a table beside it; one without headings is never known as the data's
    const bool grows = data == nullptr ? table.header_rows == 0 : data == &table;
    move_table(changes, table, map, grows ? Growth::body : Growth::none, sheet.entry.name);
  }
  for (const Relation& relation : read_relations(changes.reader(), sheet.entry.part)) {
    if (changes.read(relation.target) == nullptr) continue;
    if (relation.type == "namedSheetView") move_sheet_views(changes, relation.target, map);
    if (!map.shifts()) continue;
    if (relation.type == "comments") move_comments(changes, relation.target, "comment", map);
    if (relation.type == "threadedComment") {
      move_comments(changes, relation.target, "threadedComment", map);
    }
    if (relation.type == "vmlDrawing") move_boxes(changes, relation.target, map);
    if (relation.type == "tableSingleCells") move_mapped_cells(changes, relation.target, map);
    if (relation.type == "pivotTable") move_pivot_table(changes, relation.target, map);
  }
}

void move_workbook_parts(PartChanges& changes, const SheetState& sheet, const RowMap& map) {
  move_names(changes, sheet, map);
  move_drawings(changes, sheet, map);
  for (const std::string_view type : {"drawingml.chart+xml", "ms-office.chartex+xml"}) {
    for (const std::string& key : parts_of_type(changes.reader(), type)) {
      if (changes.read(key) != nullptr) move_chart(changes, key, sheet, map);
    }
  }
  for (const std::string& key :
       parts_of_type(changes.reader(), "spreadsheetml.pivotCacheDefinition+xml")) {
    if (changes.read(key) != nullptr) move_pivot_source(changes, key, sheet, map);
  }
  for (const std::string& key : parts_of_type(changes.reader(), "spreadsheetml.connections+xml")) {
    if (changes.read(key) != nullptr) move_parameters(changes, key, sheet, map);
  }
}

void drop_calc_chain(PartChanges& changes) {
  const Package& package = changes.state().package;
  const std::string* relations = changes.read(package.workbook_rels_part);
  const std::string* types = changes.read(content_types_key);
  if (package.calc_chain_part.empty() || relations == nullptr || types == nullptr ||
      changes.read(package.calc_chain_part) == nullptr) {
    return;
  }
  std::string new_relations =
      without_relation(*relations, package.workbook_part, package.calc_chain_part);
  std::string new_types = without_override(*types, package.calc_chain_part);
  if (new_relations.empty()) return;
  changes.set(package.workbook_rels_part, std::move(new_relations));
  if (!new_types.empty()) changes.set(content_types_key, std::move(new_types));
  changes.remove(package.calc_chain_part);
}

}  // namespace tracker::workbook

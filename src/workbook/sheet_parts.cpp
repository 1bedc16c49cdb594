#include "workbook/sheet_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

constexpr std::string_view content_types_key = "[content_types].xml";

/// Edits of one part, applied at the end.
class PartEditor {
 public:
  PartEditor(PartChanges& changes, std::string key) : changes_(changes), key_(std::move(key)) {
    if (const std::string* text = changes_.read(key_)) text_ = *text;
  }

  std::string_view text() const { return text_; }

  void replace(std::string_view old, const std::string& text) {
    if (old == text) return;
    edits_.push_back({static_cast<std::size_t>(old.data() - text_.data()), old.size(), text});
  }
  void erase(std::size_t begin, std::size_t end) { edits_.push_back({begin, end - begin, ""}); }

  /// Raw text between the tag and the next '<'.
  std::string_view inner(const XmlTag& tag) const {
    const std::size_t end = std::min(text_.find('<', tag.end), text_.size());
    return std::string_view(text_).substr(tag.end, end - tag.end);
  }

  void finish() {
    if (!edits_.empty()) changes_.set(key_, apply_edits(text_, edits_));
  }

 private:
  PartChanges& changes_;
  std::string key_;
  std::string text_;
  std::vector<TextEdit> edits_;
};

void move_table(PartChanges& changes, const TableInfo& table, const RowMap& map, Growth growth,
                std::string_view sheet_name) {
  PartEditor part(changes, table.part);
  const auto moved_area = [&](const CellRange& area) {
    auto moved = map.range(area, growth);
    // rows are inserted above a totals row, so its row carries the end of the area with it
    return moved ? to_string(*moved) : to_string(area);
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
      if (area) part.replace(*ref, moved_area(*area));
    } else if ((name == "calculatedColumnFormula" || name == "totalsRowFormula") &&
               tag->kind == XmlTag::Kind::open) {
      FormulaPlace place{true, sheet_name, false, {}};
      if (name == "calculatedColumnFormula") place.area_shift = 0;
      const std::string_view raw = part.inner(*tag);
      if (const auto moved = moved_formula(decode_xml(raw), map, place)) {
        part.replace(raw, encode_xml(*moved));
      }
    }
  }
  part.finish();
}

/// Comments and threaded comments: the one of a deleted row goes.
void move_comments(PartChanges& changes, const std::string& key, std::string_view element,
                   const RowMap& map) {
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close || local_name(tag->name) != element) continue;
    const auto ref = attribute(tag->attributes, "ref");
    if (!ref) continue;
    const std::string moved = map.areas(*ref, Growth::none);
    const std::size_t end = cursor.skip_element(*tag);
    if (end == std::string_view::npos) break;
    if (moved.empty()) {
      part.erase(tag->begin, end);
    } else {
      part.replace(*ref, moved);
    }
  }
  part.finish();
}

/// Boxes of comments: <x:Row> counts from 0; the anchor's third and seventh number are rows.
void move_boxes(PartChanges& changes, const std::string& key, const RowMap& map) {
  PartEditor part(changes, key);
  const auto zero_based = [&map](std::uint32_t row) -> std::optional<std::uint32_t> {
    const auto moved = map.row(row + 1);
    if (!moved) return std::nullopt;
    return *moved - 1;
  };
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> shape = cursor.next()) {
    if (shape->kind != XmlTag::Kind::open || local_name(shape->name) != "shape") continue;
    const std::size_t begin = cursor.position();
    const std::size_t end = cursor.skip_element(*shape);
    if (end == std::string_view::npos) break;
    XmlCursor inside(part.text(), begin, end);
    std::string_view anchor;
    std::string_view row_text;
    while (const std::optional<XmlTag> tag = inside.next()) {
      if (tag->kind != XmlTag::Kind::open) continue;
      if (local_name(tag->name) == "Anchor") anchor = part.inner(*tag);
      if (local_name(tag->name) == "Row") row_text = part.inner(*tag);
    }
    const auto row = parse_number(row_text);
    if (!row) continue;
    const auto moved = zero_based(*row);
    if (!moved) {
      part.erase(shape->begin, end);
      continue;
    }
    const std::int64_t by = static_cast<std::int64_t>(*moved) - static_cast<std::int64_t>(*row);
    if (by == 0) continue;
    part.replace(row_text, std::to_string(*moved));
    std::vector<std::string> numbers;
    for (std::string_view rest = anchor; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view number = rest.substr(0, comma);
      while (!number.empty() &&
             (number.front() == ' ' || number.front() == '\n' || number.front() == '\r')) {
        number.remove_prefix(1);
      }
      const auto value = parse_number(number.substr(0, number.find_first_not_of("0123456789")));
      if (value && (numbers.size() == 2 || numbers.size() == 6)) {
        numbers.push_back(std::to_string(std::max<std::int64_t>(*value + by, 0)));
      } else {
        numbers.emplace_back(number);
      }
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    if (numbers.size() == 8) part.replace(anchor, fmt::format("{}", fmt::join(numbers, ", ")));
  }
  part.finish();
}

/// Pictures and charts on the sheet move with the rows under their corners.
void move_drawing(PartChanges& changes, const std::string& key, const RowMap& map) {
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  bool in_corner = false;
  while (const std::optional<XmlTag> tag = cursor.next()) {
    const std::string_view name = local_name(tag->name);
    if (name == "from" || name == "to") in_corner = tag->kind == XmlTag::Kind::open;
    if (!in_corner || name != "row" || tag->kind != XmlTag::Kind::open) continue;
    const std::string_view raw = part.inner(*tag);
    const auto row = parse_number(raw);
    if (!row || *row >= rows_max) continue;
    // a corner in a deleted row stays at the row that takes its place
    std::uint32_t old_row = *row + 1;
    while (old_row < rows_max && map.is_deleted(old_row)) ++old_row;
    part.replace(raw, std::to_string(*map.row(old_row) - 1));
  }
  part.finish();
}

void move_names(PartChanges& changes, const SheetState& sheet, const RowMap& map) {
  PartEditor part(changes, changes.state().package.workbook_part);
  const FormulaPlace place{false, sheet.entry.name, false, {}};
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind != XmlTag::Kind::open || local_name(tag->name) != "definedName") continue;
    const std::string_view raw = part.inner(*tag);
    if (const auto moved = moved_formula(decode_xml(raw), map, place)) {
      part.replace(raw, encode_xml(*moved));
    }
  }
  part.finish();
}

void move_chart(PartChanges& changes, const std::string& key, const SheetState& sheet,
                const RowMap& map) {
  PartEditor part(changes, key);
  const FormulaPlace place{false, sheet.entry.name, false, {}};
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind != XmlTag::Kind::open || local_name(tag->name) != "f") continue;
    const std::string_view raw = part.inner(*tag);
    if (const auto moved = moved_formula(decode_xml(raw), map, place)) {
      part.replace(raw, encode_xml(*moved));
    }
  }
  part.finish();
}

void move_pivot_source(PartChanges& changes, const std::string& key, const SheetState& sheet,
                       const RowMap& map) {
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "worksheetSource") continue;
    const auto name = attribute(tag->attributes, "sheet");
    const auto ref = attribute(tag->attributes, "ref");
    if (!name || !ref || attribute_by_local_name(tag->attributes, "id")) break;
    if (!same_sheet(decode_xml(*name), sheet.entry.name)) break;
    const std::string moved = map.areas(*ref, Growth::body);
    if (!moved.empty()) part.replace(*ref, moved);
    break;
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

}  // namespace

std::optional<std::string> check_parts(const State& state, const SheetState& sheet,
                                       const RowMap& map) {
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
    const bool grows = data == nullptr || data == &table;  // not a table beside it
    move_table(changes, table, map, grows ? Growth::body : Growth::none, sheet.entry.name);
  }
  if (!map.shifts()) return;
  for (const Relation& relation : read_relations(changes.reader(), sheet.entry.part)) {
    if (changes.read(relation.target) == nullptr) continue;
    if (relation.type == "comments") move_comments(changes, relation.target, "comment", map);
    if (relation.type == "threadedComment") {
      move_comments(changes, relation.target, "threadedComment", map);
    }
    if (relation.type == "vmlDrawing") move_boxes(changes, relation.target, map);
    if (relation.type == "drawing") move_drawing(changes, relation.target, map);
    if (relation.type == "tableSingleCells") move_mapped_cells(changes, relation.target, map);
    if (relation.type == "pivotTable") move_pivot_table(changes, relation.target, map);
  }
}

void move_workbook_parts(PartChanges& changes, const SheetState& sheet, const RowMap& map) {
  move_names(changes, sheet, map);
  for (const std::string_view type : {"drawingml.chart+xml", "ms-office.chartex+xml"}) {
    for (const std::string& key : parts_of_type(changes.reader(), type)) {
      if (changes.read(key) != nullptr) move_chart(changes, key, sheet, map);
    }
  }
  for (const std::string& key :
       parts_of_type(changes.reader(), "spreadsheetml.pivotCacheDefinition+xml")) {
    if (changes.read(key) != nullptr) move_pivot_source(changes, key, sheet, map);
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

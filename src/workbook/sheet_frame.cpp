#include "workbook/sheet_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tracker::workbook {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

/// Elements that name rows in ways which this program does not move.
std::optional<std::string> gate(std::string_view name) {
  if (name == "scenarios") return "the sheet holds what-if scenarios";
  if (name == "oleObjects") return "the sheet holds embedded objects";
  if (name == "controls") return "the sheet holds form controls";
  if (name == "AlternateContent") return "the sheet holds form controls or embedded objects";
  if (name == "dataConsolidate") return "the sheet holds a consolidation";
  return std::nullopt;
}

/// First row of a list of areas: relative references of its formulas count from there.
std::optional<std::uint32_t> first_row(std::string_view areas) {
  std::optional<std::uint32_t> first;
  while (!areas.empty()) {
    const std::size_t end = std::min(areas.find(' '), areas.size());
    if (const auto range = parse_range(areas.substr(0, end))) {
      first = std::min(first.value_or(rows_max), range->first.row);
    }
    areas.remove_prefix(std::min(end + 1, areas.size()));
  }
  return first;
}

class FrameMover {
 public:
  FrameMover(const SheetIndex& sheet, const RowMap& map, const FormulaPlace& place)
      : text_(sheet.frame), map_(map), place_(place) {}

  void run(std::size_t begin, std::size_t end) {
    XmlCursor cursor(text_, begin, end);
    while (const std::optional<XmlTag> tag = cursor.next()) {
      if (tag->kind == XmlTag::Kind::close) {
        leave(*tag);
        continue;
      }
      if (place_.own_sheet && map_.shifts() && !in_validation()) {
        if (const auto reason = gate(local_name(tag->name))) change_.problem = reason;
      }
      if (is_removed(*tag, cursor)) continue;
      if (tag->kind == XmlTag::Kind::open) enter(*tag);
      move_element(*tag, cursor);
    }
  }

  FrameChange take() { return std::move(change_); }

 private:
  /// Around the formulas of a format or validation.
  struct Area {
    std::optional<std::int64_t> shift;  ///< see FormulaPlace; nothing = references as anywhere
    bool is_one_row = false;
  };

  struct Container {
    XmlTag tag;
    std::size_t first_edit = 0;
    std::uint32_t kept = 0;
    std::uint32_t removed = 0;
    Area area_before;
  };

  std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

  void replace(std::string_view old, const std::string& text) {
    if (old != text) change_.edits.push_back({offset_of(old), old.size(), text});
  }

  static bool is_item(std::string_view name) {
    return is_one_of(name,
                     {"mergeCell", "hyperlink", "dataValidation", "brk", "cellWatch",
                      "conditionalFormatting", "sparkline", "protectedRange", "ignoredError"});
  }

  void enter(const XmlTag& tag) { containers_.push_back({tag, change_.edits.size(), 0, 0, area_}); }

  /// Lists with commas stand there in an AlternateContent.
  bool in_validation() const {
    return std::ranges::any_of(containers_, [](const Container& one) {
      return local_name(one.tag.name) == "dataValidation";
    });
  }

  /// REQUIRES: the element itself was entered.
  std::string_view parent_name() const {
    return containers_.size() < 2 ? std::string_view()
                                  : local_name(containers_[containers_.size() - 2].tag.name);
  }

  /// At a closing tag: counts of what was removed inside, or the whole container goes.
  void leave(const XmlTag& tag) {
    if (containers_.empty()) return;  // of the root element
    const Container container = containers_.back();
    containers_.pop_back();
    area_ = container.area_before;
    if (container.removed == 0) return;
    const std::string_view name = local_name(container.tag.name);
    if (container.kept == 0 && is_extension(container.tag)) {
      change_.problem = "an extended format, validation or sparkline would lose all of its cells";
      return;
    }
    if (container.kept == 0 &&
        is_one_of(name, {"mergeCells", "hyperlinks", "dataValidations", "rowBreaks", "cellWatches",
                         "protectedRanges", "ignoredErrors"})) {
      change_.edits.resize(container.first_edit);
      change_.edits.push_back({container.tag.begin, tag.end - container.tag.begin, ""});
      return;
    }
    for (const std::string_view key : {"count", "manualBreakCount"}) {
      const auto count = attribute(container.tag.attributes, key);
      const auto number = count ? parse_number(*count) : std::nullopt;
      if (!number) continue;
      replace(*count, std::to_string(*number - std::min(*number, container.removed)));
    }
  }

  static bool is_extension(const XmlTag& tag) {
    return tag.name.starts_with("x14:") || tag.name.starts_with("x15:");
  }

  /// An item whose cells are all gone is removed as a whole.
  bool is_removed(const XmlTag& tag, XmlCursor& cursor) {
    const std::string_view name = local_name(tag.name);
    if (!place_.own_sheet || !is_item(name)) return false;
    const std::size_t after_tag = cursor.position();
    const std::size_t end = cursor.skip_element(tag);
    if (end == std::string_view::npos || keeps_cells(tag, name, end)) {
      if (!containers_.empty()) ++containers_.back().kept;
      cursor.seek(after_tag);
      return false;
    }
    change_.edits.push_back({tag.begin, end - tag.begin, ""});
    if (!containers_.empty()) ++containers_.back().removed;
    return true;
  }

  bool keeps_cells(const XmlTag& tag, std::string_view name, std::size_t end) const {
    if (name == "brk") {
      const auto row = parse_number(attribute(tag.attributes, "id").value_or(""));
      const bool in_rows =
          !containers_.empty() && local_name(containers_.back().tag.name) == "rowBreaks";
      return !in_rows || !row || *row == 0 || !map_.is_deleted(*row);
    }
    if (name == "mergeCell") {
      const auto area = parse_range(attribute(tag.attributes, "ref").value_or(""));
      if (!area) return true;
      const auto moved = map_.range(*area, Growth::none);
      return moved && (moved->first != moved->last || area->first == area->last);
    }
    if (is_extension(tag)) {
      const auto areas = areas_inside(text_.substr(tag.begin, end - tag.begin));
      const Growth growth = name == "sparkline" ? Growth::none : Growth::area;
      return areas.empty() || !map_.areas(areas, growth).empty();
    }
    for (const std::string_view key : {"sqref", "ref", "r"}) {
      if (const auto areas = attribute(tag.attributes, key)) {
        const Growth growth = key == "sqref" ? Growth::area : Growth::none;
        return areas->empty() || !map_.areas(*areas, growth).empty();
      }
    }
    return true;
  }

  /// The <xm:sqref> inside an extension's element.
  static std::string areas_inside(std::string_view element) {
    const std::size_t at = element.find(":sqref>");
    if (at == std::string_view::npos) return {};
    const std::size_t begin = at + 7;
    return std::string(element.substr(begin, element.find('<', begin) - begin));
  }

  /// How far the first row of these areas moves. Relative references from a single row are its
  /// cells' own, and follow their rows.
  Area area_of(std::string_view areas) const {
    const std::string moved = map_.areas(areas, Growth::area);
    const auto is_one_row = [](std::string_view text) {
      const auto range = parse_range(text);
      return range && range->first.row == range->last.row;
    };
    if (is_one_row(areas) && is_one_row(moved)) return {std::nullopt, true};
    const auto before = first_row(areas);
    const auto after = first_row(moved);
    if (!before || !after) return {0, false};
    return {static_cast<std::int64_t>(*after) - static_cast<std::int64_t>(*before), false};
  }

  void move_element(const XmlTag& tag, XmlCursor& cursor) {
    const std::string_view name = local_name(tag.name);
    if (place_.own_sheet) move_places(tag, name, cursor);
    if (is_one_of(name, {"formula", "formula1", "formula2", "f"}) &&
        tag.kind == XmlTag::Kind::open) {
      move_formula_text(tag);
    } else if (name == "hyperlink") {
      if (auto location = attribute(tag.attributes, "location")) {
        if (location->starts_with('#')) location->remove_prefix(1);
        move_formula(*location, place_, encode_attribute);
      }
    } else if (name == "cfvo") {
      if (const auto value = attribute(tag.attributes, "val")) {
        move_formula(*value, place_here(), encode_attribute);
      }
    }
  }

  FormulaPlace place_here() const {
    FormulaPlace place = place_;
    place.area_shift = area_.shift;
    place.inside_body = area_.is_one_row;
    return place;
  }

  void move_formula_text(const XmlTag& tag) {
    const std::size_t end = text_.find('<', tag.end);
    if (end == std::string_view::npos || end == tag.end) return;
    FormulaPlace place = place_here();
    place.keeps_one_row = parent_name() == "sparkline";
    move_formula(text_.substr(tag.end, end - tag.end), place, encode_xml);
  }

  void move_formula(std::string_view raw, const FormulaPlace& place,
                    std::string (*encode)(std::string_view)) {
    if (const auto moved = moved_formula(decode_xml(raw), map_, place)) {
      replace(raw, encode(*moved));
    }
  }

  /// Attributes and texts that are places on this sheet.
  void move_places(const XmlTag& tag, std::string_view name, XmlCursor& cursor) {
    const auto areas = [&](std::string_view key, Growth growth) {
      const auto value = attribute(tag.attributes, key);
      if (!value) return;
      const std::string moved = map_.areas(*value, growth);
      if (!moved.empty()) replace(*value, moved);
    };
    if (name == "conditionalFormatting" || name == "dataValidation") {
      const std::string inside =
          is_extension(tag) ? areas_inside(text_.substr(tag.begin, element_length(tag, cursor)))
                            : std::string(attribute(tag.attributes, "sqref").value_or(""));
      if (tag.kind == XmlTag::Kind::open) area_ = area_of(inside);
      areas("sqref", Growth::area);
    } else if (is_one_of(name, {"ignoredError", "protectedRange"})) {
      areas("sqref", Growth::area);
    } else if (name == "autoFilter") {
      areas("ref", Growth::region);
    } else if (is_one_of(name, {"mergeCell", "hyperlink"}) || is_sort(name)) {
      areas("ref", Growth::none);
    } else if (name == "cellWatch") {
      areas("r", Growth::none);
    } else if (name == "selection") {
      move_selection(tag);
    } else if (name == "brk") {
      move_break(tag);
    } else if (name == "sqref" && tag.kind == XmlTag::Kind::open) {
      const std::size_t end = text_.find('<', tag.end);
      if (end == std::string_view::npos) return;
      const std::string_view old = text_.substr(tag.end, end - tag.end);
      const Growth growth = parent_name() == "sparkline" ? Growth::none : Growth::area;
      const std::string moved = map_.areas(old, growth);
      if (moved.empty() && !old.empty()) change_.problem = "an extension would lose its cells";
      if (!moved.empty()) replace(old, moved);
    }
  }

  /// A sort order stays as it was on append; it follows its rows when they move.
  bool is_sort(std::string_view name) const {
    return map_.shifts() && is_one_of(name, {"sortState", "sortCondition"});
  }

  std::size_t element_length(const XmlTag& tag, XmlCursor& cursor) const {
    const std::size_t after_tag = cursor.position();
    const std::size_t end = cursor.skip_element(tag);
    cursor.seek(after_tag);
    return end == std::string_view::npos ? tag.end - tag.begin : end - tag.begin;
  }

  /// Where the cursor stands is a matter of taste: it moves only if both parts can.
  void move_selection(const XmlTag& tag) {
    const auto active = attribute(tag.attributes, "activeCell");
    const auto selected = attribute(tag.attributes, "sqref");
    if (!active || !selected) return;
    const std::string new_active = map_.areas(*active, Growth::none);
    const std::string new_selected = map_.areas(*selected, Growth::none);
    if (new_active.empty() || new_selected.empty()) return;
    replace(*active, new_active);
    replace(*selected, new_selected);
  }

  void move_break(const XmlTag& tag) {
    const auto id = attribute(tag.attributes, "id");
    const auto row = id ? parse_number(*id) : std::nullopt;
    const bool in_rows =
        !containers_.empty() && local_name(containers_.back().tag.name) != "colBreaks";
    if (!row || *row == 0 || !in_rows) return;
    if (const auto moved = map_.row(*row)) replace(*id, std::to_string(*moved));
  }

  std::string_view text_;
  const RowMap& map_;
  FormulaPlace place_;
  FrameChange change_;
  std::vector<Container> containers_;
  Area area_;
};

}  // namespace

FrameChange move_frame(const SheetIndex& sheet, const RowMap& map, const FormulaPlace& place) {
  FrameMover mover(sheet, map, place);
  XmlCursor cursor(sheet.frame);
  const std::optional<XmlTag> root = cursor.next();
  mover.run(root ? root->end : sheet.data_open, sheet.data_open);
  mover.run(sheet.tail_begin, sheet.frame.size());
  return mover.take();
}

std::optional<TextEdit> grown_dimension(const SheetIndex& sheet, const RowMap& map,
                                        const CellRange& needed) {
  XmlCursor cursor(sheet.frame, 0, sheet.data_open);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "dimension") continue;
    const auto ref = attribute(tag->attributes, "ref");
    const auto area = ref ? parse_range(*ref) : std::nullopt;
    if (!area) return std::nullopt;
    CellRange grown = map.range(*area, Growth::none).value_or(needed);
    if (needed.first.row != 0) {
      grown.first.row = std::min(grown.first.row, needed.first.row);
      grown.first.column = std::min(grown.first.column, needed.first.column);
      grown.last.row = std::max(grown.last.row, needed.last.row);
      grown.last.column = std::max(grown.last.column, needed.last.column);
    }
    if (grown == *area || grown.first.row == 0) return std::nullopt;
    return TextEdit{static_cast<std::size_t>(ref->data() - sheet.frame.data()), ref->size(),
                    to_string(grown)};
  }
  return std::nullopt;
}

std::vector<CellRange> merged_areas(const SheetIndex& sheet) {
  std::vector<CellRange> areas;
  XmlCursor cursor(sheet.frame, sheet.tail_begin);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "mergeCell") continue;
    if (const auto area = parse_range(attribute(tag->attributes, "ref").value_or(""))) {
      areas.push_back(*area);
    }
  }
  return areas;
}

}  // namespace tracker::workbook

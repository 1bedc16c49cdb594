#include "workbook/sheet_drawings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "workbook/part_editor.hpp"

namespace tracker::workbook {
namespace {

/// Both corners of each anchor of a drawing follow their rows, as its editAs says: the whole shape
/// is moved and sized with its cells, moved only ("oneCell"), or stays ("absolute").
class AnchorMover {
 public:
  AnchorMover(PartEditor& part, const RowMap& map) : part_(part), map_(map) {}

  void take(const XmlTag& tag, std::string_view name) {
    const bool opens = tag.kind == XmlTag::Kind::open;
    if (opens && (name == "twoCellAnchor" || name == "oneCellAnchor")) {
      edit_as_ = attribute(tag.attributes, "editAs").value_or("");
    } else if (name == "from" || name == "to") {
      in_corner_ = opens;
      is_from_ = name == "from";
      row_went_ = false;
    } else if (in_corner_ && opens && edit_as_ != "absolute") {
      if (name == "row") move_row(part_.inner(tag));
      // it stands at the top of the row that took the place
      if (name == "rowOff" && row_went_ && edit_as_ != "oneCell") {
        part_.replace(part_.inner(tag), "0");
      }
    }
  }

 private:
  void move_row(std::string_view raw) {
    const auto row = parse_number(raw);
    if (!row || *row >= rows_max) return;
    std::int64_t moved = *row;
    if (edit_as_ == "oneCell" && !is_from_) {
      moved += from_by_;
    } else {
      // a corner in a deleted row stays at the row that takes its place
      std::uint32_t old_row = *row + 1;
      while (old_row < rows_max && map_.is_deleted(old_row)) ++old_row;
      row_went_ = old_row != *row + 1;
      moved = *map_.row(old_row) - 1;
      from_by_ = moved - *row;
    }
    part_.replace(raw, std::to_string(std::min<std::int64_t>(moved, rows_max - 1)));
  }

  PartEditor& part_;
  const RowMap& map_;
  std::string_view edit_as_;
  bool in_corner_ = false;
  bool is_from_ = false;
  bool row_went_ = false;
  std::int64_t from_by_ = 0;  ///< rows that the anchor's first corner moved
};

}  // namespace

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

void move_drawing(PartChanges& changes, const std::string& key, const RowMap& map,
                  const FormulaPlace& place) {
  PartEditor part(changes, key);
  AnchorMover anchors(part, map);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    const std::string_view name = local_name(tag->name);
    for (const std::string_view link : {"textlink", "cellRange"}) {
      const auto shown = attribute(tag->attributes, link);
      if (!shown) continue;
      if (const auto moved = moved_formula(decode_xml(*shown), map, place)) {
        part.replace(*shown, encode_attribute(*moved));
      }
    }
    if (place.own_sheet) anchors.take(*tag, name);
  }
  part.finish();
}

void move_relation_links(PartChanges& changes, std::string_view part_key, const RowMap& map,
                         const FormulaPlace& place) {
  const std::string key = relations_part(part_key);
  if (changes.read(key) == nullptr) return;
  PartEditor part(changes, key);
  XmlCursor cursor(part.text());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    const auto target = attribute(tag->attributes, "Target");
    if (!target || !target->starts_with('#')) continue;
    const auto moved = moved_formula(decode_xml(target->substr(1)), map, place);
    if (moved && moved->find('#') == std::string::npos) {
      part.replace(target->substr(1), encode_attribute(*moved));
    }
  }
  part.finish();
}

}  // namespace tracker::workbook

#include "workbook/sheet_formulas.hpp"

#include <fmt/format.h>

#include <set>

namespace tracker::workbook {
namespace {

/// The <f> element inside a cell's text.
struct Element {
  XmlTag tag;
  std::size_t text_end = 0;
  std::size_t end = 0;
};

std::optional<Element> find_f(std::string_view cell) {
  XmlCursor cursor(cell);
  cursor.next();
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close || local_name(tag->name) != "f") continue;
    if (tag->kind == XmlTag::Kind::empty) return Element{*tag, tag->end, tag->end};
    const std::size_t end = cursor.skip_element(*tag);
    if (end == std::string_view::npos) return std::nullopt;
    return Element{*tag, cell.rfind("</", end - 1), end};
  }
  return std::nullopt;
}

/// One pass over the formulas of a sheet while rows move.
class Mover {
 public:
  Mover(const SheetIndex& sheet, const RowMap& map, const FormulaPlace& place)
      : sheet_(sheet), map_(map), place_(place), shared_(read_shared_formulas(sheet)) {}

  MovedFormulas run() {
    find_groups_to_expand();
    for (const RowIndex& row : sheet_.rows) {
      const bool goes = place_.own_sheet && map_.is_deleted(row.number);
      for (const CellIndex& cell : row.cells()) {
        const bool counts = goes ? cell.formula == FormulaKind::fixed_area : cell.has_formula();
        if (counts) move_cell(row, cell);
        if (result_.problem) return std::move(result_);
      }
    }
    return std::move(result_);
  }

 private:
  FormulaPlace place_of(std::uint32_t row) const {
    FormulaPlace place = place_;
    place.inside_body = place_.own_sheet && map_.body_first <= row && row <= map_.body_last;
    return place;
  }

  /// A shared formula is spelled out in all of its cells if one of them must change: rows that
  /// refer to other rows stop being equal to each other when rows between them go.
  void find_groups_to_expand() {
    for (const RowIndex& row : sheet_.rows) {
      for (const CellIndex& cell : row.cells()) {
        if (cell.formula != FormulaKind::shared) continue;
        const CellFormula formula = read_formula(row, cell);
        if (expanded_.contains(formula.shared_index)) continue;
        const CellAddress here{row.number, cell.column};
        const auto text = shared_.text_at(formula, here);
        const bool moves = place_.own_sheet && map_.row(row.number) != row.number;
        if (moves || (text && moved_formula(*text, map_, place_of(row.number)))) {
          expanded_.insert(formula.shared_index);
        }
      }
    }
  }

  void move_cell(const RowIndex& row, const CellIndex& cell) {
    const CellFormula formula = read_formula(row, cell);
    const CellAddress here{row.number, cell.column};
    if (cell.formula == FormulaKind::fixed_area) {
      move_area(row, cell, formula);
    } else if (cell.formula == FormulaKind::shared) {
      if (!expanded_.contains(formula.shared_index)) return;
      const auto text = shared_.text_at(formula, here);
      if (!text) return;
      const auto moved = moved_formula(*text, map_, place_of(row.number));
      add(row, cell, with_formula(row, cell, moved.value_or(*text), true, {}));
    } else if (const auto moved = moved_formula(formula.text, map_, place_of(row.number))) {
      add(row, cell, with_formula(row, cell, *moved, false, {}));
    }
  }

  void move_area(const RowIndex& row, const CellIndex& cell, const CellFormula& formula) {
    std::string ref = formula.ref;
    if (formula.is_what_if && place_.own_sheet && map_.shifts()) {
      result_.problem = "the sheet holds a what-if table";
      return;
    }
    if (const auto area = parse_range(ref); area && place_.own_sheet) {
      const auto moved = map_.range(*area, Growth::none);
      if (!moved && map_.is_deleted(row.number)) return;  // with all that it fills
      if (!moved || moved->last.row - moved->first.row != area->last.row - area->first.row) {
        result_.problem = fmt::format("the array formula in {} covers rows that would go", ref);
        return;
      }
      ref = to_string(*moved);
    }
    const auto moved = moved_formula(formula.text, map_, place_of(row.number));
    if (!moved && ref == formula.ref) return;
    add(row, cell, with_formula(row, cell, moved.value_or(formula.text), false, ref));
  }

  void add(const RowIndex& row, const CellIndex& cell, std::string xml) {
    result_.cells[row.number].push_back({cell.column, std::move(xml)});
  }

  const SheetIndex& sheet_;
  const RowMap& map_;
  FormulaPlace place_;
  SharedFormulas shared_;
  std::set<std::string> expanded_;
  MovedFormulas result_;
};

}  // namespace

CellFormula read_formula(const RowIndex& row, const CellIndex& cell) {
  CellFormula formula;
  const std::string_view text = row.text(cell);
  const std::optional<Element> element = find_f(text);
  if (!element) return formula;
  const std::string_view attributes = element->tag.attributes;
  formula.text = decode_xml(text.substr(element->tag.end, element->text_end - element->tag.end));
  if (cell.formula == FormulaKind::shared) {
    formula.shared_index = attribute(attributes, "si").value_or("");
  }
  formula.ref = attribute(attributes, "ref").value_or("");
  formula.is_what_if = attribute(attributes, "t") == "dataTable";
  return formula;
}

std::optional<std::string> SharedFormulas::text_at(const CellFormula& formula,
                                                   CellAddress place) const {
  if (!formula.text.empty()) return formula.text;
  const auto master = masters.find(formula.shared_index);
  if (master == masters.end()) return std::nullopt;
  return shifted_formula(
      master->second.text,
      static_cast<std::int64_t>(place.row) - static_cast<std::int64_t>(master->second.place.row),
      static_cast<std::int64_t>(place.column) -
          static_cast<std::int64_t>(master->second.place.column));
}

SharedFormulas read_shared_formulas(const SheetIndex& sheet) {
  SharedFormulas shared;
  for (const RowIndex& row : sheet.rows) {
    for (const CellIndex& cell : row.cells()) {
      if (cell.formula != FormulaKind::shared) continue;
      CellFormula formula = read_formula(row, cell);
      if (formula.text.empty()) continue;
      shared.masters[formula.shared_index] = {{row.number, cell.column}, std::move(formula.text)};
    }
  }
  return shared;
}

std::string with_formula(const RowIndex& row, const CellIndex& cell, std::string_view formula,
                         bool plain, std::string_view new_ref) {
  const std::string_view text = row.text(cell);
  const std::optional<Element> element = find_f(text);
  if (!element) return std::string(text);
  std::string tag = fmt::format("<{}", element->tag.name);
  if (!plain) {
    std::string attributes(element->tag.attributes);
    if (!new_ref.empty()) {
      if (const auto ref = attribute(attributes, "ref")) {
        attributes.replace(static_cast<std::size_t>(ref->data() - attributes.data()), ref->size(),
                           new_ref);
      }
    }
    tag += attributes;
  }
  const std::string inner = encode_xml(formula);
  const std::string whole =
      inner.empty() ? tag + "/>" : fmt::format("{}>{}</{}>", tag, inner, element->tag.name);
  return apply_edits(text, {{element->tag.begin, element->end - element->tag.begin, whole}});
}

MovedFormulas move_formulas(const SheetIndex& sheet, const RowMap& map, FormulaPlace place) {
  return Mover(sheet, map, place).run();
}

}  // namespace tracker::workbook

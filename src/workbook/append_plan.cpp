#include "workbook/append_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "workbook/cell_codec.hpp"
#include "workbook/region.hpp"
#include "workbook/sheet_formulas.hpp"
#include "workbook/sheet_frame.hpp"

namespace tracker::workbook {
namespace {

/// The old row that stands at `new_row` once rows are deleted (none inserted yet).
std::uint32_t old_row_at(const RowMap& map, std::uint32_t new_row) {
  std::uint32_t row = new_row;
  for (const std::uint32_t deleted : map.deleted) {
    if (deleted <= row) ++row;
  }
  return row;
}

/// Nothing of a person stands in the row; `columns` limits the look to a table's width.
bool is_free(const AppendContext& context, std::uint32_t number, const CellRange* columns) {
  const SheetIndex& index = *context.sheet.index;
  const RowIndex* row = index.find_row(number);
  if (row == nullptr || number == context.cleared_row) return true;
  const CellReader reader = context.state.cells_of(index);
  for (const CellIndex& cell : row->cells()) {
    if (columns != nullptr && (!columns->has_column(cell.column) || cell.has_formula())) continue;
    if (cell.has_formula() || !is_blank_cell(reader, *row, cell)) return false;
  }
  return true;
}

/// A merged cell or another table reaches into the rows?
bool is_covered(const AppendContext& context, const std::vector<CellRange>& merged,
                std::uint32_t row) {
  const auto holds = [row](const CellRange& area) {
    return area.first.row <= row && row <= area.last.row;
  };
  return std::ranges::any_of(merged, holds) ||
         std::ranges::any_of(context.sheet.tables,
                             [&](const TableInfo& table) { return holds(table.ref); });
}

std::uint32_t last_staying_row(const AppendContext& context, const RowMap& map) {
  for (std::uint32_t row = context.request.last_row; row > context.request.header_row; --row) {
    if (!map.is_deleted(row) && row != context.cleared_row) return row;
  }
  return 0;
}

std::vector<AppendTarget> free_table_rows(const AppendContext& context, const RowMap& map,
                                          std::uint32_t model_row, std::size_t count) {
  std::vector<AppendTarget> targets;
  const TableInfo* table = context.request.table;
  if (table == nullptr) return targets;
  std::uint32_t row = std::max(model_row + 1, table->body_first());
  for (; row <= table->body_last() && targets.size() < count; ++row) {
    if (map.is_deleted(row) || !is_free(context, row, &table->ref)) continue;
    const bool exists = context.sheet.index->find_row(row) != nullptr;
    targets.push_back({exists ? row : 0, *map.row(row)});
  }
  return targets;
}

/// The formula that a new row takes over in this column, moved to `target`; '' = none.
std::string calculated_formula(const AppendContext& context, const AppendPlaces& places,
                               std::uint32_t column, const AppendTarget& target) {
  const SheetIndex& index = *context.sheet.index;
  const TableInfo* table = context.request.table;
  std::string from_table;
  if (table != nullptr && table->ref.has_column(column)) {
    const std::size_t i = column - table->ref.first.column;
    if (i < table->formulas.size() && !has_references(table->formulas[i])) {
      from_table = table->formulas[i];
    }
  }
  const RowIndex* model = index.find_row(places.model_row);
  const CellIndex* cell = model == nullptr ? nullptr : model->find(column);
  if (cell == nullptr || !cell->has_formula() || cell->formula == FormulaKind::fixed_area) {
    return from_table;
  }
  const RowIndex* before = places.model_row > context.request.header_row + 1
                               ? index.find_row(places.model_row - 1)
                               : nullptr;
  const CellIndex* cell_before = before == nullptr ? nullptr : before->find(column);
  if (before != nullptr && (cell_before == nullptr || !cell_before->has_formula())) {
    return from_table;  // a single formula, not a calculated column
  }
  const CellAddress place{places.model_row, column};
  CellFormula formula = read_formula(*model, *cell);
  std::optional<std::string> text = formula.text;
  if (cell->formula == FormulaKind::shared && formula.text.empty()) {
    text = read_shared_formulas(index).text_at(formula, place);
  }
  if (!text) return from_table;
  const FormulaPlace here{
      .own_sheet = true, .sheet_name = context.sheet.entry.name, .inside_body = true};
  const std::string moved = moved_formula(*text, places.map, here).value_or(*text);
  const auto by = static_cast<std::int64_t>(target.new_row) -
                  static_cast<std::int64_t>(places.map.row(places.model_row).value_or(0));
  return shifted_formula(moved, by, 0);
}

/// "<row …>" like the model's, but visible and with its own number and cells.
std::string row_tag(const AppendContext& context, const RowIndex* model, std::uint32_t number,
                    const std::vector<NewCell>& cells) {
  const SheetIndex& index = *context.sheet.index;
  std::string tag = fmt::format("<{}row r=\"{}\"", index.prefix, number);
  if (model != nullptr) {
    const std::string_view old = model->tag();
    XmlCursor cursor(old);
    const std::optional<XmlTag> parsed = cursor.next();
    const auto spans = attribute(parsed->attributes, "spans");
    if (spans && !cells.empty()) {
      const auto grown = grown_spans(*spans, cells.front().column, cells.back().column);
      if (grown) tag += fmt::format(" spans=\"{}\"", *grown);
    }
    for (const std::string_view key :
         {"s", "customFormat", "ht", "customHeight", "outlineLevel", "thickTop", "thickBot"}) {
      if (const auto value = attribute(parsed->attributes, key)) {
        tag += fmt::format(" {}=\"{}\"", key, *value);
      }
    }
    if (const auto descent = attribute(parsed->attributes, "x14ac:dyDescent")) {
      tag += fmt::format(" x14ac:dyDescent=\"{}\"", *descent);
    }
  }
  return tag + ">";
}

}  // namespace

AppendPlaces place_appends(const AppendContext& context, const RowMap& map, std::size_t count) {
  const SheetRequest& request = context.request;
  AppendPlaces places;
  places.map = map;
  places.model_row = last_staying_row(context, map);
  places.targets = free_table_rows(context, map, places.model_row, count);
  places.in_table = places.targets.size();
  const auto below = static_cast<std::uint32_t>(count - places.in_table);
  if (below == 0) return places;
  std::uint32_t body_end = std::max(request.last_row, request.header_row);
  if (request.table != nullptr) body_end = std::max(body_end, request.table->body_last());
  const auto gone = static_cast<std::uint32_t>(std::ranges::upper_bound(map.deleted, body_end) -
                                               map.deleted.begin());
  const std::uint32_t first = body_end - gone + 1;
  const std::vector<CellRange> merged = merged_areas(*context.sheet.index);
  bool in_the_way = false;
  for (std::uint32_t i = 0; i < below && !in_the_way; ++i) {
    const std::uint32_t old_row = old_row_at(map, first + i);
    in_the_way = !is_free(context, old_row, nullptr) || is_covered(context, merged, old_row);
  }
  if (in_the_way) {
    places.map.inserted = below;
    places.map.insert_after = body_end;
  }
  for (std::uint32_t i = 0; i < below; ++i) {
    const std::uint32_t old_row = old_row_at(map, first + i);
    const bool exists = !in_the_way && context.sheet.index->find_row(old_row) != nullptr;
    places.targets.push_back({exists ? old_row : 0, first + i});
  }
  places.map.grows = true;
  places.map.new_body_first = map.body_first;
  places.map.new_body_last = first + below - 1;
  return places;
}

AppendedRow render_append(const AppendContext& context, const AppendPlaces& places,
                          CellWriter& writer, const AppendTarget& target,
                          const std::vector<CellRequest>& cells) {
  const SheetIndex& index = *context.sheet.index;
  const RowIndex* model = index.find_row(places.model_row);
  const RowIndex* old_row = target.old_row == 0 ? nullptr : index.find_row(target.old_row);
  AppendedRow result;
  std::map<std::uint32_t, NewCell> row;
  const auto model_cells = model == nullptr ? std::span<const CellIndex>() : model->cells();
  for (const CellIndex& cell : model_cells) {
    NewCell styled;
    styled.column = cell.column;
    styled.style = cell.style;
    styled.formula = calculated_formula(context, places, cell.column, target);
    const bool exists = old_row != nullptr && old_row->find(cell.column) != nullptr;
    if (exists && styled.formula.empty()) continue;
    const CellIndex* there = exists ? old_row->find(cell.column) : nullptr;
    if (there != nullptr && (there->has_formula() || there->value_length > 0)) continue;
    if (styled.style == 0 && styled.formula.empty()) continue;  // such a cell says nothing
    row[cell.column] = std::move(styled);
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const CellRequest& request = cells[i];
    const CellIndex* there = old_row == nullptr ? nullptr : old_row->find(request.column);
    const CellIndex* above = model == nullptr ? nullptr : model->find(request.column);
    const auto planned = row.find(request.column);
    const bool calculated = (planned != row.end() && !planned->second.formula.empty()) ||
                            (there != nullptr && there->has_formula());
    if (request.text.empty()) continue;
    if (calculated) {
      result.refused.emplace_back(i, "the column is calculated by a formula");
    } else if (length_in_utf16(request.text) > cell_length_max) {
      result.refused.emplace_back(
          i, "the text is longer than the 32,767 characters that a cell holds");
    } else {
      const Surroundings around{old_row != nullptr ? old_row : model, there, above};
      row[request.column] =
          writer.make(request.column, request.text, request.meaning, request.as_number, around);
    }
  }
  std::vector<NewCell> ordered;
  for (auto& [column, cell] : row) ordered.push_back(std::move(cell));
  if (old_row != nullptr) {
    for (NewCell& cell : ordered) writer.set(target.old_row, std::move(cell));
  } else {
    std::string tag = row_tag(context, model, target.new_row, ordered);
    writer.add_row(target.new_row, std::move(tag), std::move(ordered));
  }
  return result;
}

}  // namespace tracker::workbook

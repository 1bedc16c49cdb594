#include "workbook/cell_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "workbook/cell_codec.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

/// A person who edits such a text would make a formula of it: quotePrefix keeps it text.
bool looks_like_formula(const std::string& text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
}

bool holds_number(const CellIndex* cell) {
  return cell != nullptr && cell->value_length > 0 &&
         (cell->type == CellType::number || cell->type == CellType::date);
}

bool holds_text(const CellIndex* cell) {
  return cell != nullptr && cell->value_length > 0 &&
         (cell->type == CellType::shared_string || cell->type == CellType::inline_string ||
          cell->type == CellType::formula_string);
}

/// New strings would show in such a cell.
bool names_missing_string(const State& state) {
  return std::ranges::any_of(state.sheets, [&state](const SheetState& sheet) {
    return sheet.index && state.cells_of(*sheet.index).names_missing_string();
  });
}

std::uint32_t style_of_blank(const SheetIndex& sheet, const RowIndex* row, std::uint32_t column) {
  const auto number = [](const XmlTag& tag, std::string_view key) {
    return parse_number(attribute(tag.attributes, key).value_or("")).value_or(0);
  };
  if (row != nullptr) {
    XmlCursor cursor(row->tag());
    const std::optional<XmlTag> tag = cursor.next();
    if (tag && number(*tag, "s") != 0) return number(*tag, "s");
  }
  XmlCursor cursor(sheet.frame, 0, sheet.data_open);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    const bool holds = local_name(tag->name) == "col" && number(*tag, "min") <= column &&
                       column <= number(*tag, "max");
    if (holds) return number(*tag, "style");
  }
  return 0;
}

}  // namespace

NewCell CellWriter::make(std::uint32_t column, const std::string& text, Meaning meaning,
                         bool as_number, const Surroundings& around) const {
  const State& state = changes_.state();
  const auto& [row, old, above] = around;
  NewCell cell;
  cell.column = column;
  cell.style = old != nullptr     ? old->style
               : above != nullptr ? above->style
                                  : style_of_blank(sheet_, row, column);
  const bool old_is_blank = old == nullptr || old->value_length == 0;
  const CellIndex* model = old_is_blank ? above : old;
  const bool numeric = as_number || holds_number(model);
  const bool boolean = model != nullptr && model->type == CellType::boolean;
  cell.value = value_for(text, state.styles->format(cell.style), meaning, state.package.date_base,
                         numeric, boolean);
  if (holds_text(model)) cell.text_type = model->type;
  if (cell.text_type == CellType::shared_string && !state.strings->text) {
    cell.text_type = CellType::inline_string;
  }
  return cell;
}

template <class Use>
void CellWriter::for_each_cell(Use use) {
  for (auto& [row, cells] : cells_) {
    for (NewCell& cell : cells) use(cell);
  }
  for (auto& [row, content] : rows_) {
    for (NewCell& cell : content.cells) use(cell);
  }
}

Status CellWriter::add_strings() {
  std::vector<std::string> texts;
  for_each_cell([&texts](const NewCell& cell) {
    if (cell.value.kind == CellValue::Kind::text && cell.formula.empty() &&
        cell.text_type == CellType::shared_string) {
      texts.push_back(cell.value.raw);
    }
  });
  if (texts.empty()) return {};
  const State& state = changes_.state();
  TRY(SharedAdditions additions, add_shared_strings(*state.strings, texts, texts.size()));
  string_index_ = std::move(additions.index_of);
  if (additions.part.empty()) return {};
  if (!names_missing_string(state)) {
    changes_.set(state.package.shared_strings_part, std::move(additions.part));
    return {};
  }
  for_each_cell([this, &state](NewCell& cell) {
    const auto found = string_index_.find(cell.value.raw);
    if (cell.text_type == CellType::shared_string && found != string_index_.end() &&
        found->second >= state.strings->items.size()) {
      cell.text_type = CellType::inline_string;
    }
  });
  return {};
}

void CellWriter::add_quote_prefixes() {
  const Styles& styles = *changes_.state().styles;
  std::vector<NewCell*> wanting;
  std::vector<std::uint32_t> asked;
  for_each_cell([&](NewCell& cell) {
    if (cell.value.kind == CellValue::Kind::text && cell.formula.empty() &&
        looks_like_formula(cell.value.raw) && !styles.quote_prefix(cell.style) &&
        styles.format(cell.style).kind != NumberFormat::Kind::text) {
      wanting.push_back(&cell);
      asked.push_back(cell.style);
    }
  });
  if (asked.empty()) return;
  std::optional<QuoteStyles> added = add_quote_styles(styles, asked);
  if (!added) return;  // the cell is text all the same
  for (std::size_t i = 0; i < wanting.size(); ++i) wanting[i]->style = added->style_of[i];
  if (!added->part.empty()) {
    changes_.set(changes_.state().package.styles_part, std::move(added->part));
  }
}

std::string CellWriter::cell_xml(const NewCell& cell, std::uint32_t row) const {
  const std::string& p = sheet_.prefix;
  const std::string open =
      fmt::format("<{}c r=\"{}\"{}", p, to_string(CellAddress{row, cell.column}),
                  cell.style == 0 ? "" : fmt::format(" s=\"{}\"", cell.style));
  if (!cell.formula.empty()) {
    return fmt::format("{1}><{0}f>{2}</{0}f></{0}c>", p, open, encode_xml(cell.formula));
  }
  switch (cell.value.kind) {
    case CellValue::Kind::empty:
      return open + "/>";
    case CellValue::Kind::number:
      return fmt::format("{1}><{0}v>{2}</{0}v></{0}c>", p, open, cell.value.raw);
    case CellValue::Kind::boolean:
      return fmt::format("{1} t=\"b\"><{0}v>{2}</{0}v></{0}c>", p, open, cell.value.raw);
    case CellValue::Kind::text:
      break;
  }
  if (cell.text_type == CellType::shared_string) {
    return fmt::format("{1} t=\"s\"><{0}v>{2}</{0}v></{0}c>", p, open,
                       string_index_.at(cell.value.raw));
  }
  if (cell.text_type == CellType::formula_string) {
    return fmt::format("{1} t=\"str\"><{0}v{3}>{2}</{0}v></{0}c>", p, open,
                       encode_xml(encode_escapes(cell.value.raw)),
                       needs_preserve(cell.value.raw) ? " xml:space=\"preserve\"" : "");
  }
  return fmt::format("{1} t=\"inlineStr\"><{0}is>{2}</{0}is></{0}c>", p, open,
                     text_element(p, cell.value.raw));
}

void CellWriter::note(std::uint32_t row, std::uint32_t column) {
  if (extent_.first.row == 0) extent_ = {{row, column}, {row, column}};
  extent_.first.row = std::min(extent_.first.row, row);
  extent_.first.column = std::min(extent_.first.column, column);
  extent_.last.row = std::max(extent_.last.row, row);
  extent_.last.column = std::max(extent_.last.column, column);
}

std::string CellWriter::row_xml(const Row& row, std::uint32_t number) {
  std::string xml = row.open_tag;
  for (const NewCell& cell : row.cells) {
    xml += cell_xml(cell, number);
    note(number, cell.column);
  }
  return xml + "</" + sheet_.prefix + "row>";
}

Status CellWriter::finish(SheetChange& change) {
  CHECK_OK(add_strings());
  add_quote_prefixes();
  for (auto& [old_row, cells] : cells_) {
    std::ranges::sort(cells, {}, &NewCell::column);
    const std::optional<std::uint32_t> number = change.map.row(old_row);
    if (!number) continue;
    const RowIndex* row = sheet_.find_row(old_row);
    if (row == nullptr) {
      std::erase_if(cells, [](const NewCell& cell) {
        return cell.value.kind == CellValue::Kind::empty && cell.formula.empty();
      });
      if (cells.empty()) continue;
      rows_[*number] = {fmt::format("<{}row r=\"{}\">", sheet_.prefix, *number), cells};
      continue;
    }
    std::vector<CellXml>& target = change.cells[old_row];
    for (const NewCell& cell : cells) {
      target.push_back({cell.column, cell_xml(cell, old_row)});
      // a cell that is there already has its place, whatever the dimension says
      if (row->find(cell.column) == nullptr) note(*number, cell.column);
    }
  }
  for (const auto& [number, row] : rows_) change.new_rows[number] = row_xml(row, number);
  return {};
}

}  // namespace tracker::workbook

#include "workbook/read_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/large_memory.hpp"
#include "core/stored_text.hpp"
#include "core/text.hpp"
#include "workbook/region.hpp"
#include "workbook/token.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

/// A shared string of a megabyte that stands in every cell is a bomb, not a list.
constexpr std::size_t text_total_max = 256U << 20U;

std::unexpected<Error> too_much_text(const SheetState& sheet) {
  return fail(ErrorCode::too_large, "the sheet's texts are larger than 256 MiB in all", {},
              "sheet " + sheet.entry.name);
}

/// What a column of the sheet feeds: one slot per column, so that a cell is dispatched at once.
struct Slot {
  enum class Kind : std::uint8_t { none, field, measured, id, extra };
  Kind kind = Kind::none;
  std::size_t index = 0;
};

std::vector<Slot> slots_of(const Region& region) {
  std::vector<Slot> slots(columns_max + 1);
  for (std::size_t i = 0; i < region.extra_columns.size(); ++i) {
    slots[region.extra_columns[i].first] = {Slot::Kind::extra, i};
  }
  for (std::size_t i = 0; i < measured_column_count; ++i) {
    slots[region.measured_columns[i]] = {Slot::Kind::measured, i};
  }
  for (std::size_t i = 0; i < field_count; ++i) {
    slots[region.field_columns[i]] = {Slot::Kind::field, i};
  }
  slots[region.id_column] = {Slot::Kind::id, 0};
  slots[0] = {};
  return slots;
}

std::optional<std::int64_t> parse_id(const std::string& text) {
  std::int64_t id = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, id);
  if (text.empty() || error != std::errc() || end != last || id <= 0) return std::nullopt;
  return id;
}

/// At most `extra_length_max` characters.
std::string shortened(std::string text) {
  if (text.size() <= extra_length_max || length_in_characters(text) <= extra_length_max) {
    return text;
  }
  std::size_t count = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (starts && count++ == extra_length_max) break;
  }
  text.resize(at);
  return text;
}

void read_row(const CellReader& reader, const Region& region, const std::vector<Slot>& slots,
              const RowIndex& row, ImageRow& result) {
  result.row_number = row.number;
  const auto put = [&](const CellIndex& cell, std::string& target) {
    if (const auto in_place = reader.text_in_place(row, cell)) {
      target.assign(*in_place);
    } else {
      target = reader.text(row, cell, region.meaning(cell.column));
    }
  };
  for (const CellIndex& cell : row.cells()) {
    const Slot slot = slots[cell.column];
    if (slot.kind == Slot::Kind::none) continue;
    switch (slot.kind) {
      case Slot::Kind::field:
        put(cell, result.cells[slot.index]);
        result.formula[slot.index] = cell.has_formula();
        result.uncalculated[slot.index] =
            cell.has_formula() && cell.value_length == 0 && cell.type != CellType::formula_string;
        break;
      case Slot::Kind::measured:
        put(cell, result.measured[slot.index]);
        break;
      case Slot::Kind::id:
        result.tracker_id = parse_id(reader.text(row, cell, Meaning::plain));
        break;
      case Slot::Kind::extra: {
        std::string text = without_control_characters(reader.text(row, cell, Meaning::plain));
        if (!text.empty()) {
          result.extra[region.extra_columns[slot.index].second] = shortened(std::move(text));
        }
        break;
      }
      case Slot::Kind::none:
        break;
    }
  }
}

/// Text of the first element with this local name in a small part.
std::string property(const State& state, std::string_view part, std::string_view element) {
  const std::string* text = state.read(part);
  if (text == nullptr) return {};
  XmlCursor cursor(*text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind != XmlTag::Kind::open || local_name(tag->name) != element) continue;
    const std::size_t end = text->find("</", tag->end);
    if (end == std::string::npos) break;
    return canonical(decode_xml(text->substr(tag->end, end - tag->end)));
  }
  return {};
}

/// A sheet that somebody copied has the same headings in the same row; '' = there is none.
std::string second_list(const State& state, const SheetState& used, std::uint32_t header_row) {
  const std::size_t named = fields_named(state.cells_of(*used.index), header_row);
  for (const SheetState& other : state.sheets) {
    const bool seen = &other != &used && !other.entry.hidden && !other.problem;
    if (!seen || fields_named(state.cells_of(*other.index), header_row) < named) continue;
    return fmt::format(
        "sheets \"{0}\" and \"{1}\" both look like the list of shots; \"{0}\" is "
        "used; set WORKBOOK_SHEET",
        used.entry.name, other.entry.name);
  }
  return {};
}

std::string missing_columns(const Image& image) {
  std::string names;
  for (const Field field : all_fields) {
    if (image.columns[index(field)]) continue;
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", spec(field).header);
  }
  const bool one = image.columns.count() + 1 == field_count;
  return fmt::format("there is no column {}: {} left alone on both sides until {} back", names,
                     one ? "it is" : "they are", one ? "its heading is" : "their headings are");
}

}  // namespace

Result<Image> read_image(const State& state, const ReadOptions& options) {
  TRY(const SheetState* sheet, state.find_sheet(options.sheet));
  const CellReader reader = state.cells_of(*sheet->index);
  TRY(Region region, find_region(reader, *sheet, options));
  Image image;
  image.sheet_name = sheet->entry.name;
  image.header_row = region.header_row;
  for (std::size_t i = 0; i < field_count; ++i) {
    image.columns[i] = region.field_columns[i] != 0;
    image.column_letters[i] = column_letters(region.field_columns[i]);
  }
  image.headers = region.headers;
  for (std::size_t i = 0; i < measured_column_count; ++i) {
    image.measured_columns[i] = region.measured_columns[i] != 0;
  }
  image.has_id_column = region.id_column != 0;
  const std::vector<Slot> slots = slots_of(region);
  reserve_large(image.rows, region.data_rows.size());
  std::size_t total = 0;
  for (const std::uint32_t i : region.data_rows) {
    read_row(reader, region, slots, sheet->index->rows[i], image.rows.emplace_back());
    for (const std::string& text : image.rows.back().cells) total += text.size();
    if (total > text_total_max) return too_much_text(*sheet);
  }
  image.token = read_token(state);
  const std::string author = property(state, state.package.core_part, "lastModifiedBy");
  image.last_modified_by = beginning(without_control_characters(author), author_bytes_max);
  image.application = property(state, state.package.app_part, "Application");
  image.warnings = std::move(region.warnings);
  if (options.sheet.empty()) {
    std::string twice = second_list(state, *sheet, region.header_row);
    if (!twice.empty()) image.warnings.push_back(std::move(twice));
  }
  if (!image.columns.all()) image.warnings.push_back(missing_columns(image));
  return image;
}

Result<std::vector<GridRow>> read_grid(const State& state, std::string_view name) {
  TRY(const SheetState* sheet, state.find_sheet(name));
  const SheetIndex& index = *sheet->index;
  const CellReader reader = state.cells_of(index);
  std::vector<GridRow> rows;
  std::size_t total = 0;
  for (const RowIndex& row : index.rows) {
    GridRow out;
    out.row_number = row.number;
    for (const CellIndex& cell : row.cells()) {
      std::string text = reader.text(row, cell, Meaning::plain);
      if (text.empty() && !cell.has_formula()) continue;
      total += text.size();
      if (total > text_total_max) return too_much_text(*sheet);
      out.cells.push_back({column_letters(cell.column), std::move(text), cell.has_formula()});
    }
    if (!out.cells.empty()) rows.push_back(std::move(out));
  }
  return rows;
}

}  // namespace tracker::workbook

#include "workbook/region.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/stored_text.hpp"
#include "core/text.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

constexpr std::size_t header_search_rows = 200;
constexpr std::size_t better_within_rows = 10;
constexpr std::uint32_t header_search_columns = 1024;
constexpr std::string_view tracker_id_header = "tracker id";

/// Folded header texts of the columns that we measure, indexed by MeasuredColumn.
constexpr std::array<std::array<std::string_view, 6>, measured_column_count> measured_headers{{
    {"frames", "frame count", "frames total", "length (frames)", "number of frames", "frame"},
    {"duration", "duration (s)", "duration (sec)", "duration seconds", "seconds", "length (s)"},
    {"fps", "frame rate", "framerate", "frames per second", "rate (fps)", ""},
    {"version", "ver", "latest version", "media version", "newest version", ""},
    {"missing", "missing frames", "frames missing", "", "", ""},
    {"problem", "problems", "media problem", "measuring problem", "", ""},
}};

struct Header {
  std::uint32_t column = 0;
  std::string text;
  std::string folded_text;
};

/// Position of the header among the field's synonyms: the first is the best.
std::size_t rank(Field field, const std::string& folded_text) {
  const auto& synonyms = spec(field).sheet_headers;
  return static_cast<std::size_t>(std::ranges::find(synonyms, folded_text) - synonyms.begin());
}

/// As field_by_header(), of a text that is folded already.
std::optional<Field> field_of(const Header& header) {
  for (const Field field : all_fields) {
    if (rank(field, header.folded_text) < spec(field).sheet_headers.size()) return field;
  }
  return std::nullopt;
}

std::vector<Header> read_headers(const CellReader& reader, const RowIndex& row) {
  std::vector<Header> headers;
  for (const CellIndex& cell : row.cells()) {
    if (cell.column > header_search_columns) break;
    std::string text = without_control_characters(reader.text(row, cell, Meaning::plain));
    if (text.empty()) continue;
    headers.push_back({cell.column, std::move(text), {}});
    headers.back().folded_text = folded(headers.back().text);
  }
  return headers;
}

/// How many fields a row of headers names; 0 if it can't be the header row.
std::size_t score(const std::vector<Header>& headers) {
  std::set<Field> fields;
  for (const Header& header : headers) {
    if (const auto field = field_of(header)) fields.insert(*field);
  }
  const bool has_key = fields.contains(Field::scene) || fields.contains(Field::shot);
  return has_key && fields.size() >= 2 ? fields.size() : 0;
}

bool belongs_to_another_table(const SheetState& sheet, const TableInfo* own, std::uint32_t row,
                              std::uint32_t column) {
  return std::ranges::any_of(sheet.tables, [&](const TableInfo& table) {
    return &table != own && table.ref.first.row <= row && row <= table.ref.last.row &&
           table.ref.has_column(column);
  });
}

void assign_columns(Region& region, const std::vector<Header>& headers,
                    const ReadOptions& options) {
  std::array<std::size_t, field_count> best{};
  best.fill(SIZE_MAX);
  for (const Header& header : headers) {  // which column each field takes
    const auto field = field_of(header);
    if (!field) continue;
    const std::size_t place = rank(*field, header.folded_text);
    if (place >= best[index(*field)]) continue;
    best[index(*field)] = place;
    region.field_columns[index(*field)] = header.column;
    region.headers[index(*field)] = header.text;
  }
  const std::string id_header =
      options.id_column == "auto" ? std::string(tracker_id_header) : folded(options.id_column);
  std::set<std::string> extra_names;
  for (const Header& header : headers) {
    if (std::ranges::find(region.field_columns, header.column) != region.field_columns.end()) {
      continue;
    }
    if (options.id_column != "none" && region.id_column == 0 && header.folded_text == id_header) {
      region.id_column = header.column;
      continue;
    }
    bool is_measured = false;
    for (std::size_t i = 0; i < measured_column_count && !is_measured; ++i) {
      is_measured =
          region.measured_columns[i] == 0 &&
          std::ranges::find(measured_headers[i], header.folded_text) != measured_headers[i].end();
      if (is_measured) region.measured_columns[i] = header.column;
    }
    if (is_measured || header.folded_text == tracker_id_header) continue;
    if (!extra_names.insert(header.text).second) {
      region.warnings.push_back(fmt::format("column {} has the same header as another: {}",
                                            column_letters(header.column), header.text));
    } else if (region.extra_columns.size() < extra_columns_max) {
      region.extra_columns.emplace_back(header.column, header.text);
    }
  }
}

/// Finds the header row and what its columns mean.
Result<Region> find_header(const CellReader& reader, const SheetState& sheet,
                           const ReadOptions& options) {
  const SheetIndex& cells = reader.sheet;
  std::size_t best_score = 0;
  std::size_t best_row = 0;
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < cells.rows.size() && looked_at < header_search_rows; ++i) {
    if (cells.rows[i].cell_count == 0) continue;
    // a title may stand above the header, but a better header is not far below one
    if (best_score > 0 && i > best_row + better_within_rows) break;
    ++looked_at;
    const std::size_t found = score(read_headers(reader, cells.rows[i]));
    if (found > best_score) {
      best_score = found;
      best_row = i;
    }
  }
  if (best_score == 0) {
    return fail(ErrorCode::not_found, "no header row was found",
                "one row must hold the column headers, among them Scene and Shot",
                "sheet " + sheet.entry.name);
  }
  Region region;
  const RowIndex& row = cells.rows[best_row];
  region.header_row = region.last_row = row.number;
  std::vector<Header> headers = read_headers(reader, row);
  for (const TableInfo& table : sheet.tables) {
    const bool covers = table.header_rows == 1 && table.ref.first.row == row.number;
    const auto named = std::ranges::count_if(headers, [&](const Header& header) {
      return table.ref.has_column(header.column) && field_of(header);
    });
    if (covers && named >= 2 && region.table == nullptr) region.table = &table;
  }
  std::erase_if(headers, [&](const Header& header) {
    return belongs_to_another_table(sheet, region.table, row.number, header.column);
  });
  assign_columns(region, headers, options);
  return region;
}

bool has_sum(const RowIndex& row, const CellIndex& cell) {
  if (!cell.has_formula()) return false;
  const std::string_view text = row.text(cell);
  return std::ranges::any_of(
      std::array<std::string_view, 5>{"SUM(", "SUBTOTAL(", "COUNT", "AVERAGE(", "AGGREGATE("},
      [text](std::string_view name) { return text.find(name) != std::string_view::npos; });
}

struct RowContent {
  bool has_entry = false;  // any of the eight fields, or an id
  bool has_key = false;    // scene or shot
  bool is_total = false;
};

/// A person typed something there: no blank, no sum over the column.
bool is_typed(const CellReader& reader, const RowIndex& row, std::uint32_t column) {
  const CellIndex* cell = column == 0 ? nullptr : row.find(column);
  return cell != nullptr && !is_blank_cell(reader, row, *cell) && !has_sum(row, *cell);
}

bool says_total(const std::string& text) {
  constexpr std::array<std::string_view, 6> words{"total",    "totals",    "sum",
                                                  "subtotal", "sub total", "grand total"};
  std::string word = folded(text);
  if (word.ends_with(':')) word.pop_back();
  return std::ranges::find(words, word) != words.end();
}

RowContent look_at(const CellReader& reader, const Region& region, const RowIndex& row) {
  RowContent content;
  const bool has_scene = is_typed(reader, row, region.column(Field::scene));
  const bool has_shot = is_typed(reader, row, region.column(Field::shot));
  content.has_key = has_scene || has_shot;
  content.has_entry = content.has_key;
  if (has_scene && has_shot) return content;
  bool has_sums = false;
  bool is_first = true;
  for (const CellIndex& cell : row.cells()) {
    if (is_blank_cell(reader, row, cell)) continue;
    const auto place = std::ranges::find(region.field_columns, cell.column);
    const bool is_field = place != region.field_columns.end();
    if (is_field || cell.column == region.id_column) content.has_entry = true;
    if (has_sum(row, cell)) has_sums = true;
    if (is_first && cell.type != CellType::number) {
      content.is_total = says_total(reader.text(row, cell, Meaning::plain));
    }
    is_first = false;
  }
  content.is_total = content.is_total || (has_sums && !content.has_key);
  return content;
}

void find_rows(const CellReader& reader, Region& region) {
  const std::vector<RowIndex>& rows = reader.sheet.rows;
  const std::uint32_t table_end = region.table != nullptr ? region.table->body_last() : 0;
  const bool has_totals = region.table != nullptr && region.table->totals_rows > 0;
  std::vector<std::uint32_t> drafts;  // data only if an entry follows below
  std::uint32_t end = std::max(region.header_row, table_end);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const RowIndex& row = rows[i];
    if (row.number <= region.header_row || row.cell_count == 0) continue;
    const bool in_table = row.number <= table_end;
    if (!in_table && region.table != nullptr && (has_totals || row.number > end + 1)) break;
    const RowContent content = look_at(reader, region, row);
    if (!content.has_entry || (content.is_total && !in_table)) continue;
    const bool joins = in_table || content.has_key || row.number == region.last_row + 1;
    if (!joins || (region.table != nullptr && !in_table && !content.has_key)) {
      drafts.push_back(i);
      continue;
    }
    region.data_rows.insert(region.data_rows.end(), drafts.begin(), drafts.end());
    drafts.clear();
    region.data_rows.push_back(i);
    region.last_row = row.number;
    end = std::max(end, row.number);
  }
}

/// A row that a person typed: scene or shot and more, or right below the table anything and more.
bool looks_like_entry(const CellReader& reader, const Region& region, const RowIndex& row,
                      bool right_below) {
  const auto typed = std::ranges::count_if(
      region.field_columns, [&](std::uint32_t column) { return is_typed(reader, row, column); });
  if (typed < 2) return false;
  const RowContent content = look_at(reader, region, row);
  return !content.is_total && (content.has_key || right_below);
}

/// Whoever leaves a blank row between hopes for nothing else than that these are entries too.
void tell_rows_below(const CellReader& reader, const SheetState& sheet, Region& region) {
  if (region.table == nullptr) return;
  const std::uint32_t end = std::max(region.body_end(), region.table->ref.last.row);
  std::uint32_t first = 0;
  std::size_t count = 0;
  for (const RowIndex& row : reader.sheet.rows) {
    if (row.number <= end || row.cell_count == 0) continue;
    if (!looks_like_entry(reader, region, row, row.number == end + 1)) continue;
    if (score(read_headers(reader, row)) > 0) break;  // another list begins
    const auto elsewhere = [&](std::uint32_t column) {
      return belongs_to_another_table(sheet, region.table, row.number, column);
    };
    if (std::ranges::any_of(region.field_columns, elsewhere)) continue;
    if (count++ == 0) first = row.number;
  }
  if (count == 1) {
    region.warnings.push_back(fmt::format(
        "row {} stands below the table and is not read; move it up into the table", first));
  } else if (count > 1) {
    region.warnings.push_back(
        fmt::format("row {} and {} more stand below the table and are not read; move them up into "
                    "the table",
                    first, count - 1));
  }
}

}  // namespace

bool is_blank_cell(const CellReader& reader, const RowIndex& row, const CellIndex& cell) {
  if (const auto in_place = reader.text_in_place(row, cell)) return in_place->empty();
  return reader.text(row, cell, Meaning::plain).empty();
}

std::size_t fields_named(const CellReader& reader, std::uint32_t row_number) {
  const auto row = std::ranges::find(reader.sheet.rows, row_number, &RowIndex::number);
  return row == reader.sheet.rows.end() ? 0 : score(read_headers(reader, *row));
}

Result<Region> find_region(const CellReader& reader, const SheetState& sheet,
                           const ReadOptions& options) {
  TRY(Region region, find_header(reader, sheet, options));
  find_rows(reader, region);
  tell_rows_below(reader, sheet, region);
  return region;
}

}  // namespace tracker::workbook

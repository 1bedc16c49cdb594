#include "workbook/sheet_index.hpp"

#include <algorithm>
#include <span>

#include "core/large_memory.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {

const RowIndex* SheetIndex::find_row(std::uint32_t number) const {
  const auto found = std::ranges::lower_bound(rows, number, {}, &RowIndex::number);
  return found != rows.end() && found->number == number ? &*found : nullptr;
}

const CellIndex* SheetIndex::find_cell(const RowIndex& row, std::uint32_t column) const {
  const std::span<const CellIndex> all(cells.data() + row.first_cell, row.cell_count);
  if (all.empty()) return nullptr;
  const std::size_t place = column - all.front().column;  // where no cell before it is missing
  if (place < all.size() && all[place].column == column) return &all[place];
  const auto found = std::ranges::find(all, column, &CellIndex::column);
  return found == all.end() ? nullptr : &*found;
}

namespace {

constexpr const char* what_broken = "the sheet's XML is broken";

/// Finds <sheetData> and fills in prefix and its place.
Status locate_data(SheetIndex& sheet) {
  XmlCursor cursor(*sheet.text);
  const std::optional<XmlTag> root = cursor.next();
  if (!root) return fail(ErrorCode::corrupt, what_broken);
  if (local_name(root->name) != "worksheet") {
    return fail(ErrorCode::unsupported, "this sheet is not a worksheet");
  }
  sheet.prefix = root->name.substr(0, root->name.size() - std::string_view("worksheet").size());
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close) break;
    if (tag->name == sheet.prefix + "sheetData") {
      sheet.data_open = tag->begin;
      sheet.data_begin = sheet.data_end = sheet.tail_begin = tag->end;
      if (tag->kind == XmlTag::Kind::open) sheet.tail_begin = 0;
      return {};
    }
    if (cursor.skip_element(*tag) == std::string_view::npos) break;
  }
  return fail(ErrorCode::corrupt, "the sheet has no sheetData");
}

void note_order(SheetIndex& sheet, const RowIndex& row, std::uint32_t previous) {
  if (row.number <= previous || row.number > rows_max) sheet.ascending = false;
  for (std::uint32_t i = 1; i < row.cell_count; ++i) {
    if (sheet.cells[row.first_cell + i].column <= sheet.cells[row.first_cell + i - 1].column) {
      sheet.ascending = false;
    }
  }
}

}  // namespace

Result<SheetIndex> index_sheet(std::shared_ptr<const std::string> text) {
  SheetIndex sheet;
  sheet.text = std::move(text);
  CHECK_OK(locate_data(sheet));
  if (sheet.data_is_empty_tag()) return sheet;
  const std::string_view whole = *sheet.text;
  std::uint32_t previous = 0;
  std::size_t at = sheet.data_begin;
  // a guess from typical cells, so that the vectors grow rarely
  reserve_large(sheet.cells, std::min<std::size_t>(whole.size() / 24, cells_max));
  const std::string row_tag = "<" + sheet.prefix + "row";
  while (true) {
    if (!whole.substr(at).starts_with(row_tag)) {
      XmlCursor cursor(whole, at);
      const std::optional<XmlTag> tag = cursor.next();
      if (!tag) return fail(ErrorCode::corrupt, what_broken);
      at = tag->begin;
      if (tag->kind == XmlTag::Kind::close) {
        sheet.data_end = at;
        sheet.tail_begin = tag->end;
        return sheet;
      }
    }
    const RowIndex row = index_row(whole, at, sheet.prefix, previous + 1, sheet.cells);
    if (sheet.cells.size() > cells_max) {
      return fail(ErrorCode::too_large, "the sheet has more than 2,000,000 cells");
    }
    if (row.length == 0) return fail(ErrorCode::corrupt, what_broken);
    note_order(sheet, row, previous);
    previous = row.number;
    at = row.begin + row.length;
    sheet.rows.push_back(row);
  }
}

}  // namespace tracker::workbook

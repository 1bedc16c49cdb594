#include "workbook/sheet_index.hpp"

#include <algorithm>
#include <span>

#include "core/large_memory.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

/// A block that others follow is at least so long, in bytes: one piece when it is deflated.
constexpr std::size_t block_size = 64U << 10U;

}  // namespace

const CellIndex* RowIndex::find(std::uint32_t column) const {
  const std::span<const CellIndex> all = cells();
  if (all.empty()) return nullptr;
  const std::size_t place = column - all.front().column;  // where no cell before it is missing
  if (place < all.size() && all[place].column == column) return &all[place];
  const auto found = std::ranges::find(all, column, &CellIndex::column);
  return found == all.end() ? nullptr : &*found;
}

const RowIndex* SheetIndex::find_row(std::uint32_t number) const {
  const auto found = std::ranges::lower_bound(rows, number, {}, &RowIndex::number);
  return found != rows.end() && found->number == number ? &*found : nullptr;
}

std::vector<std::string_view> SheetIndex::chunks() const {
  const std::string_view all = frame;
  std::vector<std::string_view> chunks{all.substr(0, data_begin)};
  chunks.reserve(blocks.size() + 2);
  for (const BlockPointer& block : blocks) chunks.push_back(block->text);
  chunks.push_back(all.substr(data_begin));
  return chunks;
}

bool same_text(const SheetIndex& one, const SheetIndex& other) {
  if (one.data_begin != other.data_begin || one.frame != other.frame) return false;
  const auto size = [](const SheetIndex& sheet) {
    std::size_t sum = 0;
    for (const BlockPointer& block : sheet.blocks) sum += block->text.size();
    return sum;
  };
  if (size(one) != size(other)) return false;
  // Blocks may be cut at other places: both texts are walked through side by side.
  std::string_view left;
  std::string_view right;
  auto next = other.blocks.begin();
  for (const BlockPointer& block : one.blocks) {
    left = block->text;
    while (!left.empty()) {
      if (right.empty()) right = (*next++)->text;
      const std::size_t length = std::min(left.size(), right.size());
      if (left.data() != right.data() && left.substr(0, length) != right.substr(0, length)) {
        return false;
      }
      left.remove_prefix(length);
      right.remove_prefix(length);
    }
  }
  return true;
}

std::vector<BlockPointer> make_blocks(const std::shared_ptr<const RowMemory>& memory,
                                      std::size_t begin, std::size_t end,
                                      std::span<RowIndex> rows) {
  std::vector<BlockPointer> blocks;
  const std::string_view text = *memory->text;
  const std::span<const CellIndex> cells = memory->cells;
  blocks.reserve((end - begin) / block_size + 1);
  std::size_t first = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row_end = std::size_t{rows[i].begin} + rows[i].length;
    const bool is_last = i + 1 == rows.size();
    if (row_end - begin < block_size && !is_last) continue;
    const std::size_t block_end = is_last ? end : row_end;
    const std::uint32_t first_cell = rows[first].first_cell;
    const std::uint32_t last_cell = rows[i].first_cell + rows[i].cell_count;
    blocks.push_back(std::make_shared<const RowBlock>(
        RowBlock{memory, text.substr(begin, block_end - begin),
                 cells.subspan(first_cell, last_cell - first_cell)}));
    for (; first <= i; ++first) {
      rows[first].block = blocks.back().get();
      rows[first].begin -= static_cast<std::uint32_t>(begin);
      rows[first].first_cell -= first_cell;
    }
    begin = block_end;
  }
  return blocks;
}

namespace {

constexpr const char* what_broken = "the sheet's XML is broken";

/// Finds <sheetData> and fills in prefix and its place.
Status locate_data(SheetIndex& sheet, std::string_view text) {
  XmlCursor cursor(text);
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
      sheet.data_begin = sheet.tail_begin = tag->end;
      if (tag->kind == XmlTag::Kind::open) sheet.tail_begin = 0;
      return {};
    }
    if (cursor.skip_element(*tag) == std::string_view::npos) break;
  }
  return fail(ErrorCode::corrupt, "the sheet has no sheetData");
}

bool is_ascending(std::span<const CellIndex> cells) {
  for (std::size_t i = 1; i < cells.size(); ++i) {
    if (cells[i].column <= cells[i - 1].column) return false;
  }
  return true;
}

}  // namespace

Result<SheetIndex> index_sheet(const std::shared_ptr<const std::string>& text) {
  SheetIndex sheet;
  const std::string_view whole = *text;
  CHECK_OK(locate_data(sheet, whole));
  if (sheet.data_is_empty_tag()) {
    sheet.frame = whole;
    return sheet;
  }
  const auto memory = std::make_shared<RowMemory>(RowMemory{text, {}});
  std::vector<CellIndex>& cells = memory->cells;
  std::uint32_t previous = 0;
  std::size_t at = sheet.data_begin;
  std::size_t rows_end = at;
  // a guess from typical cells, so that the vectors grow rarely
  reserve_large(cells, std::min<std::size_t>(whole.size() / 24, cells_max));
  const std::string row_tag = "<" + sheet.prefix + "row";
  while (true) {
    if (!whole.substr(at).starts_with(row_tag)) {
      XmlCursor cursor(whole, at);
      const std::optional<XmlTag> tag = cursor.next();
      if (!tag) return fail(ErrorCode::corrupt, what_broken);
      at = tag->begin;
      if (tag->kind == XmlTag::Kind::close) {
        sheet.tail_begin = tag->end - (rows_end - sheet.data_begin);
        break;
      }
    }
    const RowIndex row = index_row(whole, at, sheet.prefix, previous + 1, cells);
    if (cells.size() > cells_max) {
      return fail(ErrorCode::too_large, "the sheet has more than 2,000,000 cells");
    }
    if (row.length == 0) return fail(ErrorCode::corrupt, what_broken);
    if (row.number <= previous || row.number > rows_max) sheet.ascending = false;
    if (!is_ascending(std::span(cells).subspan(row.first_cell))) sheet.ascending = false;
    previous = row.number;
    at = rows_end = std::size_t{row.begin} + row.length;
    sheet.rows.push_back(row);
  }
  sheet.frame = whole.substr(0, sheet.data_begin);
  sheet.frame += whole.substr(rows_end);
  sheet.blocks = make_blocks(memory, sheet.data_begin, rows_end, sheet.rows);
  return sheet;
}

}  // namespace tracker::workbook

#include "workbook/sheet_rewrite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace tracker::workbook {
namespace {

/// The tag's text with its row number replaced in the r attribute ("A12" or "12").
std::string renumbered_tag(std::string_view tag, std::uint32_t number) {
  const std::size_t name_end = std::min(tag.find_first_of(" />\n\r\t", 1), tag.size());
  const std::size_t close = tag.ends_with("/>") ? tag.size() - 2 : tag.size() - 1;
  std::string out(tag);
  if (const auto address = attribute(tag.substr(name_end, close - name_end), "r")) {
    const std::size_t digits = std::min(address->find_first_of("0123456789"), address->size());
    const auto at = static_cast<std::size_t>(address->data() - tag.data()) + digits;
    out.replace(at, address->size() - digits, std::to_string(number));
  }
  return out;
}

/// Past the '>' of the tag that `xml` begins with.
std::size_t tag_length(std::string_view xml) {
  XmlCursor cursor(xml);
  const std::optional<XmlTag> tag = cursor.next();
  return tag ? tag->end : xml.size();
}

class Writer {
 public:
  Writer(const SheetIndex& sheet, const SheetChange& change) : sheet_(sheet), change_(change) {}

  SheetPointer run() {
    write_frame();
    constexpr std::size_t room = 1000;  // for what is added, so that the vector grows rarely
    result_->rows.reserve(sheet_.rows.size() + room);
    std::size_t first = 0;
    for (const BlockPointer& block : sheet_.blocks) {
      std::size_t last = first;
      while (last < sheet_.rows.size() && sheet_.rows[last].block == block.get()) ++last;
      if (is_untouched(first, last)) {
        close_block();
        keep(block, first, last);
      } else {
        write_rows(block->text, first, last);
        if (out_.size() >= close_at) close_block();
      }
      first = last;
    }
    while (next_new_ != change_.new_rows.end()) add_row(next_new_++->second);
    close_block();
    return result_;
  }

 private:
  static constexpr std::size_t close_at = 256U << 10U;  ///< bytes; cut into blocks then

  std::vector<TextEdit> frame_edits(bool of_tail) const {
    std::vector<TextEdit> edits;
    for (const TextEdit& edit : change_.frame) {
      const bool in_tail = edit.offset >= sheet_.tail_begin;
      if (in_tail != of_tail) continue;
      edits.push_back(edit);
      if (in_tail) edits.back().offset -= sheet_.tail_begin;
    }
    return edits;
  }

  void write_frame() {
    const std::string_view frame = sheet_.frame;
    const std::string_view tag =
        frame.substr(sheet_.data_open, sheet_.data_begin - sheet_.data_open);
    const bool is_opened = sheet_.data_is_empty_tag() && !change_.new_rows.empty();
    std::string& out = result_->frame;
    out = apply_edits(frame.substr(0, sheet_.data_open), frame_edits(false));
    result_->prefix = sheet_.prefix;
    result_->data_open = out.size();
    out += is_opened ? std::string(tag.substr(0, tag.size() - 2)) + ">" : std::string(tag);
    result_->data_begin = out.size();
    out +=
        is_opened
            ? "</" + sheet_.prefix + "sheetData>"
            : std::string(frame.substr(sheet_.data_begin, sheet_.tail_begin - sheet_.data_begin));
    result_->tail_begin = out.size();
    out += apply_edits(frame.substr(sheet_.tail_begin), frame_edits(true));
  }

  /// Do the rows [first, last) stay what and where they are, and together?
  bool is_untouched(std::size_t first, std::size_t last) const {
    if (first == last) return true;
    const std::uint32_t end = sheet_.rows[last - 1].number;
    if (next_new_ != change_.new_rows.end() && next_new_->first < end) return false;
    const auto edited = change_.cells.lower_bound(sheet_.rows[first].number);
    if (edited != change_.cells.end() && edited->first <= end) return false;
    return std::all_of(
        sheet_.rows.begin() + static_cast<std::ptrdiff_t>(first),
        sheet_.rows.begin() + static_cast<std::ptrdiff_t>(last),
        [this](const RowIndex& row) { return change_.map.row(row.number) == row.number; });
  }

  void keep(const BlockPointer& block, std::size_t first, std::size_t last) {
    result_->blocks.push_back(block);
    result_->rows.insert(result_->rows.end(),
                         sheet_.rows.begin() + static_cast<std::ptrdiff_t>(first),
                         sheet_.rows.begin() + static_cast<std::ptrdiff_t>(last));
    first_open_ = result_->rows.size();
  }

  /// What was written since becomes blocks of the new sheet.
  void close_block() {
    if (first_open_ == result_->rows.size()) return;
    const std::size_t size = out_.size();
    const auto memory = std::make_shared<const RowMemory>(
        RowMemory{std::make_shared<const std::string>(std::move(out_)), std::move(cells_)});
    const auto blocks = make_blocks(memory, 0, size, std::span(result_->rows).subspan(first_open_));
    result_->blocks.insert(result_->blocks.end(), blocks.begin(), blocks.end());
    first_open_ = result_->rows.size();
    out_ = {};
    cells_ = {};
  }

  /// The rows [first, last) of a block and the new rows before each.
  void write_rows(std::string_view text, std::size_t first, std::size_t last) {
    std::size_t gap_begin = 0;  // white space between rows goes with the row
    std::size_t run_begin = first;
    for (std::size_t i = first; i < last; ++i) {
      const RowIndex& row = sheet_.rows[i];
      const std::optional<std::uint32_t> number = change_.map.row(row.number);
      const auto cells = change_.cells.find(row.number);
      const auto has_new_before = [&] {
        return number && next_new_ != change_.new_rows.end() && next_new_->first < *number;
      };
      const bool same = number == row.number && cells == change_.cells.end();
      if (!same || has_new_before()) {
        copy_run(text, run_begin, i, gap_begin);
        if (run_begin < i) gap_begin = end_of(i - 1);
        run_begin = i;
      }
      while (has_new_before()) add_row(next_new_++->second);
      if (same) continue;
      if (number) {
        out_ += text.substr(gap_begin, row.begin - gap_begin);
        if (cells != change_.cells.end()) {
          add_row(edited_row(row, *number, cells->second));
        } else if (!add_moved_row(row, *number)) {
          add_row(edited_row(row, *number, {}));
        }
      }
      gap_begin = end_of(i);
      run_begin = i + 1;
    }
    copy_run(text, run_begin, last, gap_begin);
  }

  std::size_t end_of(std::size_t i) const {
    return std::size_t{sheet_.rows[i].begin} + sheet_.rows[i].length;
  }

  /// Rows [from, to) of a block as they are, with the gaps before them.
  void copy_run(std::string_view text, std::size_t from, std::size_t to, std::size_t gap_begin) {
    if (from >= to) return;
    const auto moved = static_cast<std::uint32_t>(out_.size() - gap_begin);  // may wrap
    out_ += text.substr(gap_begin, end_of(to - 1) - gap_begin);
    for (std::size_t i = from; i < to; ++i) {
      RowIndex row = sheet_.rows[i];
      const std::span<const CellIndex> cells = row.cells();
      row.begin += moved;
      row.first_cell = static_cast<std::uint32_t>(cells_.size());
      cells_.insert(cells_.end(), cells.begin(), cells.end());
      result_->rows.push_back(row);
    }
  }

  void add_row(std::string_view xml) {
    const std::size_t begin = out_.size();
    out_ += xml;
    const std::uint32_t expected = result_->rows.empty() ? 1 : result_->rows.back().number + 1;
    result_->rows.push_back(index_row(out_, begin, sheet_.prefix, expected, cells_));
  }

  /// A row that only gets another number, written as nearly all are: <row r="7" …><c r="A7" …>.
  /// False, and nothing is added, for any other form.
  bool add_moved_row(const RowIndex& row, std::uint32_t number) {
    const std::string_view text = row.text();
    const std::string old_end = fmt::format("{}\"", row.number);
    const std::string new_end = fmt::format("{}\"", number);
    const std::string row_open = fmt::format("<{}row r=\"", sheet_.prefix);
    const std::string cell_open = fmt::format("<{}c r=\"", sheet_.prefix);
    const std::size_t begin = out_.size();
    const std::size_t first_cell = cells_.size();
    const auto by = static_cast<std::uint32_t>(new_end.size() - old_end.size());  // wraps: -1
    if (!text.starts_with(row_open + old_end)) return false;
    out_ += row_open;
    out_ += new_end;
    std::size_t at = row_open.size() + old_end.size();
    for (std::uint32_t i = 0; i < row.cell_count; ++i) {
      CellIndex cell = row.cells()[i];
      std::size_t digits = cell.offset + cell_open.size();
      while (digits < text.size() && text[digits] >= 'A' && text[digits] <= 'Z') ++digits;
      if (!text.substr(cell.offset).starts_with(cell_open) ||
          !text.substr(digits).starts_with(old_end)) {
        out_.resize(begin);
        cells_.resize(first_cell);
        return false;
      }
      out_ += text.substr(at, digits - at);
      out_ += new_end;
      at = digits + old_end.size();
      cell.offset += by * (i + 1);
      cell.length += by;
      if (cell.value_offset > 0) cell.value_offset += by;
      cells_.push_back(cell);
    }
    out_ += text.substr(at);
    result_->rows.push_back({nullptr, static_cast<std::uint32_t>(begin),
                             static_cast<std::uint32_t>(out_.size() - begin), row.tag_length + by,
                             number, static_cast<std::uint32_t>(first_cell), row.cell_count});
    return true;
  }

  /// "<row …>" with its new number and with spans that hold the columns; never self-closing.
  std::string row_tag(const RowIndex& row, std::uint32_t number,
                      const std::vector<CellXml>& edits) const {
    std::string tag(row.tag());
    const std::size_t name_end = 1 + sheet_.prefix.size() + 3;
    const auto attributes = [&] { return std::string_view(tag).substr(name_end); };
    if (!edits.empty()) {
      if (const auto spans = attribute(attributes(), "spans")) {
        if (const auto grown = grown_spans(*spans, edits.front().column, edits.back().column)) {
          tag.replace(static_cast<std::size_t>(spans->data() - tag.data()), spans->size(), *grown);
        }
      }
    }
    if (const auto r = attribute(attributes(), "r")) {
      if (number != row.number) {
        tag.replace(static_cast<std::size_t>(r->data() - tag.data()), r->size(),
                    std::to_string(number));
      }
    } else if (number != row.number) {
      tag.insert(name_end, fmt::format(" r=\"{}\"", number));
    }
    if (tag.ends_with("/>")) tag.replace(tag.size() - 2, 2, ">");
    return tag;
  }

  std::string renumbered(std::string_view cell, bool moved, std::uint32_t number) const {
    if (!moved) return std::string(cell);
    const std::size_t length = tag_length(cell);
    return renumbered_tag(cell.substr(0, length), number) + std::string(cell.substr(length));
  }

  std::string edited_row(const RowIndex& row, std::uint32_t number,
                         const std::vector<CellXml>& edits) const {
    const std::string_view text = row.text();
    const bool moved = number != row.number;
    std::string out = row_tag(row, number, edits);
    std::size_t at = row.tag_length;
    auto edit = edits.begin();
    for (const CellIndex& cell : row.cells()) {
      while (edit != edits.end() && edit->column < cell.column) {
        out += renumbered(edit++->xml, moved, number);
      }
      out += text.substr(at, cell.offset - at);
      if (edit != edits.end() && edit->column == cell.column) {
        out += renumbered(edit++->xml, moved, number);
      } else {
        out += renumbered(text.substr(cell.offset, cell.length), moved, number);
      }
      at = cell.offset + cell.length;
    }
    while (edit != edits.end()) out += renumbered(edit++->xml, moved, number);
    if (row.tag().ends_with("/>")) {
      out += "</" + sheet_.prefix + "row>";
    } else {
      out += text.substr(at);
    }
    return out;
  }

  const SheetIndex& sheet_;
  const SheetChange& change_;
  std::map<std::uint32_t, std::string>::const_iterator next_new_ = change_.new_rows.begin();
  std::shared_ptr<SheetIndex> result_ = std::make_shared<SheetIndex>();
  // Rows of the result that are in no block yet.
  std::size_t first_open_ = 0;
  std::string out_;
  std::vector<CellIndex> cells_;
};

}  // namespace

SheetPointer rewrite_sheet(const SheetIndex& sheet, const SheetChange& change) {
  return Writer(sheet, change).run();
}

}  // namespace tracker::workbook

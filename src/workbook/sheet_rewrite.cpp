#include "workbook/sheet_rewrite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/large_memory.hpp"

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
    const std::string_view text = *sheet_.text;
    reserve_large(out_, text.size() + text.size() / 16 + 4096);
    constexpr std::size_t room = 1000;  // for what is added, so that the vectors grow rarely
    result_->rows.reserve(sheet_.rows.size() + room);
    reserve_large(result_->cells, sheet_.cells.size() + room);
    write_head(text);
    write_rows(text);
    result_->data_end = out_.size();
    if (sheet_.data_is_empty_tag()) {
      if (!result_->rows.empty()) {
        out_ += "</" + sheet_.prefix + "sheetData>";
      } else {
        result_->data_end = result_->data_begin;
      }
    } else {
      out_ += text.substr(sheet_.data_end, sheet_.tail_begin - sheet_.data_end);
    }
    result_->tail_begin = out_.size();
    out_ += apply_edits(text.substr(sheet_.tail_begin), frame_edits(true));
    result_->text = std::make_shared<const std::string>(std::move(out_));
    return result_;
  }

 private:
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

  void write_head(std::string_view text) {
    out_ += apply_edits(text.substr(0, sheet_.data_open), frame_edits(false));
    result_->prefix = sheet_.prefix;
    result_->data_open = out_.size();
    const std::string_view tag =
        text.substr(sheet_.data_open, sheet_.data_begin - sheet_.data_open);
    if (sheet_.data_is_empty_tag() && !change_.new_rows.empty()) {
      out_ += tag.substr(0, tag.size() - 2);
      out_ += '>';
    } else {
      out_ += tag;
    }
    result_->data_begin = out_.size();
  }

  void write_rows(std::string_view text) {
    auto next_new = change_.new_rows.begin();
    std::size_t gap_begin = sheet_.data_begin;  // white space between rows goes with the row
    std::size_t run_begin = 0;
    for (std::size_t i = 0; i < sheet_.rows.size(); ++i) {
      const RowIndex& row = sheet_.rows[i];
      const std::optional<std::uint32_t> number = change_.map.row(row.number);
      const auto cells = change_.cells.find(row.number);
      const bool has_new_before =
          next_new != change_.new_rows.end() && number && next_new->first < *number;
      const bool same = number == row.number && cells == change_.cells.end();
      if (!same || has_new_before) {
        copy_run(text, run_begin, i, gap_begin);
        if (run_begin < i) gap_begin = end_of(i - 1);
        run_begin = i;
      }
      while (number && next_new != change_.new_rows.end() && next_new->first < *number) {
        add_row(next_new++->second);
      }
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
    copy_run(text, run_begin, sheet_.rows.size(), gap_begin);
    if (run_begin < sheet_.rows.size()) gap_begin = end_of(sheet_.rows.size() - 1);
    while (next_new != change_.new_rows.end()) add_row(next_new++->second);
    if (!sheet_.data_is_empty_tag()) out_ += text.substr(gap_begin, sheet_.data_end - gap_begin);
  }

  std::size_t end_of(std::size_t i) const { return sheet_.rows[i].begin + sheet_.rows[i].length; }

  /// Rows [from, to) as they are, with the gaps before them.
  void copy_run(std::string_view text, std::size_t from, std::size_t to, std::size_t gap_begin) {
    if (from >= to) return;
    const std::size_t target = out_.size();
    out_ += text.substr(gap_begin, end_of(to - 1) - gap_begin);
    const auto first_cell = sheet_.rows[from].first_cell;
    const auto last_cell = sheet_.rows[to - 1].first_cell + sheet_.rows[to - 1].cell_count;
    const auto cells_before = static_cast<std::uint32_t>(result_->cells.size());
    result_->cells.insert(result_->cells.end(), sheet_.cells.begin() + first_cell,
                          sheet_.cells.begin() + last_cell);
    for (std::size_t i = from; i < to; ++i) {
      RowIndex row = sheet_.rows[i];
      row.begin = row.begin - gap_begin + target;
      row.first_cell = row.first_cell - first_cell + cells_before;
      result_->rows.push_back(row);
    }
  }

  void add_row(std::string_view xml) {
    const std::size_t begin = out_.size();
    out_ += xml;
    const std::uint32_t expected = result_->rows.empty() ? 1 : result_->rows.back().number + 1;
    result_->rows.push_back(index_row(out_, begin, sheet_.prefix, expected, result_->cells));
  }

  /// A row that only gets another number, written as nearly all are: <row r="7" …><c r="A7" …>.
  /// False, and nothing is added, for any other form.
  bool add_moved_row(const RowIndex& row, std::uint32_t number) {
    const std::string_view text = sheet_.row_text(row);
    const std::string old_end = fmt::format("{}\"", row.number);
    const std::string new_end = fmt::format("{}\"", number);
    const std::string row_open = fmt::format("<{}row r=\"", sheet_.prefix);
    const std::string cell_open = fmt::format("<{}c r=\"", sheet_.prefix);
    const std::size_t begin = out_.size();
    const std::size_t first_cell = result_->cells.size();
    const auto by = static_cast<std::uint32_t>(new_end.size() - old_end.size());  // wraps: -1
    if (!text.starts_with(row_open + old_end)) return false;
    out_ += row_open;
    out_ += new_end;
    std::size_t at = row_open.size() + old_end.size();
    for (std::uint32_t i = 0; i < row.cell_count; ++i) {
      CellIndex cell = sheet_.cells[row.first_cell + i];
      std::size_t digits = cell.offset + cell_open.size();
      while (digits < text.size() && text[digits] >= 'A' && text[digits] <= 'Z') ++digits;
      if (!text.substr(cell.offset).starts_with(cell_open) ||
          !text.substr(digits).starts_with(old_end)) {
        out_.resize(begin);
        result_->cells.resize(first_cell);
        return false;
      }
      out_ += text.substr(at, digits - at);
      out_ += new_end;
      at = digits + old_end.size();
      cell.offset += by * (i + 1);
      cell.length += by;
      if (cell.value_offset > 0) cell.value_offset += by;
      result_->cells.push_back(cell);
    }
    out_ += text.substr(at);
    result_->rows.push_back({begin, static_cast<std::uint32_t>(out_.size() - begin),
                             row.tag_length + by, number, static_cast<std::uint32_t>(first_cell),
                             row.cell_count});
    return true;
  }

  /// "<row …>" with its new number and with spans that hold the columns; never self-closing.
  std::string row_tag(const RowIndex& row, std::uint32_t number,
                      const std::vector<CellXml>& edits) const {
    const std::string_view old = sheet_.row_text(row).substr(0, row.tag_length);
    std::string tag(old);
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
    const std::string_view text = sheet_.row_text(row);
    const bool moved = number != row.number;
    std::string out = row_tag(row, number, edits);
    std::size_t at = row.tag_length;
    auto edit = edits.begin();
    for (std::uint32_t i = 0; i < row.cell_count; ++i) {
      const CellIndex& cell = sheet_.cells[row.first_cell + i];
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
    if (text.substr(0, row.tag_length).ends_with("/>")) {
      out += "</" + sheet_.prefix + "row>";
    } else {
      out += text.substr(at);
    }
    return out;
  }

  const SheetIndex& sheet_;
  const SheetChange& change_;
  std::shared_ptr<SheetIndex> result_ = std::make_shared<SheetIndex>();
  std::string out_;
};

}  // namespace

SheetPointer rewrite_sheet(const SheetIndex& sheet, const SheetChange& change) {
  return Writer(sheet, change).run();
}

}  // namespace tracker::workbook

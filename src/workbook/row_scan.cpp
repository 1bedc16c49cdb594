// One row of a worksheet: its tag and its cells, by a scanner over raw bytes with a quick path for
// the form that nearly every cell has.
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "workbook/sheet_index.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

/// A cursor over raw bytes. Every read is checked against the end; `ok` turns false for good at
/// the first breach.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t position, std::string_view prefix)
      : begin_(text.data()),
        at_(text.data() + position),
        end_(text.data() + text.size()),
        prefix_(prefix) {}

  bool ok() const { return ok_; }
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

  /// Goes to the next '<' that opens or closes an element.
  bool to_tag() {
    while (ok_) {
      at_ = find('<');
      if (at_ == end_ || left() < 2) return ok_ = false;
      if (at_[1] != '!' && at_[1] != '?') return true;
      skip_markup();
    }
    return false;
  }

  void seek(const char* position) { at_ = position; }

  bool at_close() const { return at_[1] == '/'; }

  /// At "<prefix:name" followed by a blank, '/' or '>'? Steps past the name if so.
  bool take_open(std::string_view name) {
    const std::size_t length = 1 + prefix_.size() + name.size();
    if (left() <= length) return false;
    if (!prefix_.empty() && std::memcmp(at_ + 1, prefix_.data(), prefix_.size()) != 0) return false;
    const char* own = at_ + 1 + prefix_.size();
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (own[i] != name[i]) return false;
    }
    const char after = at_[length];
    if (after != ' ' && after != '>' && after != '/' && after != '\n' && after != '\r' &&
        after != '\t') {
      return false;
    }
    at_ += length;
    return true;
  }

  /// Hands each attribute to `use`; steps past '>'. True if the element is empty ("/>").
  template <class Use>
  bool take_attributes(Use use) {
    while (at_ < end_) {
      const char c = *at_;
      if (c == '>') return ++at_, false;
      if (c == '/') return skip_to('>'), true;
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        ++at_;
        continue;
      }
      const char* name = at_;
      const char* name_end = at_ = find('=');
      while (at_ < end_ && *at_ != '"' && *at_ != '\'') ++at_;
      if (at_ >= end_) break;
      const char* value = at_ + 1;
      const char quote = *at_++;
      at_ = find(quote);
      if (at_ >= end_) break;
      ++at_;
      while (name_end > name && name_end[-1] == ' ') --name_end;
      use(std::string_view(name, static_cast<std::size_t>(name_end - name)),
          std::string_view(value, static_cast<std::size_t>(at_ - 1 - value)));
    }
    ok_ = false;
    return true;
  }

  /// Steps past "</prefix:name>" and returns where it began; everything before it is skipped.
  std::size_t take_until_close(std::string_view name) {
    while (to_tag()) {
      const std::size_t place = position();
      const std::size_t length = 2 + prefix_.size() + name.size();
      if (at_close() && left() > length &&
          (prefix_.empty() || std::memcmp(at_ + 2, prefix_.data(), prefix_.size()) == 0) &&
          std::string_view(at_ + 2 + prefix_.size(), name.size()) == name &&
          (at_[length] == '>' || at_[length] == ' ' || at_[length] == '\n')) {
        skip_to('>');
        return place;
      }
      ++at_;
    }
    return 0;
  }

  void skip_to(char c) {
    at_ = find(c);
    if (at_ == end_) {
      ok_ = false;
      return;
    }
    ++at_;
  }

  /// Over an element that nobody asked for, at its '<'.
  void skip_unknown() {
    XmlCursor cursor(std::string_view(begin_, static_cast<std::size_t>(end_ - begin_)), position());
    const std::optional<XmlTag> tag = cursor.next();
    if (!tag || tag->kind == XmlTag::Kind::close) {
      ok_ = false;
      return;
    }
    const std::size_t after = cursor.skip_element(*tag);
    if (after == std::string_view::npos) {
      ok_ = false;
      return;
    }
    at_ = begin_ + after;
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  /// Values and names in cells are short: a call of memchr for each costs more than this loop.
  const char* find(char c) const {
    constexpr std::ptrdiff_t short_length = 24;
    const char* near = end_ - at_ > short_length ? at_ + short_length : end_;
    for (const char* p = at_; p < near; ++p) {
      if (*p == c) return p;
    }
    if (near == end_) return end_;
    const void* found = std::memchr(near, c, static_cast<std::size_t>(end_ - near));
    return found == nullptr ? end_ : static_cast<const char*>(found);
  }

  void skip_markup() {
    const std::string_view rest(at_, left());
    std::string_view closing = ">";
    if (rest.starts_with("<!--")) closing = "-->";
    if (rest.starts_with("<![CDATA[")) closing = "]]>";
    const std::size_t end = rest.find(closing);
    if (end == std::string_view::npos) {
      ok_ = false;
      return;
    }
    at_ += end + closing.size();
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::string_view prefix_;
  bool ok_ = true;
};

CellType type_of(std::string_view text) {
  if (text == "s") return CellType::shared_string;
  if (text == "inlineStr") return CellType::inline_string;
  if (text == "str") return CellType::formula_string;
  if (text == "b") return CellType::boolean;
  if (text == "e") return CellType::error;
  if (text == "d") return CellType::date;
  return CellType::number;
}

std::uint32_t quick_number(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9' || value > 100'000'000) return 0;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

/// Column of "AB12"; 0 if there is none.
std::uint32_t quick_column(std::string_view address) {
  std::uint32_t column = 0;
  for (const char c : address) {
    const auto letter = static_cast<unsigned char>(static_cast<unsigned char>(c) | 0x20U);
    if (letter < 'a' || letter > 'z') break;
    column = column * 26 + (letter - 'a' + 1U);
    if (column > columns_max) return 0;
  }
  return column;
}

/// The children of <c>: formula, value, inline string.
void read_cell_body(Scanner& scanner, std::size_t cell_begin, CellIndex& cell) {
  const auto ignore = [](std::string_view, std::string_view) {};
  while (scanner.to_tag()) {
    if (scanner.at_close()) {
      scanner.skip_to('>');
      return;
    }
    if (scanner.take_open("v")) {
      if (scanner.take_attributes(ignore)) continue;
      const std::size_t begin = scanner.position();
      const std::size_t end = scanner.take_until_close("v");
      if (!scanner.ok()) return;
      cell.value_offset = static_cast<std::uint32_t>(begin - cell_begin);
      cell.value_length = static_cast<std::uint32_t>(end - begin);
    } else if (scanner.take_open("f")) {
      cell.formula = FormulaKind::plain;
      const auto note = [&cell](std::string_view name, std::string_view value) {
        if (name == "t" && value == "shared") cell.formula = FormulaKind::shared;
        if (name == "t" && (value == "array" || value == "dataTable")) {
          cell.formula = FormulaKind::fixed_area;
        }
      };
      if (!scanner.take_attributes(note)) scanner.take_until_close("f");
    } else if (scanner.take_open("is")) {
      if (scanner.take_attributes(ignore)) continue;
      const std::size_t begin = scanner.position();
      const std::size_t end = scanner.take_until_close("is");
      if (!scanner.ok()) return;
      cell.value_offset = static_cast<std::uint32_t>(begin - cell_begin);
      cell.value_length = static_cast<std::uint32_t>(end - begin);
    } else {
      scanner.skip_unknown();
    }
  }
}

/// `"<row number>\""` as eight bytes, to be compared in one step.
struct RowDigits {
  std::uint64_t bytes = 0;
  std::uint64_t mask = 0;
  std::size_t length = 0;

  explicit RowDigits(std::uint32_t number) {
    std::array<char, 16> text{};
    char* const end = std::to_chars(text.data(), text.data() + 10, number).ptr;
    *end = '"';
    length = static_cast<std::size_t>(end - text.data()) + 1;
    constexpr std::string_view all("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    if (length > all.size()) return;  // beyond the last row of any sheet: compares as unequal
    std::memcpy(&mask, all.data(), length);
    std::memcpy(&bytes, text.data(), length);
  }

  bool stand_at(const char* p) const {
    std::uint64_t there = 0;
    std::memcpy(&there, p, sizeof there);
    return (there & mask) == bytes && mask != 0;
  }
};

template <std::size_t size>
bool stands(const char* p, const char (&text)[size]) {
  return std::memcmp(p, text, size - 1) == 0;  // a constant length: one or two loads
}

/// How many of the eight bytes at `p` stand before the first '<'; 8 if none is one.
std::ptrdiff_t bytes_before_tag(const char* p) {
  std::uint64_t there = 0;
  std::memcpy(&there, p, sizeof there);
  constexpr std::uint64_t ones = 0x0101010101010101U;
  const std::uint64_t zero_where_tag = there ^ (ones * '<');
  const std::uint64_t marks = (zero_where_tag - ones) & ~zero_where_tag & (ones << 7U);
  return std::countr_zero(marks) / 8;
}

/// The form that nearly every cell has: <c r="B3" s="5" t="s"><v>12</v></c> or <c r="B3" s="5"/>.
/// Appends it in one go and gives the position past it; nullptr for any other form, which the
/// general code reads.
const char* quick_cell(const char* const begin, const char* end, const char* row_begin,
                       const RowDigits& row, std::vector<CellIndex>& cells) {
  constexpr std::ptrdiff_t longest = 96;  // so that one check covers all that follows
  if (end - begin < longest || !stands(begin, "<c r=\"")) return nullptr;
  const char* p = begin + 6;
  std::uint32_t column = 0;
  for (; *p >= 'A' && *p <= 'Z' && p < begin + 9; ++p) {
    column = column * 26 + static_cast<std::uint32_t>(*p - 'A' + 1);
  }
  if (column == 0 || column > columns_max || !row.stand_at(p)) return nullptr;
  p += row.length;
  std::uint32_t style = 0;
  if (stands(p, " s=\"")) {
    p += 4;
    for (int digits = 0; *p >= '0' && *p <= '9' && digits < 8; ++p, ++digits) {
      style = style * 10 + static_cast<std::uint32_t>(*p - '0');
    }
    if (*p++ != '"') return nullptr;
  }
  CellType type = CellType::number;
  if (stands(p, " t=\"s\"")) {
    type = CellType::shared_string;
    p += 6;
  } else if (stands(p, " t=\"n\"")) {
    p += 6;
  }
  const char* value = begin;
  std::ptrdiff_t value_length = 0;
  if (p[0] == '/' && p[1] == '>') {
    p += 2;
  } else if (stands(p, "><v>")) {
    value = p += 4;
    for (std::ptrdiff_t step = 8; step == 8 && p < begin + longest - 16; p += step) {
      step = bytes_before_tag(p);
    }
    value_length = p - value;
    if (!stands(p, "</v></c>")) return nullptr;
    p += 8;
  } else {
    return nullptr;
  }
  const auto distance = [](const char* from, const char* to) {
    return static_cast<std::uint32_t>(to - from);
  };
  cells.emplace_back(distance(row_begin, begin), distance(begin, p), distance(begin, value),
                     static_cast<std::uint32_t>(value_length), style,
                     static_cast<std::uint16_t>(column), type);
  return p;
}

/// Any form of <c>, past its name. Gives the column, 0 if its address is broken.
std::uint32_t read_cell(Scanner& scanner, std::size_t cell_begin, std::uint32_t counted,
                        CellIndex& cell) {
  cell = {};
  std::uint32_t column = counted;
  const bool is_empty = scanner.take_attributes([&](std::string_view name, std::string_view value) {
    if (name == "r") {
      column = quick_column(value);
    } else if (name == "s") {
      cell.style = quick_number(value);
    } else if (name == "t") {
      cell.type = type_of(value);
    }
  });
  if (!is_empty) read_cell_body(scanner, cell_begin, cell);
  return column;
}

}  // namespace

RowIndex index_row(std::string_view text, std::size_t begin, std::string_view prefix,
                   std::uint32_t expected, std::vector<CellIndex>& cells) {
  RowIndex row;
  row.begin = static_cast<std::uint32_t>(begin);
  row.number = expected;
  row.first_cell = static_cast<std::uint32_t>(cells.size());
  Scanner scanner(text, begin, prefix);
  if (!scanner.to_tag() || !scanner.take_open("row")) return row;
  const bool empty = scanner.take_attributes([&row](std::string_view name, std::string_view value) {
    if (name == "r") row.number = quick_number(value);
  });
  row.tag_length = static_cast<std::uint32_t>(scanner.position() - begin);
  const RowDigits digits(row.number);
  const char* const row_begin = text.data() + begin;
  const char* const end = text.data() + text.size();
  std::uint32_t next_column = 1;
  while (!empty) {
    if (prefix.empty()) {
      const char* at = text.data() + scanner.position();
      while (const char* next = quick_cell(at, end, row_begin, digits, cells)) at = next;
      scanner.seek(at);
      if (cells.size() > row.first_cell) next_column = cells.back().column + 1U;
    }
    if (cells.size() > cells_max) return row;
    if (!scanner.to_tag()) break;
    if (scanner.at_close()) {
      scanner.skip_to('>');
      break;
    }
    const char* const at = text.data() + scanner.position();
    if (!scanner.take_open("c")) {
      scanner.skip_unknown();
      continue;
    }
    CellIndex cell;
    const std::uint32_t column =
        read_cell(scanner, static_cast<std::size_t>(at - text.data()), next_column, cell);
    if (!scanner.ok() || column == 0 || column > columns_max) return row;
    cell.column = static_cast<std::uint16_t>(column);
    cell.offset = static_cast<std::uint32_t>(at - row_begin);
    cell.length = static_cast<std::uint32_t>(text.data() + scanner.position() - at);
    next_column = cell.column + 1U;
    cells.push_back(cell);
  }
  if (scanner.ok()) row.length = static_cast<std::uint32_t>(scanner.position() - begin);
  row.cell_count = static_cast<std::uint32_t>(cells.size()) - row.first_cell;
  return row;
}

}  // namespace tracker::workbook

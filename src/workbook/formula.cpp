#include "workbook/formula.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

using Corner = Reference::Corner;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '$' || c == '\\' || c == '?' || static_cast<unsigned char>(c) >= 0x80;
}

/// "$A$1", "$A", "$1": which parts stand there, or nothing.
struct Piece {
  Corner corner;
  bool has_column = false;
  bool has_row = false;
};

std::optional<Piece> parse_piece(std::string_view word) {
  Piece piece;
  std::size_t at = 0;
  bool fixed = at < word.size() && word[at] == '$';
  at += fixed ? 1 : 0;
  std::size_t letters = at;
  while (letters < word.size() && ((word[letters] >= 'a' && word[letters] <= 'z') ||
                                   (word[letters] >= 'A' && word[letters] <= 'Z'))) {
    ++letters;
  }
  if (letters > at) {
    const auto column = parse_column(word.substr(at, letters - at));
    if (!column) return std::nullopt;
    piece.corner.column = *column;
    piece.corner.column_fixed = fixed;
    piece.has_column = true;
    at = letters;
    fixed = at < word.size() && word[at] == '$';
    at += fixed ? 1 : 0;
  }
  if (at < word.size()) {
    const auto row = parse_number(word.substr(at), rows_max);
    if (!row || *row == 0) return std::nullopt;
    piece.corner.row = *row;
    piece.corner.row_fixed = fixed;
    piece.has_row = true;
  } else if (fixed) {
    return std::nullopt;
  }
  if (!piece.has_column && !piece.has_row) return std::nullopt;
  return piece;
}

std::string corner_text(const Corner& corner, Reference::Kind kind) {
  std::string text;
  if (kind != Reference::Kind::rows) {
    text += corner.column_fixed ? "$" : "";
    text += column_letters(corner.column);
  }
  if (kind != Reference::Kind::columns) {
    text += corner.row_fixed ? "$" : "";
    text += std::to_string(corner.row);
  }
  return text;
}

/// `sheet_again`: as it stands before the second corner too.
std::string reference_text(const Reference& reference, std::string_view sheet_again) {
  std::string text = corner_text(reference.first, reference.kind);
  if (reference.is_range) {
    text += fmt::format(":{}{}", sheet_again, corner_text(reference.last, reference.kind));
  }
  return text;
}

class Tokenizer {
 public:
  Tokenizer(std::string_view formula, const std::function<Rewrite(Reference&)>& change)
      : formula_(formula), change_(change) {}

  std::optional<std::string> run() {
    while (at_ < formula_.size()) step();
    if (!changed_) return std::nullopt;
    return std::move(out_);
  }

 private:
  void step() {
    const char c = formula_[at_];
    if (c == '"') {
      copy_to(quoted_end('"'));
    } else if (c == '\'') {
      take_quoted_sheet();
    } else if (c == '[') {
      copy_to(bracket_end());
      // "[1]Sheet1!A1": the name that follows belongs to another workbook
      foreign_ = at_ < formula_.size() && is_word(formula_[at_]);
    } else if (c == '#') {
      take_error();
    } else if (is_word(c)) {
      take_word();
    } else {
      copy_to(at_ + 1);
      if (c != ' ') clear_sheet();
    }
  }

  void copy_to(std::size_t end) {
    out_ += formula_.substr(at_, end - at_);
    at_ = end;
  }

  void clear_sheet() {
    sheet_.clear();
    sheet_written_ = {};
    foreign_ = false;
  }

  std::size_t quoted_end(char quote) const {
    std::size_t end = at_ + 1;
    while (end < formula_.size()) {
      if (formula_[end] == quote) {
        if (end + 1 >= formula_.size() || formula_[end + 1] != quote) return end + 1;
        ++end;
      }
      ++end;
    }
    return formula_.size();
  }

  std::size_t bracket_end() const {
    int depth = 0;
    for (std::size_t end = at_; end < formula_.size(); ++end) {
      if (formula_[end] == '\'') {
        ++end;  // a quote inside brackets escapes the next character
      } else if (formula_[end] == '[') {
        ++depth;
      } else if (formula_[end] == ']' && --depth == 0) {
        return end + 1;
      }
    }
    return formula_.size();
  }

  void take_quoted_sheet() {
    const std::size_t begin = at_;
    const std::size_t end = quoted_end('\'');
    std::string name;
    for (std::size_t i = at_ + 1; i + 1 < end; ++i) {
      name += formula_[i];
      if (formula_[i] == '\'') ++i;
    }
    copy_to(end);
    if (at_ < formula_.size() && formula_[at_] == '!') {
      set_sheet(name);
      copy_to(at_ + 1);
      sheet_written_ = formula_.substr(begin, at_ - begin);
    }
  }

  void set_sheet(const std::string& name) {
    // ':' stands in no sheet's name: several sheets at once; '[' = another workbook
    foreign_ = foreign_ || name.find_first_of(":[") != std::string::npos;
    sheet_ = name;
  }

  void take_error() {
    std::size_t end = at_ + 1;
    while (end < formula_.size() && ((formula_[end] >= 'A' && formula_[end] <= 'Z') ||
                                     formula_[end] == '/' || formula_[end] == '0')) {
      ++end;
    }
    if (end < formula_.size() && (formula_[end] == '!' || formula_[end] == '?')) ++end;
    const bool lost_sheet = formula_.substr(at_, end - at_) == "#REF!";
    copy_to(end);
    if (lost_sheet) foreign_ = true;
  }

  std::size_t word_end(std::size_t from) const {
    while (from < formula_.size() && is_word(formula_[from])) ++from;
    return from;
  }

  char char_at(std::size_t at) const { return at < formula_.size() ? formula_[at] : '\0'; }

  void take_word() {
    const std::size_t end = word_end(at_);
    const std::string_view word = formula_.substr(at_, end - at_);
    if (char_at(end) == '!') {
      set_sheet(std::string(word));
      sheet_written_ = formula_.substr(at_, end + 1 - at_);
      copy_to(end + 1);
      return;
    }
    const std::optional<Piece> piece = parse_piece(word);
    const bool is_cell = piece && piece->has_row && piece->has_column;
    if (char_at(end) == ':' && sheet_.empty() && !is_cell) {
      const std::size_t second_end = word_end(end + 1);
      if (second_end > end + 1 && char_at(second_end) == '!') {  // Sheet1:Sheet3!A1
        foreign_ = true;
        copy_to(second_end + 1);
        return;
      }
    }
    if (char_at(end) == '(' || char_at(end) == '[' || !take_reference(end)) copy_to(end);
    clear_sheet();
  }

  bool take_reference(std::size_t end) {
    const std::optional<Piece> first = parse_piece(formula_.substr(at_, end - at_));
    if (!first) return false;
    Reference reference;
    reference.first = reference.last = first->corner;
    std::string_view sheet_again;  // "Shots!C3:Shots!C6"
    if (char_at(end) == ':') {
      const std::string_view prefix = formula_.substr(end + 1, sheet_written_.size());
      if (same_sheet(prefix, sheet_written_)) sheet_again = prefix;
      const std::size_t begin = end + 1 + sheet_again.size();
      const std::size_t second_end = word_end(begin);
      const std::optional<Piece> second = parse_piece(formula_.substr(begin, second_end - begin));
      if (second && char_at(second_end) != '(' && second->has_column == first->has_column &&
          second->has_row == first->has_row) {
        reference.last = second->corner;
        reference.is_range = true;
        end = second_end;
      }
    }
    if (!first->has_row || !first->has_column) {
      if (!reference.is_range) return false;  // a name or a number
      reference.kind = first->has_row ? Reference::Kind::rows : Reference::Kind::columns;
    }
    reference.sheet = sheet_;
    reference.foreign = foreign_;
    switch (change_(reference)) {
      case Rewrite::same:
        copy_to(end);
        break;
      case Rewrite::changed:
        out_ += reference_text(reference, sheet_again);
        at_ = end;
        changed_ = true;
        break;
      case Rewrite::dead:
        out_ += "#REF!";
        at_ = end;
        changed_ = true;
        break;
    }
    return true;
  }

  std::string_view formula_;
  const std::function<Rewrite(Reference&)>& change_;
  std::size_t at_ = 0;
  std::string out_;
  std::string sheet_;
  std::string_view sheet_written_;  ///< with its '!'
  bool foreign_ = false;
  bool changed_ = false;
};

bool shift(std::uint32_t& value, std::int64_t by, std::uint32_t max) {
  const std::int64_t moved = static_cast<std::int64_t>(value) + by;
  if (moved < 1 || moved > max) return false;
  value = static_cast<std::uint32_t>(moved);
  return true;
}

/// A reference in a format's or validation's formula with a relative row.
Rewrite move_relative(Reference& reference, const RowMap& map, const FormulaPlace& place) {
  if (!place.own_sheet) return Rewrite::same;
  bool changed = false;
  for (Corner* corner : {&reference.first, &reference.last}) {
    const std::uint32_t before = corner->row;
    if (corner->row_fixed) {
      const std::optional<std::uint32_t> row = map.row(corner->row);
      if (!row) return Rewrite::dead;
      corner->row = *row;
    } else if (!shift(corner->row, *place.area_shift, rows_max)) {
      const std::optional<std::uint32_t> row = map.row(corner->row);  // above row 1 is no cell
      if (!row) return Rewrite::dead;
      corner->row = *row;
    }
    changed = changed || corner->row != before;
  }
  return changed ? Rewrite::changed : Rewrite::same;
}

Rewrite move_reference(Reference& reference, const RowMap& map, const FormulaPlace& place) {
  const bool ours =
      !reference.foreign &&
      (reference.sheet.empty() ? place.own_sheet : same_sheet(reference.sheet, place.sheet_name));
  if (!ours || reference.kind == Reference::Kind::columns) return Rewrite::same;
  if (place.area_shift && (!reference.first.row_fixed || !reference.last.row_fixed)) {
    return move_relative(reference, map, place);
  }
  const bool upside_down = reference.first.row > reference.last.row;
  Corner& top = upside_down ? reference.last : reference.first;
  Corner& bottom = upside_down ? reference.first : reference.last;
  const bool may_grow = reference.is_range && (!place.inside_body || bottom.row_fixed) &&
                        (!place.keeps_one_row || top.row != bottom.row);
  const RowSpan old_rows{top.row, bottom.row};
  const std::optional<RowSpan> rows = map.span(old_rows, may_grow ? place.growth : Growth::none);
  if (!rows) return Rewrite::dead;
  if (*rows == old_rows) return Rewrite::same;
  top.row = rows->first;
  bottom.row = rows->last;
  return Rewrite::changed;
}

}  // namespace

std::optional<std::string> rewrite_references(std::string_view formula,
                                              const std::function<Rewrite(Reference&)>& change) {
  return Tokenizer(formula, change).run();
}

std::string shifted_formula(std::string_view formula, std::int64_t rows, std::int64_t columns) {
  const auto change = [rows, columns](Reference& reference) {
    const Reference before = reference;
    for (Corner* corner : {&reference.first, &reference.last}) {
      if (reference.kind != Reference::Kind::columns && !corner->row_fixed &&
          !shift(corner->row, rows, rows_max)) {
        return Rewrite::dead;
      }
      if (reference.kind != Reference::Kind::rows && !corner->column_fixed &&
          !shift(corner->column, columns, columns_max)) {
        return Rewrite::dead;
      }
    }
    const bool same = before.first.row == reference.first.row &&
                      before.last.row == reference.last.row &&
                      before.first.column == reference.first.column &&
                      before.last.column == reference.last.column;
    return same ? Rewrite::same : Rewrite::changed;
  };
  return rewrite_references(formula, change).value_or(std::string(formula));
}

std::optional<std::string> moved_formula(std::string_view formula, const RowMap& map,
                                         const FormulaPlace& place) {
  return rewrite_references(
      formula, [&](Reference& reference) { return move_reference(reference, map, place); });
}

bool has_references(std::string_view formula) {
  bool found = false;
  rewrite_references(formula, [&found](Reference&) {
    found = true;
    return Rewrite::same;
  });
  return found;
}

bool same_sheet(std::string_view one, std::string_view other) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  };
  return std::ranges::equal(one, other, {}, lower, lower);
}

}  // namespace tracker::workbook

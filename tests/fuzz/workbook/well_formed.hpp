// Is a text of the fuzzer a sheet at all? The scanner forgives XML that no program opens; what a
// patch makes of such a sheet is bound by no law.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {

/// Blanks, a name, '=' and a quoted value, as often as it may be.
inline bool are_attributes(std::string_view text) {
  const auto skip = [&text](std::string_view characters) {
    const std::size_t count = std::min(text.find_first_not_of(characters), text.size());
    text.remove_prefix(count);
    return count;
  };
  while (true) {
    const bool apart = skip(" \t\r\n") > 0;
    if (text.empty()) return true;
    const bool named = skip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_") > 0;
    if (!apart || !named || text.size() < 3 || text[0] != '=') return false;
    const char quote = text[1];
    const std::size_t close = text.find(quote, 2);
    if ((quote != '"' && quote != '\'') || close == std::string_view::npos) return false;
    if (text.substr(0, close).find('<') != std::string_view::npos) return false;
    text.remove_prefix(close + 1);
  }
}

/// Each element is closed by its own name, and cells stand in rows: for a sheet that is no XML the
/// law says nothing.
inline bool is_well_formed(const std::string& sheet) {
  XmlCursor cursor(sheet);
  std::vector<std::string_view> open;
  while (const std::optional<XmlTag> tag = cursor.next()) {
    const std::string_view name = local_name(tag->name);
    const std::string_view parent = open.empty() ? std::string_view() : local_name(open.back());
    if (tag->kind == XmlTag::Kind::close) {
      if (open.empty() || open.back() != tag->name) return false;
      open.pop_back();
      continue;
    }
    if (!are_attributes(tag->attributes)) return false;
    if (name == "c" && parent != "row") return false;
    if (name == "row" && parent != "sheetData") return false;
    if (tag->kind == XmlTag::Kind::open) open.push_back(tag->name);
  }
  return !cursor.malformed();
}

}  // namespace tracker::workbook

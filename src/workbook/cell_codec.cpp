#include "workbook/cell_codec.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

constexpr std::size_t escape_length = 7;

/// The number of "_xHHHH_" at `at`.
std::optional<std::uint32_t> escape_at(std::string_view text, std::size_t at) {
  if (at + escape_length > text.size() || text[at] != '_' || text[at + 1] != 'x' ||
      text[at + 6] != '_') {
    return std::nullopt;
  }
  std::uint32_t unit = 0;
  const char* first = text.data() + at + 2;
  const auto [end, error] = std::from_chars(first, first + 4, unit, 16);
  if (error != std::errc() || end != first + 4) return std::nullopt;
  return unit;
}

/// The character at `at`, if it may not stand in XML 1.0 (or is changed by a reader of it).
std::optional<std::uint32_t> unprintable_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  const auto c = static_cast<unsigned char>(text[at]);
  if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F) return c;
  const std::string_view three = text.substr(at, 3);
  if (three == "\xEF\xBF\xBE") return 0xFFFE;
  if (three == "\xEF\xBF\xBF") return 0xFFFF;
  return std::nullopt;
}

/// Would some program decode what stands at this '_'? Any four digits: all of them (SheetJS after a
/// capital X too). Fewer: LibreOffice, if they are a control character's or an underscore's. The
/// '_' that ends it may be the first of an escape that we write.
bool is_taken_for_escape(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || (text[at + 1] != 'x' && text[at + 1] != 'X')) return false;
  const std::string_view digits = text.substr(at + 2, 4);
  std::uint32_t unit = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), unit, 16);
  if (error != std::errc()) return false;
  const auto count = static_cast<std::size_t>(end - digits.begin());
  const std::size_t behind = at + 2 + count;
  if (text.substr(behind, 1) != "_" && !unprintable_at(text, behind)) return false;
  return count == 4 || unit < 0x20 || unit == '_';
}

void append_code_point(std::string& out, std::uint32_t code) {
  out += decode_xml(fmt::format("&#{};", code));
}

}  // namespace

std::string decode_escapes(std::string_view text) {
  if (text.find("_x") == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::optional<std::uint32_t> unit = escape_at(text, at);
    if (!unit) {
      out += text[at++];
      continue;
    }
    at += escape_length;
    if (*unit < 0xD800 || *unit > 0xDFFF) {
      append_code_point(out, *unit);
      continue;
    }
    const std::optional<std::uint32_t> low = escape_at(text, at);
    if (*unit < 0xDC00 && low && *low >= 0xDC00 && *low <= 0xDFFF) {
      append_code_point(out, 0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00));
      at += escape_length;
    } else {
      append_code_point(out, 0xFFFD);
    }
  }
  return out;
}

std::string encode_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (const auto code = unprintable_at(text, at)) {
      out += fmt::format("_x{:04X}_", *code);
      if (*code > 0x7F) at += 2;
    } else {
      if (text[at] == '_' && is_taken_for_escape(text, at)) out += "_x005F";
      out += text[at];
    }
  }
  return out;
}

bool needs_preserve(std::string_view text) {
  if (text.empty()) return false;
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  return blank(text.front()) || blank(text.back()) ||
         text.find_first_of("\n\t") != std::string_view::npos ||
         text.find("  ") != std::string_view::npos;
}

std::string text_element(std::string_view prefix, std::string_view text) {
  return fmt::format("<{}t{}>{}</{}t>", prefix,
                     needs_preserve(text) ? R"( xml:space="preserve")" : "",
                     encode_xml(encode_escapes(text)), prefix);
}

std::size_t length_in_utf16(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) count += byte >= 0xF0U ? 2 : 1;
  }
  return count;
}

}  // namespace tracker::workbook

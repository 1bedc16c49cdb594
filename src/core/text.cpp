#include "core/text.hpp"

#include <utf8proc.h>

#include <cstdlib>

namespace tracker {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_ascii(std::string_view text) {
  for (unsigned char c : text) {
    if (c >= 0x80) return false;
  }
  return true;
}

/// Code points below U+0300 neither compose nor reorder: such text is NFC as it is.
bool is_simple(std::string_view text) {
  constexpr unsigned char lead_of_0300 = 0xCC;
  for (unsigned char c : text) {
    if (c >= lead_of_0300) return false;
  }
  return true;
}

std::string with_line_feeds(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else if (i + 1 >= text.size() || text[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

std::string repaired(std::string_view text) {
  std::string out;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = -1;
    utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &code_point);
    if (used <= 0) {
      out += "\xEF\xBF\xBD";
      used = 1;
    } else {
      out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(used));
    }
    bytes += used;
    left -= used;
  }
  return out;
}

std::string mapped(const std::string& text, int options) {
  utf8proc_uint8_t* result = nullptr;
  const utf8proc_ssize_t length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &result, static_cast<utf8proc_option_t>(options));
  if (length < 0) return text;
  std::string out(reinterpret_cast<const char*>(result), static_cast<std::size_t>(length));
  std::free(result);  // NOLINT: utf8proc's contract
  return out;
}

}  // namespace

bool is_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = -1;
    const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &code_point);
    if (used <= 0) return false;
    bytes += used;
    left -= used;
  }
  return true;
}

std::string canonical(std::string_view text) {
  std::string out =
      text.find('\r') == std::string_view::npos ? std::string(text) : with_line_feeds(text);
  if (!is_ascii(out)) {
    if (!is_utf8(out)) out = repaired(out);
    if (!is_simple(out)) out = mapped(out, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  }
  const std::string_view inner = trimmed(out);
  return inner.size() == out.size() ? out : std::string(inner);
}

std::size_t length_in_characters(std::string_view text) {
  std::size_t count = 0;
  for (unsigned char c : text) count += (c & 0xC0U) != 0x80U;
  return count;
}

std::string folded(std::string_view text) {
  std::string out = is_utf8(text) ? std::string(text) : repaired(text);
  out = mapped(out, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  std::string joined;
  for (char c : out) {
    const bool gap = is_blank(c) || c == '\r' || c == '_' || c == '-';
    if (!gap) {
      joined += c;
    } else if (!joined.empty() && joined.back() != ' ') {
      joined += ' ';
    }
  }
  while (!joined.empty() && joined.back() == ' ') joined.pop_back();
  return joined;
}

std::size_t find_control_character(std::string_view text, std::string_view allowed) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool control =
        c < 0x20 || c == 0x7F ||
        (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0);
    if (control && allowed.find(text[i]) == std::string_view::npos) return i;
  }
  return std::string_view::npos;
}

}  // namespace tracker

#include "workbook/xml_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tracker::workbook {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Position of the '>' that ends the tag at `at`: quoted values may hold one.
std::size_t find_tag_end(std::string_view text, std::size_t at) {
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '>') {
      return at;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '<') {
      return std::string_view::npos;
    }
  }
  return std::string_view::npos;
}

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | (c >> 6U));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0U | (c >> 12U));
    out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else if (c < 0x110000) {
    out += static_cast<char>(0xF0U | (c >> 18U));
    out += static_cast<char>(0x80U | ((c >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

/// Appends what "&name;" stands for; false if it is unknown.
bool append_entity(std::string& out, std::string_view name) {
  if (name == "amp") return out += '&', true;
  if (name == "lt") return out += '<', true;
  if (name == "gt") return out += '>', true;
  if (name == "quot") return out += '"', true;
  if (name == "apos") return out += '\'', true;
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  int base = 10;
  if (name.starts_with('x') || name.starts_with('X')) {
    name.remove_prefix(1);
    base = 16;
  }
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, base);
  if (error != std::errc() || end != name.data() + name.size()) return false;
  append_utf8(out, code);
  return true;
}

template <class Matches>
std::optional<std::string_view> find_attribute(std::string_view text, Matches matches) {
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && is_space(text[at])) ++at;
    const std::size_t name_begin = at;
    while (at < text.size() && text[at] != '=' && !is_space(text[at])) ++at;
    const std::string_view name = text.substr(name_begin, at - name_begin);
    while (at < text.size() && text[at] != '"' && text[at] != '\'') ++at;
    if (at >= text.size()) break;
    const std::size_t close = text.find(text[at], at + 1);
    if (close == std::string_view::npos) break;
    if (matches(name)) return text.substr(at + 1, close - at - 1);
    at = close + 1;
  }
  return std::nullopt;
}

}  // namespace

bool XmlCursor::skip_markup(std::size_t at) {
  std::string_view closing;
  if (text_.substr(at).starts_with("<!--")) {
    closing = "-->";
  } else if (text_.substr(at).starts_with("<![CDATA[")) {
    closing = "]]>";
  } else if (text_.substr(at).starts_with("<?")) {
    closing = "?>";
  } else {
    return false;
  }
  const std::size_t end = text_.find(closing, at + 2);
  if (end == std::string_view::npos) return false;
  position_ = end + closing.size();
  return true;
}

std::optional<XmlTag> XmlCursor::next() {
  while (true) {
    const std::size_t at = text_.find('<', position_);
    if (at == std::string_view::npos) {
      position_ = text_.size();
      return std::nullopt;
    }
    if (at + 1 < text_.size() && (text_[at + 1] == '!' || text_[at + 1] == '?')) {
      if (skip_markup(at)) continue;
      malformed_ = true;
      return std::nullopt;
    }
    const std::size_t close = find_tag_end(text_, at + 1);
    if (close == std::string_view::npos) {
      malformed_ = true;
      return std::nullopt;
    }
    XmlTag tag;
    tag.begin = at;
    tag.end = position_ = close + 1;
    std::string_view inner = text_.substr(at + 1, close - at - 1);
    if (inner.starts_with('/')) {
      tag.kind = XmlTag::Kind::close;
      inner.remove_prefix(1);
    } else if (inner.ends_with('/')) {
      tag.kind = XmlTag::Kind::empty;
      inner.remove_suffix(1);
    }
    std::size_t length = 0;
    while (length < inner.size() && !is_space(inner[length])) ++length;
    tag.name = inner.substr(0, length);
    tag.attributes = inner.substr(length);
    return tag;
  }
}

std::size_t XmlCursor::skip_element(const XmlTag& open) {
  if (open.kind == XmlTag::Kind::empty) return open.end;
  std::size_t depth = 1;
  while (const std::optional<XmlTag> tag = next()) {
    if (tag->kind == XmlTag::Kind::open) ++depth;
    if (tag->kind == XmlTag::Kind::close && --depth == 0) return tag->end;
  }
  malformed_ = true;
  return std::string_view::npos;
}

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::optional<std::string_view> attribute(std::string_view attributes, std::string_view name) {
  return find_attribute(attributes, [name](std::string_view found) { return found == name; });
}

std::optional<std::string_view> attribute_by_local_name(std::string_view attributes,
                                                        std::string_view name) {
  return find_attribute(attributes, [name](std::string_view found) {
    return local_name(found) == name && !found.starts_with("xmlns:");
  });
}

std::string decode_xml(std::string_view raw) {
  if (raw.find_first_of("&<") == std::string_view::npos) return std::string(raw);
  std::string out;
  out.reserve(raw.size());
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::size_t special = std::min(raw.find_first_of("&<", at), raw.size());
    out += raw.substr(at, special - at);
    at = special;
    if (at == raw.size()) break;
    const std::string_view rest = raw.substr(at);
    if (rest.starts_with("<![CDATA[")) {
      const std::size_t end = std::min(raw.find("]]>", at), raw.size());
      out += raw.substr(at + 9, end - at - 9);
      at = std::min(end + 3, raw.size());
    } else if (rest.starts_with("<")) {  // a comment or an instruction
      const std::size_t end = raw.find(rest.starts_with("<!--") ? "-->" : ">", at);
      at = end == std::string_view::npos ? raw.size() : end + (rest.starts_with("<!--") ? 3 : 1);
    } else {
      const std::size_t end = rest.find(';');
      if (end != std::string_view::npos && append_entity(out, rest.substr(1, end - 1))) {
        at += end + 1;
      } else {
        out += '&';
        ++at;
      }
    }
  }
  return out;
}

std::string encode_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string encode_attribute(std::string_view text) {
  std::string out = encode_xml(text);
  for (std::size_t at = 0; (at = out.find('\'', at)) != std::string::npos;) {
    out.replace(at, 1, "&apos;");
  }
  return out;
}

std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > max) {
    return std::nullopt;
  }
  return value;
}

std::string apply_edits(std::string_view text, const std::vector<TextEdit>& edits) {
  std::vector<std::size_t> order(edits.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&edits](std::size_t a, std::size_t b) {
    return edits[a].offset != edits[b].offset ? edits[a].offset < edits[b].offset : a < b;
  });
  std::size_t grown = text.size();
  for (const TextEdit& edit : edits) grown += edit.inserted.size();
  std::string out;
  out.reserve(grown);
  std::size_t at = 0;
  for (const std::size_t i : order) {
    const TextEdit& edit = edits[i];
    out += text.substr(at, edit.offset - at);
    out += edit.inserted;
    at = edit.offset + edit.removed;
  }
  out += text.substr(at);
  return out;
}

std::string root_prefix(std::string_view text) {
  XmlCursor cursor(text);
  const std::optional<XmlTag> root = cursor.next();
  if (!root) return {};
  return std::string(root->name.substr(0, root->name.size() - local_name(root->name).size()));
}

std::optional<std::string> with_last_child(std::string_view text, const std::string& child) {
  XmlCursor cursor(text);
  const std::optional<XmlTag> root = cursor.next();
  if (!root) return std::nullopt;
  if (root->kind == XmlTag::Kind::empty) {
    return apply_edits(text, {{root->end - 2, 2, fmt::format(">{}</{}>", child, root->name)}});
  }
  const std::size_t close = text.rfind("</" + std::string(root->name));
  if (close == std::string_view::npos) return std::nullopt;
  return apply_edits(text, {{close, 0, child}});
}

}  // namespace tracker::workbook

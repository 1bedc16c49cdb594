#include "workbook/styles.hpp"

#include <algorithm>
#include <map>

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

using Kind = NumberFormat::Kind;

constexpr std::size_t styles_max = 65000;  // Excel's limit is 65,490

/// Formats that are known by number alone.
NumberFormat built_in(std::uint32_t id) {
  if (id == 46) return {Kind::elapsed};
  if (id == 49) return {Kind::text};
  if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id == 45 || id == 47 ||
      (id >= 50 && id <= 58)) {
    return {Kind::date};
  }
  return {};
}

/// The first section without quoted texts, escapes and colours; "[h]" stays.
std::string bare_code(std::string_view code) {
  std::string bare;
  for (std::size_t at = 0; at < code.size() && code[at] != ';'; ++at) {
    const char c = code[at];
    if (c == '"') {
      at = std::min(code.find('"', at + 1), code.size());
    } else if (c == '\\' || c == '_' || c == '*') {
      ++at;
    } else if (c == '[') {
      const std::size_t end = std::min(code.find(']', at), code.size());
      const std::string_view inner = code.substr(at + 1, end - at - 1);
      if (!inner.empty() && inner.find_first_not_of("hHmMsS") == std::string_view::npos) {
        bare += '[';
      }
      at = end;
    } else {
      bare += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
  }
  return bare;
}

struct CellFormats {
  XmlTag list;                                             // <cellXfs …>
  std::size_t list_end = 0;                                // of "</cellXfs>"
  std::vector<std::pair<std::size_t, std::size_t>> items;  // begin, end of each <xf>
};

std::optional<CellFormats> locate_cell_formats(std::string_view text) {
  XmlCursor cursor(text);
  cursor.next();
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close) break;
    if (local_name(tag->name) != "cellXfs") {
      if (cursor.skip_element(*tag) == std::string_view::npos) break;
      continue;
    }
    CellFormats formats;
    formats.list = *tag;
    if (tag->kind == XmlTag::Kind::empty) return std::nullopt;
    while (const std::optional<XmlTag> item = cursor.next()) {
      if (item->kind == XmlTag::Kind::close) {
        formats.list_end = item->begin;
        return formats;
      }
      const std::size_t end = cursor.skip_element(*item);
      if (end == std::string_view::npos) break;
      if (local_name(item->name) == "xf") formats.items.emplace_back(item->begin, end);
    }
    break;
  }
  return std::nullopt;
}

std::map<std::uint32_t, NumberFormat> read_number_formats(std::string_view text) {
  std::map<std::uint32_t, NumberFormat> formats;
  XmlCursor cursor(text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) == "cellXfs") break;
    if (local_name(tag->name) != "numFmt" || tag->kind == XmlTag::Kind::close) continue;
    const auto id = attribute(tag->attributes, "numFmtId");
    const auto code = attribute(tag->attributes, "formatCode");
    const auto number = id ? parse_number(*id) : std::nullopt;
    if (number && code) formats[*number] = parse_format(decode_xml(*code));
  }
  return formats;
}

bool is_true(std::optional<std::string_view> value) { return value == "1" || value == "true"; }

/// The <xf …> at `item` with quotePrefix="1".
std::string quoted_copy(std::string_view item) {
  std::string copy(item);
  XmlCursor cursor(copy);
  const std::optional<XmlTag> tag = cursor.next();
  if (const auto old = attribute(tag->attributes, "quotePrefix")) {
    copy.replace(static_cast<std::size_t>(old->data() - copy.data()), old->size(), "1");
  } else {
    const auto at = static_cast<std::size_t>(tag->name.data() - copy.data()) + tag->name.size();
    copy.insert(at, " quotePrefix=\"1\"");
  }
  return copy;
}

}  // namespace

NumberFormat parse_format(std::string_view code) {
  const std::string bare = bare_code(code);
  if (bare == "general") return {};
  if (bare == "@") return {Kind::text};
  if (bare.find('[') != std::string::npos) return {Kind::elapsed};
  if (bare.find_first_of("ymdhs") != std::string::npos) return {Kind::date};
  if (bare.size() >= 2 && bare.size() <= 30 && bare.find_first_not_of('0') == std::string::npos &&
      code.find('"') == code.npos && code.find('\\') == code.npos) {
    return {Kind::zeros, static_cast<std::uint8_t>(bare.size())};
  }
  return {};
}

Styles read_styles(std::shared_ptr<const std::string> text) {
  Styles styles;
  styles.text = std::move(text);
  const std::string_view whole = *styles.text;
  const std::map<std::uint32_t, NumberFormat> custom = read_number_formats(whole);
  const std::optional<CellFormats> formats = locate_cell_formats(whole);
  if (!formats) return styles;
  for (const auto& [begin, end] : formats->items) {
    XmlCursor cursor(whole.substr(begin, end - begin));
    const std::optional<XmlTag> tag = cursor.next();
    CellStyle style;
    const auto id = attribute(tag->attributes, "numFmtId");
    if (const auto number = id ? parse_number(*id) : std::nullopt) {
      const auto found = custom.find(*number);
      style.format = found == custom.end() ? built_in(*number) : found->second;
    }
    style.quote_prefix = is_true(attribute(tag->attributes, "quotePrefix"));
    styles.cell_styles.push_back(style);
  }
  return styles;
}

std::optional<QuoteStyles> add_quote_styles(const Styles& styles,
                                            const std::vector<std::uint32_t>& asked) {
  if (!styles.text) return std::nullopt;
  const std::string_view whole = *styles.text;
  const std::optional<CellFormats> formats = locate_cell_formats(whole);
  const auto count_text = formats ? attribute(formats->list.attributes, "count") : std::nullopt;
  if (!formats || formats->items.size() + asked.size() > styles_max) return std::nullopt;
  QuoteStyles result;
  std::map<std::string, std::uint32_t, std::less<>> known;
  for (std::size_t i = 0; i < formats->items.size(); ++i) {
    const auto& [begin, end] = formats->items[i];
    known.emplace(std::string(whole.substr(begin, end - begin)), static_cast<std::uint32_t>(i));
  }
  std::string added;
  auto next = static_cast<std::uint32_t>(formats->items.size());
  for (const std::uint32_t style : asked) {
    if (style >= formats->items.size()) return std::nullopt;
    const auto& [begin, end] = formats->items[style];
    std::string copy = quoted_copy(whole.substr(begin, end - begin));
    const auto [place, is_new] = known.emplace(copy, next);
    if (is_new) {
      added += copy;
      ++next;
    }
    result.style_of.push_back(place->second);
  }
  if (added.empty()) return result;
  std::vector<TextEdit> edits;
  edits.push_back({formats->list_end, 0, std::move(added)});
  if (count_text) {
    edits.push_back({static_cast<std::size_t>(count_text->data() - whole.data()),
                     count_text->size(), std::to_string(next)});
  }
  result.part = apply_edits(whole, edits);
  return result;
}

}  // namespace tracker::workbook

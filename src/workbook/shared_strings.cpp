#include "workbook/shared_strings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "workbook/cell_codec.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

std::unexpected<Error> broken() {
  return fail(ErrorCode::corrupt, "the workbook's shared strings are broken");
}

/// No entity or escape, and what canonical() makes of it is the same text?
bool is_canonical(std::string_view raw) {
  bool is_ascii = true;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || c == '&' || c == '_') return false;
    is_ascii = is_ascii && byte < 0x80;
  }
  if (!is_ascii) return canonical(raw) == raw;
  return raw.empty() || (raw.front() != ' ' && raw.back() != ' ');
}

/// The item whose "<si>" ends at `at`; steps past "</si>". `close` is "</t></si>" with prefixes.
/// Nothing if the XML is broken.
std::optional<SharedItem> read_item(std::string_view text, std::string_view close,
                                    std::size_t& at) {
  SharedItem item;
  XmlCursor cursor(text, at);
  const std::optional<XmlTag> first = cursor.next();
  if (!first) return std::nullopt;
  if (first->kind == XmlTag::Kind::open && local_name(first->name) == "t" && first->begin == at) {
    const std::size_t end = text.find('<', first->end);
    if (end != std::string_view::npos && text.substr(end).starts_with(close)) {
      item.begin = static_cast<std::uint32_t>(first->end);
      item.length = static_cast<std::uint32_t>(end - first->end);
      item.plain = true;
      item.canonical = is_canonical(text.substr(item.begin, item.length));
      at = end + close.size();
      return item;
    }
  }
  item.begin = static_cast<std::uint32_t>(at);
  std::optional<XmlTag> tag = first;
  while (tag && !(tag->kind == XmlTag::Kind::close && local_name(tag->name) == "si")) {
    tag = cursor.next();
  }
  if (!tag) return std::nullopt;
  item.length = static_cast<std::uint32_t>(tag->begin - at);
  at = tag->end;
  return item;
}

/// The value of count or uniqueCount grows; absent stays absent.
void grow_count(const XmlTag& root, std::string_view text, std::string_view name, std::size_t by,
                std::vector<TextEdit>& edits) {
  const std::optional<std::string_view> value = attribute(root.attributes, name);
  if (!value) return;
  const std::optional<std::uint32_t> number = parse_number(*value);
  if (!number) return;
  edits.push_back({static_cast<std::size_t>(value->data() - text.data()), value->size(),
                   std::to_string(*number + by)});
}

}  // namespace

std::string joined_text(std::string_view body) {
  std::string joined;
  XmlCursor cursor(body);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind != XmlTag::Kind::open) continue;
    const std::string_view name = local_name(tag->name);
    if (name == "rPh") {
      cursor.skip_element(*tag);
    } else if (name == "t") {
      const std::size_t end = cursor.skip_element(*tag);
      if (end == std::string_view::npos) break;
      const std::size_t close = body.rfind("</", end);
      joined += decode_xml(body.substr(tag->end, close - tag->end));
    }
  }
  return decode_escapes(joined);
}

std::string SharedStrings::at(std::size_t index) const {
  if (index >= items.size()) return {};
  const SharedItem& item = items[index];
  const std::string_view body = std::string_view(*text).substr(item.begin, item.length);
  return item.plain ? decode_escapes(decode_xml(body)) : joined_text(body);
}

Result<SharedStrings> index_shared_strings(std::shared_ptr<const std::string> text) {
  SharedStrings strings;
  strings.text = std::move(text);
  const std::string_view whole = *strings.text;
  XmlCursor cursor(whole);
  const std::optional<XmlTag> root = cursor.next();
  if (!root || local_name(root->name) != "sst") return broken();
  strings.prefix = root->name.substr(0, root->name.size() - 3);
  strings.items_end = root->end;
  if (root->kind == XmlTag::Kind::empty) return strings;
  const std::string close = fmt::format("</{0}t></{0}si>", strings.prefix);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close) return strings;
    const std::string_view name = local_name(tag->name);
    if (name == "extLst") {
      cursor.skip_element(*tag);
      continue;
    }
    if (name != "si") {  // a beta of Excel wrote <sstItem>
      return fail(ErrorCode::unsupported, "the shared strings hold an unknown element",
                  "save the workbook again with Excel", std::string(name));
    }
    if (tag->kind == XmlTag::Kind::empty) {
      strings.items.push_back({0, 0, false, true});
    } else {
      std::size_t at = tag->end;
      const std::optional<SharedItem> item = read_item(whole, close, at);
      if (!item) return broken();
      strings.items.push_back(*item);
      cursor.seek(at);
    }
    strings.items_end = cursor.position();
  }
  return broken();
}

Result<SharedAdditions> add_shared_strings(const SharedStrings& strings,
                                           const std::vector<std::string>& texts,
                                           std::size_t uses) {
  SharedAdditions additions;
  constexpr std::uint32_t not_found = 0xFFFFFFFF;
  for (const std::string& text : texts) additions.index_of.emplace(text, not_found);
  std::map<std::string, std::uint32_t*, std::less<>> wanted;  // by raw XML
  for (auto& [text, index] : additions.index_of) {
    wanted.emplace(encode_xml(encode_escapes(text)), &index);
  }
  const std::string_view whole = *strings.text;
  std::vector<bool> lengths(1);
  for (const auto& [raw, index] : wanted) {
    lengths.resize(std::max(lengths.size(), raw.size() + 1));
    lengths[raw.size()] = true;
  }
  for (std::size_t i = 0; i < strings.items.size(); ++i) {
    const SharedItem& item = strings.items[i];
    if (!item.plain || item.length >= lengths.size() || !lengths[item.length]) continue;
    const auto found = wanted.find(whole.substr(item.begin, item.length));
    if (found != wanted.end() && *found->second == not_found) {
      *found->second = static_cast<std::uint32_t>(i);
    }
  }
  std::string added;
  std::size_t count = 0;
  for (auto& [text, index] : additions.index_of) {
    if (index != not_found) continue;
    index = static_cast<std::uint32_t>(strings.items.size() + count++);
    added += fmt::format("<{0}si>{1}</{0}si>", strings.prefix, text_element(strings.prefix, text));
  }
  XmlCursor cursor(whole);
  const std::optional<XmlTag> root = cursor.next();
  if (!root) return broken();
  if (count == 0) return additions;
  std::vector<TextEdit> edits;
  grow_count(*root, whole, "count", uses, edits);
  grow_count(*root, whole, "uniqueCount", count, edits);
  const std::string close = fmt::format("</{}sst>", strings.prefix);
  if (root->kind == XmlTag::Kind::empty) {
    edits.push_back({root->end - 2, 2, ">" + added + close});
  } else {
    edits.push_back({strings.items_end, 0, std::move(added)});
  }
  additions.part = apply_edits(whole, edits);
  return additions;
}

}  // namespace tracker::workbook

#include "workbook/token.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "workbook/cell_codec.hpp"
#include "workbook/formula.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

constexpr std::string_view carrier_name = "_AnimationTracker";
constexpr std::string_view property_name = "AnimationTracker";
constexpr std::string_view version_mark = "at1";
constexpr std::string_view property_format_id = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";
constexpr std::string_view custom_part_name = "docProps/custom.xml";
constexpr std::string_view custom_content_type =
    "application/vnd.openxmlformats-officedocument.custom-properties+xml";
constexpr std::size_t token_length_max = 250;  // Excel's limit for a text inside a formula

std::unexpected<Error> broken_part(std::string_view part) {
  return fail(ErrorCode::unsupported, "the token can't be written into this workbook", {},
              std::string(part));
}

/// '|' and '%' may not stand in the token's fields.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') {
      out += "%7C";
    } else if (c == '%') {
      out += "%25";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "%7C") {
      out += '|';
      i += 2;
    } else if (text.substr(i, 3) == "%25") {
      out += '%';
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// An element with its text, found by name and one attribute.
struct Found {
  XmlTag tag;
  std::size_t end = 0;  // past the closing tag
  std::string inner;    // raw, between the tags
};

std::optional<Found> find_element(std::string_view text, std::string_view element,
                                  std::string_view key, std::string_view value) {
  XmlCursor cursor(text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind != XmlTag::Kind::open || local_name(tag->name) != element) continue;
    const auto found = attribute(tag->attributes, key);
    if (!found || !same_sheet(decode_xml(*found), value)) continue;
    const std::size_t end = cursor.skip_element(*tag);
    if (end == std::string_view::npos) return std::nullopt;
    const std::size_t close = text.rfind("</", end);
    return Found{*tag, end, std::string(text.substr(tag->end, close - tag->end))};
  }
  return std::nullopt;
}

Status write_name(PartChanges& changes, const std::string& value) {
  const std::string& key = changes.state().package.workbook_part;
  const std::string& text = *changes.read(key);
  const std::string prefix = root_prefix(text);
  const std::string element =
      fmt::format("<{0}definedName name=\"{1}\" hidden=\"1\">{2}</{0}definedName>", prefix,
                  carrier_name, encode_xml("\"" + value + "\""));
  if (const auto old = find_element(text, "definedName", "name", carrier_name)) {
    changes.set(key, apply_edits(text, {{old->tag.begin, old->end - old->tag.begin, element}}));
    return {};
  }
  XmlCursor cursor(text);
  cursor.next();
  std::size_t place = 0;
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close) break;
    const std::string_view name = local_name(tag->name);
    if (name == "definedNames" && tag->kind == XmlTag::Kind::open) {
      changes.set(key, apply_edits(text, {{tag->end, 0, element}}));
      return {};
    }
    if (name == "definedNames") {  // <definedNames/>, as openpyxl writes it: there is only one
      const std::string opened = fmt::format(">{}</{}>", element, tag->name);
      changes.set(key, apply_edits(text, {{tag->end - 2, 2, opened}}));
      return {};
    }
    const std::size_t end = cursor.skip_element(*tag);
    if (end == std::string_view::npos) return broken_part(key);
    // the schema's order: names follow sheets, function groups and external references
    if (name == "sheets" || name == "functionGroups" || name == "externalReferences") place = end;
  }
  if (place == 0) return broken_part(key);
  changes.set(
      key, apply_edits(text,
                       {{place, 0,
                         fmt::format("<{0}definedNames>{1}</{0}definedNames>", prefix, element)}}));
  return {};
}

Status add_property_part(PartChanges& changes, const std::string& value) {
  const std::string* types = changes.read("[content_types].xml");
  const std::string* relations = changes.read("_rels/.rels");
  if (types == nullptr || relations == nullptr ||
      changes.read(part_key(custom_part_name)) != nullptr) {
    return broken_part(custom_part_name);
  }
  const bool strict = relations->find("purl.oclc.org/ooxml") != std::string::npos;
  const std::string_view base = strict ? "http://purl.oclc.org/ooxml/officeDocument"
                                       : "http://schemas.openxmlformats.org/officeDocument/2006";
  const std::string_view word = strict ? "customProperties" : "custom-properties";
  std::string id = "rIdAnimationTracker";
  while (relations->find('"' + id + '"') != std::string::npos) id += '1';
  const auto new_types = with_last_child(
      *types, fmt::format("<{}Override PartName=\"/{}\" ContentType=\"{}\"/>", root_prefix(*types),
                          custom_part_name, custom_content_type));
  const auto new_relations = with_last_child(
      *relations,
      fmt::format("<{}Relationship Id=\"{}\" Type=\"{}/relationships/{}\" Target=\"{}\"/>",
                  root_prefix(*relations), id, base, word, custom_part_name));
  if (!new_types || !new_relations) return broken_part(custom_part_name);
  changes.set("[content_types].xml", *new_types);
  changes.set("_rels/.rels", *new_relations);
  changes.add(std::string(custom_part_name),
              fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                          "<Properties xmlns=\"{0}/{1}\" xmlns:vt=\"{0}/docPropsVTypes\">"
                          "<property fmtid=\"{2}\" pid=\"2\" name=\"{3}\"><vt:lpwstr>{4}"
                          "</vt:lpwstr></property></Properties>",
                          base, strict ? "customProperties" : "custom-properties",
                          property_format_id, property_name, encode_xml(value)));
  return {};
}

Status write_property(PartChanges& changes, const std::string& value) {
  const std::string& key = changes.state().package.custom_part;
  const std::string* text = changes.read(key);
  if (key.empty() || text == nullptr) return add_property_part(changes, value);
  if (const auto old = find_element(*text, "property", "name", property_name)) {
    XmlCursor inner(*text, old->tag.end);
    const std::optional<XmlTag> typed = inner.next();
    const std::size_t close = typed ? text->find("</", typed->end) : std::string::npos;
    if (!typed || typed->kind != XmlTag::Kind::open || close == std::string::npos) {
      return broken_part(key);
    }
    changes.set(key, apply_edits(*text, {{typed->end, close - typed->end, encode_xml(value)}}));
    return {};
  }
  std::uint32_t last_id = 1;
  XmlCursor cursor(*text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (const auto id = parse_number(attribute(tag->attributes, "pid").value_or(""))) {
      last_id = std::max(last_id, *id);
    }
  }
  const bool strict = text->find("purl.oclc.org/ooxml") != std::string::npos;
  const auto with_property = with_last_child(
      *text, fmt::format("<{0}property fmtid=\"{1}\" pid=\"{2}\" name=\"{3}\">"
                         "<vt:lpwstr xmlns:vt=\"{4}/docPropsVTypes\">{5}</vt:lpwstr>"
                         "</{0}property>",
                         root_prefix(*text), property_format_id, last_id + 1, property_name,
                         strict ? "http://purl.oclc.org/ooxml/officeDocument"
                                : "http://schemas.openxmlformats.org/officeDocument/2006",
                         encode_xml(value)));
  if (!with_property) return broken_part(key);
  changes.set(key, *with_property);
  return {};
}

}  // namespace

std::string token_text(const Token& token) {
  return fmt::format("{}|{}|{}|{}", version_mark, escaped(token.store), token.generation,
                     escaped(token.nonce));
}

std::optional<Token> parse_token(std::string_view text) {
  std::array<std::string_view, 4> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = std::min(text.find('|'), text.size());
    fields[i] = text.substr(0, end);
    if (i + 1 < fields.size() && end == text.size()) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (fields[0] != version_mark) return std::nullopt;
  Token token;
  const char* last = fields[2].data() + fields[2].size();
  const auto [end, error] = std::from_chars(fields[2].data(), last, token.generation);
  if (error != std::errc() || end != last || token.generation < 0) return std::nullopt;
  token.store = unescaped(fields[1]);
  token.nonce = unescaped(fields[3]);
  return token;
}

std::optional<Token> read_token(const State& state) {
  if (const std::string* workbook = state.read(state.package.workbook_part)) {
    if (const auto name = find_element(*workbook, "definedName", "name", carrier_name)) {
      std::string value = decode_xml(name->inner);
      if (value.starts_with('=')) value.erase(0, 1);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        if (auto token = parse_token(value.substr(1, value.size() - 2))) return token;
      }
    }
  }
  if (const std::string* custom = state.read(state.package.custom_part)) {
    if (const auto property = find_element(*custom, "property", "name", property_name)) {
      XmlCursor cursor(property->inner);
      const std::optional<XmlTag> typed = cursor.next();
      if (typed && typed->kind == XmlTag::Kind::open) {
        const std::size_t end = property->inner.find("</", typed->end);
        return parse_token(
            decode_escapes(decode_xml(property->inner.substr(typed->end, end - typed->end))));
      }
    }
  }
  return std::nullopt;
}

Status write_token(PartChanges& changes, const Token& token) {
  const std::string value = token_text(token);
  if (value.size() > token_length_max || value.find('"') != std::string::npos) {
    return fail(ErrorCode::invalid_input, "the token is too long or holds a quote");
  }
  if (const std::string* old = changes.read(changes.state().package.workbook_part);
      old == nullptr) {
    return broken_part("workbook");
  }
  CHECK_OK(write_name(changes, value));
  return write_property(changes, value);
}

}  // namespace tracker::workbook

#include "workbook/package.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "workbook/xml_scan.hpp"
#include "workbook/zip_directory.hpp"

namespace tracker::workbook {
namespace {

constexpr std::string_view content_types_key = "[content_types].xml";

std::string_view folder_of(std::string_view part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : part.substr(0, slash);
}

/// "%20" and its like, as they stand in targets.
std::string percent_decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// A target as a key: absolute, or relative to the folder of the part that names it.
std::string resolve(std::string_view base, std::string_view target) {
  const std::string text = part_key(percent_decoded(target));
  std::vector<std::string_view> steps;
  const auto walk = [&steps](std::string_view path) {
    while (!path.empty()) {
      const std::size_t slash = std::min(path.find('/'), path.size());
      const std::string_view step = path.substr(0, slash);
      path.remove_prefix(std::min(slash + 1, path.size()));
      if (step == "..") {
        if (!steps.empty()) steps.pop_back();
      } else if (!step.empty() && step != ".") {
        steps.push_back(step);
      }
    }
  };
  if (!text.starts_with('/')) walk(folder_of(base));
  walk(text);
  return fmt::format("{}", fmt::join(steps, "/"));
}

std::string_view last_word(std::string_view type) {
  const std::size_t slash = type.rfind('/');
  return slash == std::string_view::npos ? type : type.substr(slash + 1);
}

bool is_true(std::optional<std::string_view> value) { return value == "1" || value == "true"; }

void read_sheet(const XmlTag& tag, const std::vector<Relation>& relations, Package& package) {
  SheetEntry sheet;
  sheet.name = decode_xml(attribute(tag.attributes, "name").value_or(""));
  const auto state = attribute(tag.attributes, "state").value_or("visible");
  sheet.hidden = state != "visible";
  const auto id = attribute_by_local_name(tag.attributes, "id");
  for (const Relation& relation : relations) {
    if (id && relation.id == decode_xml(*id)) {
      sheet.part = relation.target;
      sheet.is_worksheet = relation.type == "worksheet";
    }
  }
  package.sheets.push_back(std::move(sheet));
}

Status read_workbook_part(std::string_view text, const std::vector<Relation>& relations,
                          Package& package) {
  XmlCursor cursor(text);
  const std::optional<XmlTag> root = cursor.next();
  if (!root || local_name(root->name) != "workbook") {
    return fail(ErrorCode::corrupt, "the workbook part is broken");
  }
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close) continue;
    const std::string_view name = local_name(tag->name);
    if (name == "workbookPr" && is_true(attribute(tag->attributes, "date1904"))) {
      package.date_base = DateBase::y1904;
    }
    if (name == "sheet" && attribute(tag->attributes, "name")) {
      read_sheet(*tag, relations, package);
    }
  }
  if (cursor.malformed()) return fail(ErrorCode::corrupt, "the workbook part is broken");
  return {};
}

/// '' if it never ends.
std::string without_element(std::string_view text, XmlCursor& cursor, const XmlTag& tag) {
  const std::size_t end = cursor.skip_element(tag);
  if (end == std::string_view::npos) return {};
  return apply_edits(text, {{tag.begin, end - tag.begin, ""}});
}

}  // namespace

std::string relations_part(std::string_view part) {
  const std::string_view folder = folder_of(part);
  const std::string_view file = folder.empty() ? part : part.substr(folder.size() + 1);
  return fmt::format("{}{}_rels/{}.rels", folder, folder.empty() ? "" : "/", file);
}

std::vector<Relation> read_relations(const PartReader& read, std::string_view part) {
  std::vector<Relation> relations;
  const std::string* text = read(relations_part(part));
  if (text == nullptr) return relations;
  XmlCursor cursor(*text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close || local_name(tag->name) != "Relationship") continue;
    if (attribute(tag->attributes, "TargetMode") == "External") continue;
    const auto id = attribute(tag->attributes, "Id");
    const auto type = attribute(tag->attributes, "Type");
    const auto target = attribute(tag->attributes, "Target");
    if (!id || !type || !target) continue;
    relations.push_back(
        {decode_xml(*id), std::string(last_word(*type)), resolve(part, decode_xml(*target))});
  }
  return relations;
}

Result<Package> read_package(const PartReader& read) {
  Package package;
  for (const Relation& relation : read_relations(read, "")) {
    if (relation.type == "officeDocument") package.workbook_part = relation.target;
    if (relation.type == "core-properties") package.core_part = relation.target;
    if (relation.type == "extended-properties") package.app_part = relation.target;
    if (relation.type == "extendedProperties") package.app_part = relation.target;
    if (relation.type == "custom-properties") package.custom_part = relation.target;
    if (relation.type == "customProperties") package.custom_part = relation.target;
    if (relation.type == "origin") package.is_signed = true;
  }
  const std::string* workbook = read(package.workbook_part);
  if (package.workbook_part.ends_with(".bin")) {
    return fail(ErrorCode::unsupported, "the workbook is a binary .xlsb file", "save it as .xlsx");
  }
  if (workbook == nullptr) {
    return fail(ErrorCode::unsupported, "the file is a zip archive, but not an Excel workbook",
                "save it as .xlsx");
  }
  const std::vector<Relation> relations = read_relations(read, package.workbook_part);
  for (const Relation& relation : relations) {
    if (relation.type == "sharedStrings") package.shared_strings_part = relation.target;
    if (relation.type == "styles") package.styles_part = relation.target;
    if (relation.type == "calcChain") package.calc_chain_part = relation.target;
  }
  package.workbook_rels_part = relations_part(package.workbook_part);
  CHECK_OK(read_workbook_part(*workbook, relations, package));
  return package;
}

std::vector<std::string> parts_of_type(const PartReader& read, std::string_view type_ending) {
  std::vector<std::string> parts;
  const std::string* text = read(content_types_key);
  if (text == nullptr) return parts;
  XmlCursor cursor(*text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "Override") continue;
    const auto type = attribute(tag->attributes, "ContentType");
    const auto name = attribute(tag->attributes, "PartName");
    if (type && name && type->ends_with(type_ending)) {
      parts.push_back(resolve("", decode_xml(*name)));
    }
  }
  return parts;
}

std::string without_override(std::string_view content_types, std::string_view part) {
  XmlCursor cursor(content_types);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "Override" || tag->kind == XmlTag::Kind::close) continue;
    const auto name = attribute(tag->attributes, "PartName");
    if (name && resolve("", decode_xml(*name)) == part) {
      return without_element(content_types, cursor, *tag);
    }
  }
  return {};
}

std::string without_relation(std::string_view relations, std::string_view base,
                             std::string_view part) {
  XmlCursor cursor(relations);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "Relationship" || tag->kind == XmlTag::Kind::close) continue;
    const auto target = attribute(tag->attributes, "Target");
    if (target && resolve(base, decode_xml(*target)) == part) {
      return without_element(relations, cursor, *tag);
    }
  }
  return {};
}

}  // namespace tracker::workbook

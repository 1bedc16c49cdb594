// The parts of a workbook and how they hang together: found only through relationships and content
// types, never by their usual names. Names are keys as of part_key(). Immutable; any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "workbook/dates.hpp"

namespace tracker::workbook {

/// Text of a part by key; nullptr if there is none.
using PartReader = std::function<const std::string*(std::string_view key)>;

struct Relation {
  std::string id;
  std::string type;    ///< last word of the type's address: "worksheet"; strict and transitional
  std::string target;  ///< key
};

struct SheetEntry {
  std::string name;
  std::string part;  ///< key; '' where the part is missing
  bool is_worksheet = false;
  bool hidden = false;
};

struct Package {
  std::string workbook_part;
  std::string workbook_rels_part;
  std::string shared_strings_part;  ///< '' = none
  std::string styles_part;
  std::string core_part;    ///< docProps/core.xml
  std::string app_part;     ///< docProps/app.xml
  std::string custom_part;  ///< docProps/custom.xml
  std::string calc_chain_part;
  bool is_signed = false;
  DateBase date_base = DateBase::y1900;
  std::vector<SheetEntry> sheets;  ///< as the tabs stand
};

Result<Package> read_package(const PartReader& read);

/// The relations of a part ('' = the package's own); none if it has no relations part.
std::vector<Relation> read_relations(const PartReader& read, std::string_view part);

/// "xl/worksheets/_rels/sheet1.xml.rels" of "xl/worksheets/sheet1.xml".
std::string relations_part(std::string_view part);

/// Keys of all parts with a content type that ends with `type_ending`.
std::vector<std::string> parts_of_type(const PartReader& read, std::string_view type_ending);

/// [Content_Types].xml or a relations part without what speaks of `part`; '' if nothing does.
std::string without_override(std::string_view content_types, std::string_view part);
std::string without_relation(std::string_view relations, std::string_view base,
                             std::string_view part);

}  // namespace tracker::workbook

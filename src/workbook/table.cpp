#include "workbook/table.hpp"

#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

std::optional<TableInfo> read_table(const std::string& text) {
  TableInfo table;
  bool found = false;
  XmlCursor cursor(text);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (tag->kind == XmlTag::Kind::close) continue;
    const std::string_view name = local_name(tag->name);
    if (name == "table" && !found) {
      const auto range = parse_range(attribute(tag->attributes, "ref").value_or(""));
      if (!range) return std::nullopt;
      table.ref = *range;
      const auto number = [&tag](std::string_view key, std::uint32_t otherwise) {
        return parse_number(attribute(tag->attributes, key).value_or("")).value_or(otherwise);
      };
      table.header_rows = number("headerRowCount", 1);
      table.totals_rows = number("totalsRowCount", 0);
      const std::uint32_t height = range->last.row - range->first.row + 1;
      if (table.header_rows > 1 || table.totals_rows > 1 ||
          table.header_rows + table.totals_rows > height) {
        return std::nullopt;
      }
      found = true;
    } else if (name == "tableColumn") {
      table.formulas.emplace_back();
    } else if (name == "calculatedColumnFormula" && tag->kind == XmlTag::Kind::open &&
               !table.formulas.empty()) {
      const std::size_t end = text.find('<', tag->end);
      if (end != std::string::npos && !attribute(tag->attributes, "array")) {
        table.formulas.back() = decode_xml(text.substr(tag->end, end - tag->end));
      }
    }
  }
  if (!found) return std::nullopt;
  return table;
}

}  // namespace

std::vector<TableInfo> read_tables(const PartReader& read, std::string_view sheet_part) {
  std::vector<TableInfo> tables;
  for (const Relation& relation : read_relations(read, sheet_part)) {
    const std::string* text = relation.type == "table" ? read(relation.target) : nullptr;
    if (text == nullptr) continue;
    if (std::optional<TableInfo> table = read_table(*text)) {
      table->part = relation.target;
      tables.push_back(std::move(*table));
    }
  }
  return tables;
}

}  // namespace tracker::workbook

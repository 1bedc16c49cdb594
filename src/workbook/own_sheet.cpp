#include "workbook/own_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "workbook/cell_codec.hpp"
#include "workbook/formula.hpp"
#include "workbook/part_changes.hpp"
#include "workbook/sheet_plan.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

constexpr std::size_t name_length_max = 31;
constexpr std::uint32_t first_row = 2;  ///< row 1: the mark, and which cells we wrote last
constexpr std::string_view worksheet_type =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";

std::unexpected<Error> refuse(std::string why, std::string to_do, const OwnSheet& sheet) {
  return fail(ErrorCode::unsupported, std::move(why), std::move(to_do), "sheet " + sheet.name);
}

std::string text_at(const State& state, const SheetState& sheet, std::uint32_t row,
                    std::uint32_t column) {
  if (!sheet.index) return {};
  const RowIndex* found = sheet.index->find_row(row);
  const CellIndex* cell = found == nullptr ? nullptr : found->find(column);
  return cell == nullptr ? std::string()
                         : state.cells_of(*sheet.index).text(*found, *cell, Meaning::plain);
}

const SheetState* find_own(const State& state, const OwnSheet& sheet) {
  for (const SheetState& one : state.sheets) {
    if (text_at(state, one, 1, 1) == sheet.mark) return &one;
  }
  return nullptr;
}

/// The structure of a protected workbook is its owner's.
bool is_structure_locked(std::string_view workbook) {
  XmlCursor cursor(workbook);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "workbookProtection") continue;
    const auto locked = attribute(tag->attributes, "lockStructure");
    return locked == "1" || locked == "true";
  }
  return false;
}

Status check_gate(const State& state, const OwnSheet& sheet) {
  if (const std::string problem = problem_with_sheet_name(sheet.name); !problem.empty()) {
    return refuse(problem, "choose another FOOTAGE_SHEET", sheet);
  }
  if (state.package.is_signed) {
    return refuse("the workbook is digitally signed", "remove the signature, or the setting",
                  sheet);
  }
  if (state.has_utf16()) {
    return refuse("the workbook is written in UTF-16", "save it with Excel", sheet);
  }
  if (is_structure_locked(*state.read(state.package.workbook_part))) {
    return refuse("the workbook's structure is protected: no sheet can be added",
                  "unprotect it, or switch FOOTAGE_SHEET off", sheet);
  }
  for (const SheetEntry& entry : state.package.sheets) {
    if (!same_sheet(entry.name, sheet.name)) continue;
    return refuse("the workbook has a sheet of this name already, and it is not ours",
                  "choose another FOOTAGE_SHEET", sheet);
  }
  return {};
}

/// Where a new <sheet> goes, and which number it gets.
struct SheetElements {
  std::size_t end = 0;  ///< past the last one
  std::uint32_t id_max = 0;
};

SheetElements read_elements(std::string_view workbook) {
  SheetElements found;
  XmlCursor cursor(workbook);
  while (const std::optional<XmlTag> tag = cursor.next()) {
    if (local_name(tag->name) != "sheet" || tag->kind != XmlTag::Kind::empty) continue;
    found.end = tag->end;
    const auto id = parse_number(attribute(tag->attributes, "sheetId").value_or(""));
    found.id_max = std::max(found.id_max, id.value_or(0));
  }
  return found;
}

/// A name for the part beside the other worksheets, as the archive writes names.
std::string part_name(const State& state) {
  const std::string& workbook =
      state.directory.entries[state.parts.find(state.package.workbook_part)->second.entry].name;
  const std::string folder = workbook.substr(0, workbook.rfind('/') + 1);
  for (std::size_t i = state.package.sheets.size() + 1;; ++i) {
    const std::string name = fmt::format("{}worksheets/sheet{}.xml", folder, i);
    if (!state.parts.contains(part_key(name))) return name;
  }
}

Result<std::shared_ptr<const State>> with_empty_sheet(const State& state, const OwnSheet& sheet) {
  const std::string& workbook = *state.read(state.package.workbook_part);
  const std::string* types = state.read("[content_types].xml");
  const std::string* relations = state.read(state.package.workbook_rels_part);
  const SheetElements sheets = read_elements(workbook);
  if (types == nullptr || relations == nullptr || sheets.end == 0) {
    return refuse("no sheet can be added to this workbook", "save it with Excel", sheet);
  }
  const bool strict = workbook.find("purl.oclc.org/ooxml") != std::string::npos;
  const std::string_view base =
      strict ? "http://purl.oclc.org/ooxml" : "http://schemas.openxmlformats.org";
  const std::string_view year = strict ? "" : "/2006";
  const std::string name = part_name(state);
  std::string id = "rIdFootage";
  while (relations->find('"' + id + '"') != std::string::npos) id += '1';
  const auto new_types =
      with_last_child(*types, fmt::format("<{}Override PartName=\"/{}\" ContentType=\"{}\"/>",
                                          root_prefix(*types), name, worksheet_type));
  const auto new_relations = with_last_child(
      *relations,
      fmt::format("<{}Relationship Id=\"{}\" Type=\"{}/officeDocument{}/relationships/worksheet\" "
                  "Target=\"{}\"/>",
                  root_prefix(*relations), id, base, year, name.substr(name.find("worksheets/"))));
  if (!new_types || !new_relations) {
    return refuse("no sheet can be added to this workbook", "save it with Excel", sheet);
  }
  PartChanges changes(state);
  changes.set("[content_types].xml", *new_types);
  changes.set(state.package.workbook_rels_part, *new_relations);
  // openpyxl declares the prefix of r:id on each <sheet>, others on the root: ours has its own.
  const std::string element = fmt::format(
      "<{}sheet name=\"{}\" sheetId=\"{}\" "
      "xmlns:r=\"{}/officeDocument{}/relationships\" r:id=\"{}\"/>",
      root_prefix(workbook), encode_xml(sheet.name), sheets.id_max + 1, base, year, id);
  changes.set(state.package.workbook_part, apply_edits(workbook, {{sheets.end, 0, element}}));
  changes.add(name, fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                                "<worksheet xmlns=\"{}/spreadsheetml{}/main\"><cols><col min=\"1\" "
                                "max=\"2\" width=\"24\" customWidth=\"1\"/></cols><sheetData/>"
                                "</worksheet>",
                                base, year));
  return changes.build();
}

bool is_wanted(const OwnSheet& sheet, std::uint32_t row, std::uint32_t column) {
  const std::size_t at = row - first_row;
  return at < sheet.rows.size() && column <= sheet.rows[at].size();
}

/// The cells as they should read; blank where the last writing put something that is gone.
std::vector<CellRequest> requests(const State& state, const SheetState& found,
                                  const OwnSheet& sheet) {
  std::vector<CellRequest> cells{{1, 1, sheet.mark}};
  CellRange now{{first_row, 1}, {first_row, 1}};
  for (std::size_t i = 0; i < sheet.rows.size(); ++i) {
    const auto row = first_row + static_cast<std::uint32_t>(i);
    now.last.row = row;
    for (std::size_t j = 0; j < sheet.rows[i].size(); ++j) {
      const auto column = static_cast<std::uint32_t>(j + 1);
      now.last.column = std::max(now.last.column, column);
      const OwnCell& cell = sheet.rows[i][j];
      cells.push_back({row, column, cell.text, Meaning::plain, cell.is_number});
    }
  }
  if (const auto before = parse_range(text_at(state, found, 1, 2))) {
    for (const RowIndex& row : found.index->rows) {
      if (row.number < first_row || row.number > before->last.row) continue;
      for (const CellIndex& cell : row.cells()) {
        const std::uint32_t column = cell.column;
        if (before->has_column(column) && !is_wanted(sheet, row.number, column)) {
          cells.push_back({row.number, column, ""});
        }
      }
    }
  }
  cells.push_back({1, 2, to_string(now)});
  return cells;
}

/// Figures under a heading that has to stay would be another week's.
bool changes_headings(const State& state, const SheetState& sheet,
                      const std::vector<CellRequest>& cells) {
  return std::ranges::any_of(cells, [&](const CellRequest& cell) {
    return is_table_heading(sheet, cell.row, cell.column) &&
           text_at(state, sheet, cell.row, cell.column) != cell.text;
  });
}

}  // namespace

std::string problem_with_sheet_name(std::string_view name) {
  if (name.empty()) return "a sheet needs a name";
  if (length_in_utf16(name) > name_length_max) return "a sheet's name has at most 31 characters";
  if (name.find_first_of("[]:*?/\\") != std::string_view::npos) {
    return "a sheet's name may not hold [ ] : * ? / \\";
  }
  if (name.starts_with('\'') || name.ends_with('\'')) {
    return "a sheet's name may not begin or end with an apostrophe";
  }
  return {};
}

Result<OwnSheetOutcome> put_own_sheet(const std::shared_ptr<const State>& state,
                                      const OwnSheet& sheet) {
  std::shared_ptr<const State> now = state;
  if (find_own(*now, sheet) == nullptr) {
    CHECK_OK(check_gate(*now, sheet));
    TRY(now, with_empty_sheet(*now, sheet));
    const bool is_there = !now->sheets.empty() && now->sheets.back().index != nullptr;
    if (!is_there)
      return refuse("no sheet can be added to this workbook", "save it with Excel", sheet);
  }
  const SheetState* own = find_own(*now, sheet);
  const SheetState& target = own != nullptr ? *own : now->sheets.back();
  SheetRequest request;
  request.cells = requests(*now, target, sheet);
  if (changes_headings(*now, target, request.cells)) {
    return refuse("its headings are those of a table, which can't become others",
                  "convert the table to a range", sheet);
  }
  const std::vector<CellRequest> asked = request.cells;
  PartChanges changes(*now);
  TRY(const std::vector<PlanRefusal> undone, plan_sheet(changes, target, std::move(request)));
  OwnSheetOutcome outcome{now, {}};
  for (const PlanRefusal& refusal : undone) {
    const CellRequest& cell = asked[refusal.index];
    outcome.refused.push_back(fmt::format("{}!{}: {}", target.entry.name,
                                          to_string(CellAddress{cell.row, cell.column}),
                                          refusal.reason));
  }
  if (changes.empty()) return outcome;
  TRY(outcome.state, changes.build());
  return outcome;
}

}  // namespace tracker::workbook

#include "cli/workbook_command_edits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "disk/file.hpp"

namespace tracker::cli {
namespace {

namespace json = boost::json;

constexpr std::uint64_t edits_size_max = 256ULL << 20U;

workbook::SheetEdit& edit_of(WorkbookEdits& edits, const std::string& sheet) {
  workbook::SheetEdit& edit = edits[sheet];
  edit.sheet = sheet;
  return edit;
}

std::unexpected<Error> not_edits(const std::string& expected) {
  return fail(ErrorCode::invalid_input, "the edits are not understood", "expected " + expected);
}

std::unexpected<Error> wrong(const std::string& option, const std::string& given,
                             const std::string& expected) {
  return fail(ErrorCode::invalid_input, fmt::format("{} \"{}\" is not understood", option, given),
              "expected " + expected);
}

/// "Sheet!B3=text"; the sheet's name may be left out.
Status add_cell(WorkbookEdits& edits, const std::string& given) {
  const std::size_t equals = given.find('=');
  const std::size_t mark = given.rfind('!', equals);
  if (equals == std::string::npos) return wrong("--set", given, "Sheet!B3=text");
  const std::string sheet = mark == std::string::npos ? "" : given.substr(0, mark);
  const std::size_t begin = mark == std::string::npos ? 0 : mark + 1;
  edit_of(edits, sheet)
      .cells.emplace_back(given.substr(begin, equals - begin), given.substr(equals + 1));
  return {};
}

/// {"A": "text"}.
Result<workbook::TextByColumn> texts_of(const json::value& object) {
  if (!object.is_object()) return not_edits("texts by column, like {\"A\": \"text\"}");
  workbook::TextByColumn row;
  for (const auto& [column, text] : object.get_object()) {
    if (!text.is_string()) return not_edits("a text for column " + std::string(column));
    row[std::string(column)] = std::string(text.get_string());
  }
  return row;
}

/// 'Sheet:{"A":"text"}'; what stands before the row goes into `place`, without its colon.
Result<workbook::TextByColumn> parse_row(const char* option, const std::string& given,
                                         const std::string& expected, std::string& place) {
  const std::size_t brace = given.find('{');
  if (brace == std::string::npos) return wrong(option, given, expected);
  place = given.substr(0, brace);
  if (place.ends_with(':')) place.pop_back();
  boost::system::error_code failed;
  const json::value parsed = json::parse(given.substr(brace), failed);
  if (failed) return wrong(option, given, expected);
  return texts_of(parsed);
}

Status add_append(WorkbookEdits& edits, const std::string& given) {
  std::string sheet;
  TRY(workbook::TextByColumn row, parse_row("--append", given, "Sheet:{\"A\":\"text\"}", sheet));
  edit_of(edits, sheet).appended.push_back(std::move(row));
  return {};
}

/// "Sheet!7"; 0 if no row stands there.
std::uint32_t parse_row_number(const std::string& given, std::string& sheet) {
  const std::size_t mark = given.rfind('!');
  sheet = mark == std::string::npos ? "" : given.substr(0, mark);
  const std::string number = mark == std::string::npos ? given : given.substr(mark + 1);
  if (number.empty() || number.size() > 7 ||
      number.find_first_not_of("0123456789") != std::string::npos) {
    return 0;
  }
  return static_cast<std::uint32_t>(std::stoul(number));
}

Status add_insert(WorkbookEdits& edits, const std::string& given) {
  const std::string expected = "Sheet!7 or Sheet!7:{\"A\":\"text\"}";
  std::string place = given;
  workbook::RowInsertion insertion;
  insertion.rows.emplace_back();
  if (given.ends_with('}')) {
    TRY(insertion.rows[0], parse_row("--insert", given, expected, place));
  }
  std::string sheet;
  insertion.before = parse_row_number(place, sheet);
  if (insertion.before == 0) return wrong("--insert", given, expected);
  edit_of(edits, sheet).inserted.push_back(std::move(insertion));
  return {};
}

Status add_delete(WorkbookEdits& edits, const std::string& given) {
  std::string sheet;
  const std::uint32_t row = parse_row_number(given, sheet);
  if (row == 0) return wrong("--delete", given, "Sheet!7");
  edit_of(edits, sheet).deleted_rows.push_back(row);
  return {};
}

const json::array& list_in(const json::object& sheet, std::string_view key) {
  static const json::array none;
  const json::value* list = sheet.if_contains(key);
  return list != nullptr && list->is_array() ? list->get_array() : none;
}

Result<std::uint32_t> row_number_of(const json::value* value) {
  boost::system::error_code failed;
  const auto row = value == nullptr ? 0 : value->to_number<std::uint32_t>(failed);
  if (failed || row == 0) return not_edits("a row number");
  return row;
}

Result<std::vector<workbook::TextByColumn>> rows_of(const json::array& list) {
  std::vector<workbook::TextByColumn> rows;
  for (const json::value& one : list) {
    TRY(workbook::TextByColumn row, texts_of(one));
    rows.push_back(std::move(row));
  }
  return rows;
}

Status add_sheet(workbook::SheetEdit& edit, const json::object& sheet) {
  for (const auto& [key, value] : sheet) {
    const bool known = key == "set" || key == "delete" || key == "insert" || key == "append";
    if (!known) return not_edits("set, delete, insert or append, not " + std::string(key));
  }
  if (const json::value* cells = sheet.if_contains("set")) {
    TRY(const workbook::TextByColumn texts, texts_of(*cells));
    for (const auto& [place, text] : texts) edit.cells.emplace_back(place, text);
  }
  for (const json::value& one : list_in(sheet, "delete")) {
    TRY(const std::uint32_t row, row_number_of(&one));
    edit.deleted_rows.push_back(row);
  }
  for (const json::value& one : list_in(sheet, "insert")) {
    if (!one.is_object()) return not_edits("{\"before\": 7, \"rows\": […]}");
    workbook::RowInsertion insertion;
    TRY(insertion.before, row_number_of(one.get_object().if_contains("before")));
    TRY(insertion.rows, rows_of(list_in(one.get_object(), "rows")));
    edit.inserted.push_back(std::move(insertion));
  }
  TRY(std::vector<workbook::TextByColumn> rows, rows_of(list_in(sheet, "append")));
  std::ranges::move(rows, std::back_inserter(edit.appended));
  return {};
}

Status add_file(WorkbookEdits& edits, const std::string& file) {
  TRY(const disk::FileContent content, disk::read_file(file, edits_size_max));
  boost::system::error_code failed;
  const json::value parsed = json::parse(content.bytes, failed);
  if (failed || !parsed.is_object()) return not_edits("a JSON object in " + file);
  for (const auto& [name, sheet] : parsed.get_object()) {
    if (!sheet.is_object()) return not_edits("an object for sheet " + std::string(name));
    CHECK_OK(add_sheet(edit_of(edits, std::string(name)), sheet.get_object()));
  }
  return {};
}

}  // namespace

Result<WorkbookEdits> parse_edits(const WorkbookPatchOptions& options) {
  WorkbookEdits edits;
  for (const std::string& given : options.cells) CHECK_OK(add_cell(edits, given));
  for (const std::string& given : options.inserts) CHECK_OK(add_insert(edits, given));
  for (const std::string& given : options.appends) CHECK_OK(add_append(edits, given));
  for (const std::string& given : options.deletes) CHECK_OK(add_delete(edits, given));
  if (!options.edits_file.empty()) CHECK_OK(add_file(edits, options.edits_file));
  return edits;
}

}  // namespace tracker::cli

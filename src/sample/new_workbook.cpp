#include "sample/new_workbook.hpp"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "report/memory_file.hpp"
#include "sample/summary_sheet.hpp"

namespace tracker::sample {
namespace {

constexpr std::size_t rows_max = 1048575;
constexpr std::array<const char*, workbook::measured_column_count> measured_headers{
    "Frames", "Duration", "FPS", "Version", "Missing", "Problem"};
constexpr const char* id_header = "Tracker ID";
constexpr std::size_t id_column = field_count + workbook::measured_column_count;
constexpr std::size_t column_count = id_column + 1;
constexpr std::array<double, column_count> widths{18, 13, 24, 9, 9,  16, 13, 36,
                                                  9,  11, 7,  9, 16, 30, 5};

/// Widest list first that a drop-down of 255 characters holds.
const char* const status_list[] = {"Not Started", "Blocking", "In Progress", "Review",
                                   "Retake",      "Approved", "Final",       nullptr};

/// The library's structs take char* and only read it.
char* unwritten(const char* text) { return const_cast<char*>(text); }

struct Formats {
  lxw_format* body = nullptr;
  lxw_format* text = nullptr;  ///< "@": what is typed stays as it is typed
  lxw_format* week = nullptr;
  lxw_format* notes = nullptr;
  lxw_format* seconds = nullptr;
  lxw_format* id = nullptr;
  lxw_format* final_shot = nullptr;
  lxw_format* retake = nullptr;
  lxw_format* problem = nullptr;
};

lxw_format* plain_format(lxw_workbook* book) {
  lxw_format* format = workbook_add_format(book);
  format_set_font_name(format, "Calibri");
  format_set_font_size(format, 11);
  return format;
}

Formats make_formats(lxw_workbook* book) {
  Formats formats;
  formats.body = plain_format(book);
  formats.text = plain_format(book);
  format_set_num_format(formats.text, "@");
  formats.week = plain_format(book);
  format_set_num_format(formats.week, "0");
  format_set_align(formats.week, LXW_ALIGN_CENTER);
  formats.notes = plain_format(book);
  format_set_text_wrap(formats.notes);
  format_set_align(formats.notes, LXW_ALIGN_VERTICAL_TOP);
  formats.seconds = plain_format(book);
  format_set_num_format(formats.seconds, "0.00");
  formats.id = plain_format(book);
  format_set_font_color(formats.id, 0x9A9A9A);
  format_set_font_size(formats.id, 8);
  const auto fill = [book](lxw_color_t back, lxw_color_t front) {
    lxw_format* format = workbook_add_format(book);
    format_set_bg_color(format, back);
    format_set_font_color(format, front);
    return format;
  };
  formats.final_shot = fill(0xD9EAD3, 0x274E13);
  formats.retake = fill(0xFCE5CD, 0x7F3F00);
  formats.problem = fill(0xF4CCCC, 0x990000);
  return formats;
}

lxw_format* format_of(const Formats& formats, std::size_t column) {
  if (column < field_count) {
    switch (all_fields[column]) {
      case Field::scene:
      case Field::shot:
        return formats.text;
      case Field::week_yyyymmdd:
        return formats.week;
      case Field::notes:
        return formats.notes;
      default:
        return formats.body;
    }
  }
  if (column == field_count + 1) return formats.seconds;
  return column == id_column ? formats.id : formats.body;
}

/// The number of a text that a number cell shows as the same text.
std::optional<double> plain_number(const std::string& text) {
  double number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (text.empty() || error != std::errc() || end != last || text.size() > 20 ||
      fmt::format("{}", number) != text) {
    return std::nullopt;
  }
  return number;
}

void write_cell(lxw_worksheet* sheet, lxw_row_t row, std::size_t column, const std::string& text,
                bool may_be_number, lxw_format* format) {
  const auto place = static_cast<lxw_col_t>(column);
  const std::optional<double> number = may_be_number ? plain_number(text) : std::nullopt;
  if (number) {
    worksheet_write_number(sheet, row, place, *number, format);
  } else if (text.empty()) {
    worksheet_write_blank(sheet, row, place, format);
  } else {
    worksheet_write_string(sheet, row, place, text.c_str(), format);
  }
}

void write_row(lxw_worksheet* sheet, lxw_row_t row, const NewRow& content, const Formats& formats) {
  for (std::size_t i = 0; i < field_count; ++i) {
    const bool is_week = all_fields[i] == Field::week_yyyymmdd;
    write_cell(sheet, row, i, content.cells[i], is_week, format_of(formats, i));
  }
  for (std::size_t i = 0; i < workbook::measured_column_count; ++i) {
    write_cell(sheet, row, field_count + i, content.measured[i], true,
               format_of(formats, field_count + i));
  }
  write_cell(sheet, row, id_column,
             content.tracker_id ? std::to_string(*content.tracker_id) : std::string(), true,
             formats.id);
}

void add_table(lxw_worksheet* sheet, lxw_row_t last_row) {
  std::array<lxw_table_column, column_count> columns{};
  std::vector<lxw_table_column*> pointers;
  for (std::size_t i = 0; i < column_count; ++i) {
    const char* header = i < field_count ? spec(all_fields[i]).header.data()
                         : i < id_column ? measured_headers[i - field_count]
                                         : id_header;
    columns[i].header = unwritten(header);
    pointers.push_back(&columns[i]);
  }
  pointers.push_back(nullptr);
  lxw_table_options options{};
  options.name = unwritten("Production");
  options.style_type = LXW_TABLE_STYLE_TYPE_MEDIUM;
  options.style_type_number = 2;
  options.columns = pointers.data();
  worksheet_add_table(sheet, 0, 0, last_row, static_cast<lxw_col_t>(column_count - 1), &options);
}

void add_rules(lxw_worksheet* sheet, lxw_row_t last_row, const Formats& formats) {
  const auto status = static_cast<lxw_col_t>(index(Field::status));
  lxw_data_validation validation{};
  validation.validate = LXW_VALIDATION_TYPE_LIST;
  validation.value_list = const_cast<char**>(status_list);
  validation.ignore_blank = LXW_VALIDATION_ON;
  validation.error_type = LXW_VALIDATION_ERROR_TYPE_INFORMATION;
  worksheet_data_validation_range(sheet, 1, status, last_row, status, &validation);
  const auto colour = [&](const char* text, lxw_format* format) {
    lxw_conditional_format rule{};
    rule.type = LXW_CONDITIONAL_TYPE_CELL;
    rule.criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO;
    rule.value_string = unwritten(text);
    rule.format = format;
    worksheet_conditional_format_range(sheet, 1, status, last_row, status, &rule);
  };
  colour("\"Final\"", formats.final_shot);
  colour("\"Approved\"", formats.final_shot);
  colour("\"Retake\"", formats.retake);
  lxw_conditional_format rule{};
  rule.type = LXW_CONDITIONAL_TYPE_NO_BLANKS;
  rule.format = formats.problem;
  const auto problem = static_cast<lxw_col_t>(field_count + 5);
  worksheet_conditional_format_range(sheet, 1, problem, last_row, problem, &rule);
}

void write_production_sheet(lxw_workbook* book, lxw_worksheet* sheet,
                            std::span<const NewRow> rows) {
  const Formats formats = make_formats(book);
  for (std::size_t i = 0; i < column_count; ++i) {
    const auto column = static_cast<lxw_col_t>(i);
    worksheet_set_column(sheet, column, column, widths[i], nullptr);
  }
  const NewRow blank;
  const auto last_row = static_cast<lxw_row_t>(std::max<std::size_t>(rows.size(), 1));
  for (lxw_row_t row = 1; row <= last_row; ++row) {
    write_row(sheet, row, rows.empty() ? blank : rows[row - 1], formats);
  }
  add_table(sheet, last_row);
  add_rules(sheet, last_row, formats);
  worksheet_freeze_panes(sheet, 1, 0);
  lxw_comment_options comment{};
  comment.author = unwritten("Animation Tracker");
  comment.width = 240;
  worksheet_write_comment_opt(sheet, 0, static_cast<lxw_col_t>(field_count),
                              "Frames, Duration, FPS, Version, Missing and Problem are measured "
                              "from the animation folders.",
                              &comment);
  worksheet_set_landscape(sheet);
  worksheet_repeat_rows(sheet, 0, 0);
  worksheet_fit_to_pages(sheet, 1, 0);
}

/// Excel's rules for a sheet's name.
bool is_sheet_name(const std::string& name) {
  return !name.empty() && name.size() <= 31 && name.find_first_of("[]:*?/\\'") == std::string::npos;
}

}  // namespace

Result<std::string> create_workbook(std::span<const NewRow> rows, const CreateOptions& options) {
  if (rows.size() > rows_max) {
    return fail(ErrorCode::too_large, "a sheet holds at most 1,048,575 entries");
  }
  if (!is_sheet_name(options.sheet_name)) {
    return fail(ErrorCode::invalid_input, "Excel allows no such sheet name",
                "at most 31 characters, none of [ ] : * ? / \\ '", options.sheet_name);
  }
  const report::MemoryFile file;
  if (!file.is_open()) return fail(ErrorCode::io, "no memory file for the new workbook");
  lxw_workbook* book = workbook_new(file.path().c_str());
  if (book == nullptr) return fail(ErrorCode::io, "the new workbook can't be started");
  lxw_worksheet* sheet = workbook_add_worksheet(book, options.sheet_name.c_str());
  lxw_worksheet* summary =
      options.with_summary ? workbook_add_worksheet(book, summary_sheet_name) : nullptr;
  if (sheet == nullptr || (options.with_summary && summary == nullptr)) {
    lxw_workbook_free(book);
    return fail(ErrorCode::invalid_input, "Excel allows no such sheet name", {},
                options.sheet_name);
  }
  write_production_sheet(book, sheet, rows);
  if (summary != nullptr) write_summary_sheet(book, summary, rows, options.sheet_name);
  const lxw_error failed = workbook_close(book);  // frees it too
  if (failed != LXW_NO_ERROR) {
    return fail(ErrorCode::io,
                fmt::format("the new workbook can't be written: {}", lxw_strerror(failed)),
                "is the temporary folder writable, and is there room on its disk?");
  }
  return file.read();
}

}  // namespace tracker::sample

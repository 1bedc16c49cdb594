#include "report/table_sheet.hpp"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include "report/memory_file.hpp"

namespace tracker::report {
namespace {

constexpr std::size_t rows_max = 1'048'575;

struct Formats {
  lxw_format* title = nullptr;
  lxw_format* text = nullptr;  ///< "@": what is typed stays as it is typed
  lxw_format* number = nullptr;
};

void write_sheet(lxw_worksheet* sheet, const TableSheet& table, const Formats& formats) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto column = static_cast<lxw_col_t>(i);
    worksheet_set_column(sheet, column, column, table.columns[i].width, nullptr);
    worksheet_write_string(sheet, 0, column, table.columns[i].title.c_str(), formats.title);
  }
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto row = static_cast<lxw_row_t>(r + 1);
    for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
      const auto column = static_cast<lxw_col_t>(c);
      const TableCell& cell = table.rows[r][c];
      if (const auto* number = std::get_if<double>(&cell)) {
        worksheet_write_number(sheet, row, column, *number, formats.number);
      } else if (const auto& text = std::get<std::string>(cell); !text.empty()) {
        worksheet_write_string(sheet, row, column, text.c_str(), formats.text);
      }
    }
  }
  worksheet_freeze_panes(sheet, 1, 0);
}

}  // namespace

Result<std::string> write_workbook(const std::vector<TableSheet>& sheets) {
  for (const TableSheet& sheet : sheets) {
    if (sheet.rows.size() <= rows_max) continue;
    return fail(ErrorCode::too_large, "a sheet holds at most 1,048,575 rows");
  }
  const MemoryFile file;
  if (!file.is_open()) return fail(ErrorCode::io, "no memory file for the new workbook");
  lxw_workbook* book = workbook_new(file.path().c_str());
  if (book == nullptr) return fail(ErrorCode::io, "the new workbook can't be started");
  Formats formats;
  formats.title = workbook_add_format(book);
  format_set_bold(formats.title);
  formats.text = workbook_add_format(book);
  format_set_num_format(formats.text, "@");
  formats.number = workbook_add_format(book);
  for (const TableSheet& table : sheets) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, table.name.c_str());
    if (sheet == nullptr) {
      lxw_workbook_free(book);
      return fail(ErrorCode::invalid_input, "Excel allows no such sheet name", {}, table.name);
    }
    write_sheet(sheet, table, formats);
  }
  const lxw_error failed = workbook_close(book);  // frees it too
  if (failed != LXW_NO_ERROR) {
    return fail(ErrorCode::io,
                fmt::format("the new workbook can't be written: {}", lxw_strerror(failed)),
                "is the temporary folder writable, and is there room on its disk?");
  }
  return file.read();
}

}  // namespace tracker::report

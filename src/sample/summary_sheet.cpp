#include "sample/summary_sheet.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <vector>

namespace tracker::sample {
namespace {

struct Totals {
  int shots = 0;
  int final_shots = 0;
  double frames = 0;
  double seconds = 0;
};

constexpr double width_of_name = 26;

double number_of(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::map<std::string, Totals> totals_by(std::span<const NewRow> rows, Field field) {
  std::map<std::string, Totals> totals;
  for (const NewRow& row : rows) {
    const std::string& name = at(row.cells, field);
    if (name.empty()) continue;
    Totals& sum = totals[name];
    ++sum.shots;
    sum.final_shots += at(row.cells, Field::status) == "Final" ? 1 : 0;
    sum.frames += number_of(row.measured[0]);
    sum.seconds += number_of(row.measured[1]);
  }
  return totals;
}

/// Addresses of the data columns, as formulas name them.
struct DataColumns {
  std::string sheet;
  std::size_t last_row = 0;

  std::string column(std::size_t i) const {
    const char letter = static_cast<char>('A' + i);
    return fmt::format("'{0}'!${1}$2:${1}${2}", sheet, letter, last_row);
  }
};

/// Writes one block: name, shots, final, frames, seconds. The row below it.
lxw_row_t write_block(lxw_worksheet* sheet, lxw_row_t row, const char* title,
                      const std::map<std::string, Totals>& totals, const DataColumns& data,
                      std::size_t key_column, lxw_format* head) {
  const char* const headers[] = {title, "Shots", "Final", "Frames", "Seconds"};
  for (lxw_col_t i = 0; i < 5; ++i) worksheet_write_string(sheet, row, i, headers[i], head);
  const std::string keys = data.column(key_column);
  const std::string status = data.column(index(Field::status));
  for (const auto& [name, sum] : totals) {
    ++row;
    worksheet_write_string(sheet, row, 0, name.c_str(), nullptr);
    const std::string here = fmt::format("$A{}", row + 1);
    const auto formula = [&](lxw_col_t column, const std::string& text, double value) {
      worksheet_write_formula_num(sheet, row, column, text.c_str(), nullptr, value);
    };
    formula(1, fmt::format("=COUNTIF({},{})", keys, here), sum.shots);
    formula(2, fmt::format("=COUNTIFS({},{},{},\"Final\")", keys, here, status), sum.final_shots);
    formula(3, fmt::format("=SUMIF({},{},{})", keys, here, data.column(field_count)), sum.frames);
    formula(4, fmt::format("=SUMIF({},{},{})", keys, here, data.column(field_count + 1)),
            sum.seconds);
  }
  return row + 2;
}

void add_chart(lxw_workbook* book, lxw_worksheet* sheet, const char* title, lxw_row_t first,
               lxw_row_t last, lxw_row_t place) {
  lxw_chart* chart = workbook_add_chart(book, LXW_CHART_COLUMN);
  lxw_chart_series* series = chart_add_series(
      chart, fmt::format("={}!$A${}:$A${}", summary_sheet_name, first, last).c_str(),
      fmt::format("={}!$D${}:$D${}", summary_sheet_name, first, last).c_str());
  chart_series_set_name(series, "Frames");
  chart_title_set_name(chart, title);
  worksheet_insert_chart(sheet, place, 6, chart);
}

/// Straight over the data: its ranges must follow when rows are appended.
void add_shot_chart(lxw_workbook* book, lxw_worksheet* sheet, const DataColumns& data) {
  lxw_chart* chart = workbook_add_chart(book, LXW_CHART_LINE);
  const std::string shots = "=" + data.column(index(Field::shot));
  const std::string frames = "=" + data.column(field_count);
  lxw_chart_series* series = chart_add_series(chart, shots.c_str(), frames.c_str());
  chart_series_set_name(series, "Frames");
  chart_title_set_name(chart, "Frames per shot");
  worksheet_insert_chart(sheet, 34, 6, chart);
}

}  // namespace

void write_summary_sheet(lxw_workbook* book, lxw_worksheet* sheet, std::span<const NewRow> rows,
                         const std::string& data_sheet) {
  lxw_format* head = workbook_add_format(book);
  format_set_bold(head);
  format_set_bottom(head, LXW_BORDER_THIN);
  worksheet_set_column(sheet, 0, 0, width_of_name, nullptr);
  const DataColumns data{data_sheet, std::max<std::size_t>(rows.size(), 1) + 1};
  const auto per_animator = totals_by(rows, Field::animator);
  const auto per_episode = totals_by(rows, Field::episode_title);
  lxw_row_t row =
      write_block(sheet, 0, "Animator", per_animator, data, index(Field::animator), head);
  const lxw_row_t episodes_at = row;
  row = write_block(sheet, row, "Episode", per_episode, data, index(Field::episode_title), head);
  Totals all;
  for (const auto& [name, sum] : per_animator) {
    all.frames += sum.frames;
    all.seconds += sum.seconds;
  }
  worksheet_write_string(sheet, row, 0, "All", head);
  worksheet_write_formula_num(
      sheet, row, 3, fmt::format("=SUM({})", data.column(field_count)).c_str(), head, all.frames);
  worksheet_write_formula_num(sheet, row, 4,
                              fmt::format("=SUM({})", data.column(field_count + 1)).c_str(), head,
                              all.seconds);
  if (!per_animator.empty()) {
    add_chart(book, sheet, "Frames per animator", 2,
              static_cast<lxw_row_t>(per_animator.size() + 1), 0);
  }
  if (!per_episode.empty()) {
    add_chart(book, sheet, "Frames per episode", episodes_at + 2,
              static_cast<lxw_row_t>(episodes_at + 1 + per_episode.size()), 17);
  }
  add_shot_chart(book, sheet, data);
}

}  // namespace tracker::sample

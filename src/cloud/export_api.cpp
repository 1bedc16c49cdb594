// Entries and footage as files for spreadsheet programs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cloud/access.hpp"
#include "cloud/endpoints.hpp"
#include "report/table_sheet.hpp"
#include "runtime/worker_thread.hpp"

namespace tracker::cloud {
namespace {

constexpr std::string_view xlsx_type =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

http::Response download(std::string bytes, std::string_view type, std::string_view name) {
  http::Response response;
  response.content_type = type;
  response.headers.set("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name));
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(bytes);
  return response;
}

/// The eight columns under their headers, and the row's number, by which an import knows it again.
report::TableSheet entries_sheet(const std::vector<Entry>& entries) {
  report::TableSheet sheet;
  sheet.name = "Production";
  for (Field field : all_fields) {
    sheet.columns.push_back({std::string(spec(field).header), field == Field::notes ? 40.0 : 18.0});
  }
  sheet.columns.push_back({"Frames", 9});
  sheet.columns.push_back({"Tracker ID", 11});
  for (const Entry& entry : entries) {
    std::vector<report::TableCell> row;
    for (Field field : all_fields) row.emplace_back(at(entry.cells, field));
    if (entry.measurement && entry.measurement->frames) {
      row.emplace_back(static_cast<double>(*entry.measurement->frames));
    } else {
      row.emplace_back(std::string());
    }
    row.emplace_back(static_cast<double>(entry.id));
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

/// RFC 4180, with a mark in front by which Excel knows UTF-8.
std::string csv_of(const report::TableSheet& sheet) {
  std::string out = "\xEF\xBB\xBF";
  const auto add = [&out](std::string_view text, bool last) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos && !text.starts_with(' ')) {
      out += text;
    } else {
      out += '"';
      for (const char c : text) out.append(c == '"' ? 2 : 1, c);
      out += '"';
    }
    out += last ? "\r\n" : ",";
  };
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    add(sheet.columns[i].title, i + 1 == sheet.columns.size());
  }
  for (const auto& row : sheet.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto* number = std::get_if<double>(&row[i]);
      add(number != nullptr ? fmt::format("{}", *number) : std::get<std::string>(row[i]),
          i + 1 == row.size());
    }
  }
  return out;
}

/// People by weeks, in frames; the last row and the last column are sums.
report::TableSheet people_sheet(const store::FootageSummary& footage) {
  std::vector<std::string> weeks;
  std::vector<std::string> people;
  for (const store::FootageGroup& group : footage.weeks) {
    weeks.push_back(group.iso_week);
    people.push_back(group.animator);
  }
  for (std::vector<std::string>* list : {&weeks, &people}) {
    std::ranges::sort(*list);
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  report::TableSheet sheet;
  sheet.name = "People and weeks";
  sheet.columns.push_back({"Animator", 22});
  for (const std::string& week : weeks) {
    sheet.columns.push_back({week.empty() ? "no week" : week, 11});
  }
  sheet.columns.push_back({"Total frames", 13});
  std::vector<double> sums(weeks.size() + 1, 0);
  for (const std::string& person : people) {
    std::vector<double> frames(weeks.size() + 1, 0);
    for (const store::FootageGroup& group : footage.weeks) {
      if (group.animator != person) continue;
      const auto place = std::ranges::lower_bound(weeks, group.iso_week) - weeks.begin();
      frames[static_cast<std::size_t>(place)] += static_cast<double>(group.frames);
      frames.back() += static_cast<double>(group.frames);
    }
    std::vector<report::TableCell> row{report::TableCell(person)};
    for (std::size_t i = 0; i < frames.size(); ++i) {
      row.emplace_back(frames[i]);
      sums[i] += frames[i];
    }
    sheet.rows.push_back(std::move(row));
  }
  std::vector<report::TableCell> last{report::TableCell(std::string("Total"))};
  for (const double sum : sums) last.emplace_back(sum);
  sheet.rows.push_back(std::move(last));
  return sheet;
}

report::TableSheet episodes_sheet(const store::FootageSummary& footage) {
  report::TableSheet sheet;
  sheet.name = "Episodes";
  sheet.columns = {{"Type", 12},    {"Episode", 30},       {"Shots", 9},
                   {"Frames", 11},  {"Seconds", 12},       {"Planned shots", 14},
                   {"Planned", 11}, {"Target frames", 14}, {"Difference", 12}};
  const auto number = [](std::int64_t value) {
    return report::TableCell(static_cast<double>(value));
  };
  const auto or_blank = [&number](std::optional<std::int64_t> value) {
    return value ? number(*value) : report::TableCell(std::string());
  };
  for (const store::FootageGroup& group : footage.episodes) {
    std::optional<std::int64_t> planned;
    if (group.shots_planned > 0) planned = group.frames_planned;
    const std::optional<std::int64_t> aim = group.frames_target ? group.frames_target : planned;
    std::optional<std::int64_t> difference;
    if (aim) difference = group.frames - *aim;
    sheet.rows.push_back({group.project_type, group.episode_title, number(group.shots),
                          number(group.frames), group.seconds, number(group.shots_planned),
                          or_blank(planned), or_blank(group.frames_target), or_blank(difference)});
  }
  return sheet;
}

}  // namespace

Awaitable<http::Response> export_entries(App& app, Call call) {
  const std::string_view format = call.request.query_value("format").value_or("xlsx");
  if (format != "xlsx" && format != "csv") {
    co_return refuse_value(Error{ErrorCode::invalid_input, "format is xlsx or csv", {}, "format"});
  }
  auto list = co_await app.store.list({});
  if (!list) co_return refuse(list.error(), call.request);
  const report::TableSheet sheet = entries_sheet(list->entries);
  if (format == "csv") {
    co_return download(csv_of(sheet), "text/csv; charset=utf-8", "production.csv");
  }
  auto bytes =
      co_await runtime::run_blocking(app.files, [&] { return report::write_workbook({sheet}); });
  if (!bytes) co_return refuse(bytes.error(), call.request);
  co_return download(std::move(*bytes), xlsx_type, "production.xlsx");
}

Awaitable<http::Response> export_summary(App& app, Call call) {
  const std::string from(call.request.query_value("from").value_or(""));
  const std::string to(call.request.query_value("to").value_or(""));
  auto footage = co_await app.store.summary(from, to);
  if (!footage) co_return refuse(footage.error(), call.request);
  auto bytes = co_await runtime::run_blocking(app.files, [&] {
    return report::write_workbook({people_sheet(*footage), episodes_sheet(*footage)});
  });
  if (!bytes) co_return refuse(bytes.error(), call.request);
  co_return download(std::move(*bytes), xlsx_type, "footage.xlsx");
}

}  // namespace tracker::cloud

// Import: a workbook read without being kept, and what a person then chose of it, all or nothing.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/edit_requests.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/written.hpp"
#include "runtime/worker_thread.hpp"
#include "workbook/document.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::size_t cells_max = 2'000'000;

/// Column number (from 0) of "C" or "AB".
std::size_t column_number(std::string_view letters) {
  std::size_t number = 0;
  for (const char letter : letters)
    number = number * 26 + static_cast<std::size_t>(letter - 'A') + 1;
  return number - 1;
}

/// The rows of a sheet as lists of texts, blank rows left out.
Result<json::object> sheet_json(std::string bytes, const std::string& sheet) {
  TRY(const workbook::Document document, workbook::Document::open(std::move(bytes)));
  std::string name = sheet;
  json::array sheets;
  for (const workbook::SheetInfo& info : document.sheets()) {
    if (info.hidden) continue;
    if (name.empty()) name = info.name;
    sheets.push_back(json::value(info.name));
  }
  TRY(const std::vector<workbook::GridRow> grid, document.grid(name));
  json::array rows;
  json::array numbers;
  std::size_t cells = 0;
  for (const workbook::GridRow& row : grid) {
    json::array texts;
    for (const workbook::GridCell& cell : row.cells) {
      const std::size_t column = column_number(cell.column);
      if (column > 500) continue;
      while (texts.size() < column) texts.emplace_back("");
      texts.emplace_back(cell.text);
    }
    cells += texts.size();
    if (cells > cells_max) {
      return fail(ErrorCode::too_large, fmt::format("more than {} cells", cells_max),
                  "import a part of it");
    }
    numbers.push_back(json::value(row.row_number));
    rows.push_back(std::move(texts));
  }
  return json::object{{"sheet", name},
                      {"sheets", std::move(sheets)},
                      {"rows", std::move(rows)},
                      {"numbers", std::move(numbers)}};
}

}  // namespace

Awaitable<http::Response> read_sheet(App& app, Call call) {
  std::string sheet(call.request.query_value("sheet").value_or(""));
  auto read = co_await runtime::run_blocking(
      app.files, [&] { return sheet_json(std::move(call.request.body), sheet); });
  if (!read) co_return refuse_value(read.error());
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(*read)}});
}

Awaitable<http::Response> import_entries(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  const json::array none;
  const auto list = [&](const char* key) -> const json::array& {
    const json::value* found = body->if_contains(key);
    return found != nullptr && found->is_array() ? found->get_array() : none;
  };
  const json::array& change = list("change");
  const json::array& create = list("create");
  if (auto refused = refuse_size(change.size() + create.size(), call.request)) {
    co_return std::move(*refused);
  }
  std::vector<store::RowEdit> rows;
  std::set<EntryId> ids;
  for (std::size_t i = 0; i < change.size(); ++i) {
    auto edit = row_edit(change[i], std::nullopt);
    if (!edit) co_return refuse_element(edit.error(), i, true);
    if (!ids.insert(edit->id).second) {
      const Error twice{ErrorCode::invalid_input, "this entry stands in the list twice", {}, "id"};
      co_return refuse_element(twice, i, true);
    }
    rows.push_back(std::move(*edit));
  }
  std::vector<Cells> added;
  for (std::size_t i = 0; i < create.size(); ++i) {
    auto cells = parse_cells(create[i]);
    if (!cells) co_return refuse_element(cells.error(), change.size() + i, true);
    added.push_back(std::move(*cells));
  }
  auto once = once_of(call.request);
  if (!once) co_return refuse(once.error(), call.request);
  auto outcome = co_await app.store.edit(rows, call.caller.who(), std::move(*once), added);
  if (!outcome) co_return refuse(outcome.error(), call.request);
  if (!outcome->conflicts.empty()) co_return refuse_stale(outcome->conflicts, rows, true);
  announce(app, outcome->written);
  co_return written_response(outcome->written, Shape::list);
}

}  // namespace tracker::cloud

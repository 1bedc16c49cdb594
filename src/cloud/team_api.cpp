// What people of a team see of each other on the page: who is at which cell, and what they share
// (views, the list of statuses, the columns of an import).
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::size_t page_id_length_max = 64;
constexpr std::size_t setting_bytes_max = 64 * 1024;
constexpr std::array<std::string_view, 4> setting_names{"views", "statuses", "status_done",
                                                        "import_columns"};

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

}  // namespace

Awaitable<http::Response> tell_presence(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto page = text_in(*body, "page", page_id_length_max);
  if (!page) co_return refuse_value(page.error());
  auto row = integer_in(*body, "row");
  if (!row) co_return refuse_value(row.error());
  auto column = text_in(*body, "column", 40);
  if (!column) co_return refuse_value(column.error());
  auto editing = flag_in(*body, "editing");
  if (!editing) co_return refuse_value(editing.error());
  json::object out{{"page", page->value_or("")}, {"name", call.caller.name}};
  out["row"] = *row ? json::value(**row) : json::value(nullptr);
  out["column"] = text_or_null(*column);
  out["editing"] = editing->value_or(false);
  if (auto told = co_await app.store.tell_presence(json::serialize(out)); !told) {
    co_return refuse(told.error(), call.request);
  }
  co_return http::json_response(json::object{{"success", true}});
}

Awaitable<http::Response> list_shared(App& app, Call call) {
  auto settings = co_await app.store.shared_settings();
  if (!settings) co_return refuse(settings.error(), call.request);
  json::object data;
  for (store::SharedSetting& setting : *settings) data[setting.name] = std::move(setting.value);
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> put_shared(App& app, Call call) {
  const std::string name = call.request.path_parameter("name");
  if (std::ranges::find(setting_names, name) == setting_names.end()) {
    co_return refuse(Error{ErrorCode::not_found, "there is no such shared setting", {}, "name"},
                     call.request);
  }
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  const json::value* value = body->if_contains("value");
  if (value == nullptr || value->is_null()) {
    co_return refuse_value(Error{ErrorCode::invalid_input, "value is missing", {}, "value"});
  }
  if (call.request.body.size() > setting_bytes_max) {
    co_return refuse_value(Error{
        ErrorCode::too_large, fmt::format("at most {} bytes", setting_bytes_max), {}, "value"});
  }
  auto set = co_await app.store.set_shared_setting(name, *value, call.caller.who());
  if (!set) co_return refuse(set.error(), call.request);
  co_return co_await list_shared(app, std::move(call));
}

}  // namespace tracker::cloud

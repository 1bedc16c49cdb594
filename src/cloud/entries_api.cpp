// Reading entries: the list, the list after a look at the workbook, one, and its history.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/entry_json.hpp"
#include "core/digest.hpp"
#include "core/text.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::int64_t wait_default_ms = 5'000;
constexpr std::int64_t wait_max_ms = 30'000;
constexpr std::int64_t history_max = 1'000;
constexpr std::size_t search_length_max = 200;

Status check_sort(std::string_view sort) {
  static const std::set<std::string_view> more{"id", "version", "created_at", "updated_at"};
  const std::string_view name = sort.starts_with('-') ? sort.substr(1) : sort;
  if (more.contains(name) || field_by_column(name)) return {};
  return fail(ErrorCode::invalid_input,
              fmt::format("there is no column {} to sort by", sort.substr(0, 50)), {}, "sort");
}

bool sorted_by_id(std::string_view sort) { return sort == "id" || sort == "-id"; }

/// Where the next page begins: in a list sorted by id the last row's number, as scripts expect.
std::string next_page(const store::EntryList& list, std::string_view sort) {
  if (list.next.empty() || !sorted_by_id(sort)) return list.next;
  return std::to_string(list.entries.back().id);
}

/// The store's form of "after".
std::string after_row(std::string_view after, std::string_view sort) {
  const bool number = !after.empty() && after.size() < 19 &&
                      after.find_first_not_of("0123456789") == std::string_view::npos;
  if (!number || !sorted_by_id(sort)) return std::string(after);
  return fmt::format(R"(["{}","{}",{}])", sort, after, after);
}

Result<store::ListQuery> list_query(const http::Request& request) {
  static const std::set<std::string_view> others{"wait", "now"};
  store::ListQuery query;
  for (const auto& [name, value] : request.query) {
    if (!is_utf8(value)) return fail(ErrorCode::invalid_input, "not UTF-8", {}, name);
    if (const auto field = field_by_column(name); field && *field != Field::notes) {
      query.equal[index(*field)] = canonical(value);
    } else if (name == "q") {
      if (value.size() > search_length_max) {
        return fail(ErrorCode::invalid_input,
                    fmt::format("q has at most {} bytes", search_length_max), {}, "q");
      }
      query.q = canonical(value);
    } else if (name == "sort") {
      CHECK_OK(check_sort(value));
      query.sort = value;
    } else if (name == "after") {
      query.after = value;
    } else if (name != "limit" && !others.contains(name)) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("there is no filter {}", std::string_view(name).substr(0, 50)), {},
                  name.substr(0, 50));
    }
  }
  constexpr auto limit_max = static_cast<std::int64_t>(store::rows_in_list_max);
  TRY(const std::int64_t limit, number_in_query(request, "limit", 1, limit_max, limit_max));
  query.limit = static_cast<std::size_t>(limit);
  query.after = after_row(query.after, query.sort);
  return query;
}

/// Names what the list shows: how new it is, and which rows were asked for.
std::string list_etag(const store::ListState& state, const http::Request& request) {
  return fmt::format("\"{}-{}-{}\"", state.head, state.pictures,
                     content_digest(request.target).substr(0, 12));
}

json::object list_json(const store::EntryList& list, std::string_view sort) {
  json::object out{{"success", true}, {"data", entries_json(list.entries)}};
  out["cursor"] = std::to_string(list.head);
  out["pictures"] = list.pictures;
  const std::string next = next_page(list, sort);
  out["next"] = next.empty() ? json::value(nullptr) : json::value(next);
  return out;
}

}  // namespace

Awaitable<http::Response> list_entries(App& app, Call call) {
  auto query = list_query(call.request);
  if (!query) co_return refuse(query.error(), call.request);
  if (const auto known = call.request.header("If-None-Match")) {
    auto state = co_await app.store.list_state();
    if (!state) co_return refuse(state.error(), call.request);
    const std::string etag = list_etag(*state, call.request);
    if (*known == etag) {
      http::Response unchanged;
      unchanged.status = 304;
      unchanged.headers.set("ETag", etag);
      co_return unchanged;
    }
  }
  auto list = co_await app.store.list(*query);
  if (!list) co_return refuse(list.error(), call.request);
  http::Response response = http::json_response(list_json(*list, query->sort));
  response.headers.set("ETag", list_etag(*list, call.request));
  response.headers.set("Cache-Control", "private, no-cache");
  co_return response;
}

Awaitable<http::Response> list_entries_with_local_sync(App& app, Call call) {
  auto query = list_query(call.request);
  if (!query) co_return refuse(query.error(), call.request);
  auto wait = number_in_query(call.request, "wait", 0, wait_max_ms, wait_default_ms);
  if (!wait) co_return refuse(wait.error(), call.request);
  const ExcelSync sync = co_await app.studio.look_now(std::chrono::milliseconds(*wait));
  auto list = co_await app.store.list(*query);
  if (!list) co_return refuse(list.error(), call.request);
  json::object out = list_json(*list, query->sort);
  out["excelSync"] = excel_sync_json(sync);
  co_return http::json_response(out);
}

Awaitable<http::Response> read_entry(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto entry = co_await app.store.get(*id);
  if (!entry) co_return refuse(entry.error(), call.request);
  http::Response response =
      http::json_response(json::object{{"success", true}, {"data", entry_json(*entry)}});
  response.headers.set("ETag", fmt::format("\"{}\"", entry->version));
  co_return response;
}

Awaitable<http::Response> entry_history(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto limit = number_in_query(call.request, "limit", 1, history_max, 100);
  if (!limit) co_return refuse(limit.error(), call.request);
  auto before = number_in_query(call.request, "before", 0, INT64_MAX, 0);
  if (!before) co_return refuse(before.error(), call.request);
  auto changes = co_await app.store.history(*id, *before, static_cast<std::size_t>(*limit));
  if (!changes) co_return refuse(changes.error(), call.request);
  if (changes->empty() && *before == 0) {
    co_return refuse(
        Error{ErrorCode::not_found, "there never was an entry of this number", {}, "id"},
        call.request);
  }
  json::array data;
  for (const Change& change : *changes) data.push_back(to_json(change));
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

}  // namespace tracker::cloud

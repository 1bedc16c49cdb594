// The sync as people see it: its status, its log, and the stream of events.
#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <chrono>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::int64_t log_rows_max = 500;
/// A local server of another process, or in webhook mode, is there if it spoke within this time.
constexpr auto alive_for = 60s;

json::object open_status(const App& app) {
  return {{"databaseEnabled", true},
          {"cloudSyncEnabled", app.settings.enable_cloud_sync},
          {"environment", app.settings.environment}};
}

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_rfc3339(*time)) : json::value(nullptr);
}

std::string_view local_state(const App& app, const store::LinkState& state) {
  if (!app.settings.enable_cloud_sync) return "paused";
  if (app.studio.connected() > 0) return "connected";
  // Somebody of this process holds no socket: another process may, or it speaks by HTTP.
  const auto lost = app.studio.lost_at();
  const bool heard =
      state.seen_at && now() - *state.seen_at < alive_for && (!lost || *state.seen_at > *lost);
  return heard ? "connected" : "offline";
}

/// When the studio spoke last, or its newest change if that is later. To the minute: the status
/// goes to every browser whenever it is another one.
std::optional<Time> equal_as_of(const store::LinkState& state) {
  if (!state.seen_at) return state.last_sync_at;
  const Time seen = std::chrono::floor<std::chrono::minutes>(*state.seen_at);
  return state.last_sync_at ? std::max(seen, *state.last_sync_at) : seen;
}

void add_report(json::object& out, const std::optional<sync::Report>& report) {
  const sync::Report known = report.value_or(sync::Report());
  out["pendingToCloud"] = known.pending_to_cloud;
  out["workbookOpenBy"] = known.open_by.empty() ? json::value(nullptr) : json::value(known.open_by);
  out["workbook"] = json::object{{"available", known.workbook_available}, {"rows", known.rows}};
  json::array waiting;
  for (const sync::Waiting& one : known.quarantined) {
    waiting.push_back(json::object{{"where", one.where}, {"reason", one.reason}});
  }
  out["waiting"] = std::move(waiting);
  out["problem"] = known.problem.empty() ? json::value(nullptr) : json::value(known.problem);
}

std::optional<ChangeNumber> change_number(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  ChangeNumber value = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool whole = problem == std::errc() && end == text->data() + text->size();
  if (!whole || value < 0) return std::nullopt;
  return value;
}

json::object log_row_json(const store::LogRow& row) {
  json::object out{
      {"id", row.id}, {"sync_type", row.sync_type}, {"action", row.action}, {"status", row.status}};
  out["error_message"] =
      row.error_message.empty() ? json::value(nullptr) : json::value(row.error_message);
  out["local_record_id"] =
      row.local_record_id ? json::value(*row.local_record_id) : json::value(nullptr);
  out["railway_record_id"] =
      row.railway_record_id ? json::value(*row.railway_record_id) : json::value(nullptr);
  out["data_snapshot"] = row.data_snapshot;
  out["created_at"] = format_rfc3339(row.created_at);
  return out;
}

}  // namespace

Awaitable<Result<json::object>> full_status(App& app) {
  CO_TRY(store::LinkState state, co_await app.store.link_state());
  json::object out = open_status(app);
  const std::string_view local = local_state(app, state);
  out["local"] = local;
  out["lastSyncAt"] = time_or_null(state.last_sync_at);
  out["pendingToWorkbook"] = state.pending_to_workbook;
  add_report(out, state.report);
  out["wrongKeyAt"] = time_or_null(app.studio.wrong_key_at());
  out["conflicts"] = state.conflicts;
  out["held"] = state.held;
  const bool equal = state.pending_to_workbook == 0 && out["pendingToCloud"].get_int64() == 0;
  out["equalAsOf"] = equal ? time_or_null(equal_as_of(state)) : json::value(nullptr);
  out["appliedSeq"] = state.acked_seq;
  out["version"] = state.head;
  out["pictures"] = state.pictures;
  out["unmatched"] = state.unmatched;
  out["pins"] = state.pins;
  co_return out;
}

Awaitable<http::Response> sync_status(App& app, Call call) {
  if (!call.caller.signed_in()) co_return http::json_response(open_status(app));
  auto status = co_await full_status(app);
  if (!status) co_return refuse(status.error(), call.request);
  co_return http::json_response(*status);
}

Awaitable<http::Response> sync_log(App& app, Call call) {
  auto limit = number_in_query(call.request, "limit", 1, log_rows_max, 50);
  if (!limit) co_return refuse(limit.error(), call.request);
  auto before = number_in_query(call.request, "before", 0, INT64_MAX, 0);
  if (!before) co_return refuse(before.error(), call.request);
  auto rows = co_await app.store.log(*before, static_cast<std::size_t>(*limit));
  if (!rows) co_return refuse(rows.error(), call.request);
  json::array data;
  for (const store::LogRow& row : *rows) data.push_back(log_row_json(row));
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> events(App& app, Call call, http::EventStream& stream) {
  // A browser that comes back says where it was; that goes before the address it opened first.
  auto text = call.request.header("Last-Event-ID");
  if (!text) text = call.request.query_value("after");
  const auto after = change_number(text);
  if (text && !after) {
    co_return refuse(
        Error{ErrorCode::invalid_input, "an event's id is a change number", {}, "Last-Event-ID"},
        call.request);
  }
  if (!co_await stream.open()) co_return http::Response();
  co_await app.events.serve(stream, after);
  co_return http::Response();
}

}  // namespace tracker::cloud

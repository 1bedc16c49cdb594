#include "local/api.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/digest.hpp"
#include "core/log.hpp"
#include "http/guards.hpp"
#include "link/webhook.hpp"
#include "local/parts.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds write_wait_max(10'000);
constexpr milliseconds sync_wait_max(30'000);

std::int64_t milliseconds_since(steady_clock::time_point began) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - began).count();
}

http::Response without_key() {
  http::Response response =
      http::error_response({ErrorCode::unauthorized, "this needs the API key",
                            "add -H \"X-API-Key: …\" (the value of API_SECRET)", "X-API-Key"});
  return response;
}

}  // namespace

Api::Api(const Settings& settings, Actor& actor, link::CloudLink& link, const MediaService* media)
    : settings_(settings), actor_(actor), link_(link), media_(media) {}

bool Api::has_key(const http::Request& request) const {
  const auto key = http::api_key_of(request);
  return key && !settings_.api_secret.empty() &&
         equal_in_constant_time(*key, settings_.api_secret.reveal());
}

std::optional<http::Response> Api::refused_host(const http::Request& request) const {
  if (has_key(request)) return std::nullopt;
  if (auto refusal = http::refuse_unknown_host(request, settings_.allowed_hosts)) return refusal;
  return http::refuse_cross_site(request);
}

void Api::add_routes(http::Router& router) {
  router.add_filter([this](const http::Request& request) { return refused_host(request); });
  using Work = std::function<Awaitable<http::Response>(http::Request)>;
  const auto answer = [](http::Response response) -> Awaitable<http::Response> {
    co_return response;
  };
  const auto keyed = [this, answer](Work work) -> http::Handler {
    return [this, answer, work = std::move(work)](http::Request request) {
      if (!has_key(request)) return answer(without_key());
      return work(std::move(request));
    };
  };
  router.add("GET", "/api/health",
             [this, answer](const http::Request&) { return answer(health()); });
  router.add("GET", "/api/sync/status",
             keyed([this, answer](const http::Request&) { return answer(status()); }));
  router.add("GET", "/api/sync/excel-data",
             keyed([this](const http::Request&) { return excel_data(); }));
  router.add("POST", "/api/sync/from-railway",
             keyed([this](http::Request request) { return from_railway(std::move(request)); }));
  router.add("POST", "/api/sync/now", keyed([this](const http::Request&) { return sync_now(); }));
  router.add("GET", "/api/sync/preview",
             keyed([this](http::Request request) { return preview(std::move(request)); }));
  router.add("POST", "/api/sync/replace-database",
             keyed([this](const http::Request&) { return replace_database(); }));
  router.add("POST", "/api/sync/approve",
             keyed([this](const http::Request&) { return decide_held(true); }));
  router.add("POST", "/api/sync/reject",
             keyed([this](const http::Request&) { return decide_held(false); }));
  router.add("POST", "/api/analyze",
             keyed([this, answer](const http::Request&) { return answer(analyze()); }));
}

// ---- state

http::Response Api::health() const {
  const sync::Report report = actor_.report();
  json::object workbook{{"available", report.workbook_available},
                        {"rows", report.rows},
                        {"openBy", text_or_null(report.open_by)}};
  json::object out{{"status", "ok"},
                   {"workbook", std::move(workbook)},
                   {"cloud", link_.connected() ? "connected" : "offline"}};
  out["problem"] = text_or_null(report.problem);
  if (media_ != nullptr) out["media"] = text_or_null(media_->problem());
  return http::json_response(out);
}

http::Response Api::status() const {
  json::object out = report_json(actor_.report());
  const sync::Memory& memory = actor_.engine().memory();
  out["cloud"] = link_.connected() ? "connected" : "offline";
  out["store"] = memory.store;
  out["cursor"] = memory.cursor;
  out["generation"] = memory.written_generation;
  out["equalAsOf"] = actor_.equal_as_of() ? json::value(format_rfc3339(*actor_.equal_as_of()))
                                          : json::value(nullptr);
  return http::json_response(out);
}

http::Response Api::analyze() const {
  json::array records;
  for (const auto& [id, row] : actor_.engine().memory().mirror) {
    json::object record{{"id", id}};
    for (auto& [key, value] : to_json(row.cells)) record[key] = value;
    record["media"] =
        row.measurement ? json::value(to_json(*row.measurement)) : json::value(nullptr);
    records.push_back(std::move(record));
  }
  json::object out{{"success", true}, {"records", std::move(records)}};
  out["problem"] = media_ != nullptr ? text_or_null(media_->problem())
                                     : json::value("MEDIA_ROOT is not set: nothing is measured");
  return http::json_response(out);
}

/// The cloud decides; what it comes to arrives through the feed.
Awaitable<http::Response> Api::decide_held(bool approve) {
  const sync::HeldBack held = actor_.engine().memory().held_back;
  json::object out{{"success", true}, {approve ? "approved" : "rejected", nullptr}};
  if (held.number == 0) co_return http::json_response(out);
  const std::string store = actor_.engine().memory().store;
  const Status decided = co_await link_.decide({store, held.number, approve});
  if (!decided) co_return http::error_response(decided.error(), 503);
  out[approve ? "approved" : "rejected"] = held.held.reason;
  out["changes"] = held.held.ops.size();
  co_return http::json_response(out);
}

// ---- sync

Awaitable<http::Response> Api::sync_now() {
  const auto began = steady_clock::now();
  const Status done = co_await actor_.sync_now(sync_wait_max);
  if (!done) co_return http::error_response(done.error(), 503);
  json::object out = report_json(actor_.engine().report());
  out["success"] = true;
  out["durationMs"] = milliseconds_since(began);
  co_return http::json_response(out);
}

/// A running local does at once what it can: what this tells waits for somebody.
Awaitable<http::Response> Api::preview(http::Request request) {
  const bool replaces = request.query_value("replace") == "true";
  if (replaces) {
    if (const auto reason = why_not_replaceable()) co_return http::error_response(*reason);
  }
  const auto preview = co_await actor_.preview(replaces, write_wait_max);
  if (!preview) {
    co_return http::error_response(
        {ErrorCode::timeout, "a write of the workbook did not end in time", "try again", {}}, 503);
  }
  json::object out = preview_json(*preview);
  out["success"] = true;
  co_return http::json_response(out);
}

std::optional<Error> Api::why_not_replaceable() const {
  const sync::Engine& engine = actor_.engine();
  const sync::Report report = engine.report();
  if (!report.workbook_available) {
    return Error{ErrorCode::unavailable, "Excel file not available", report.problem, {}};
  }
  if (report.rows == 0) return nothing_to_replace_with();
  if (engine.at_head()) return std::nullopt;
  return Error{ErrorCode::unavailable, "the cloud does not answer", "try again once it does", {}};
}

Awaitable<http::Response> Api::replace_database() {
  if (const auto reason = why_not_replaceable()) co_return http::error_response(*reason);
  actor_.post(sync::ReplacementWanted{});
  const Status done = co_await actor_.sync_now(sync_wait_max);
  if (!done) co_return http::error_response(done.error(), 503);
  json::object out = report_json(actor_.engine().report());
  out["success"] = true;
  out["batch"] = text_or_null(actor_.engine().replacement_batch());
  co_return http::json_response(out);
}

Awaitable<http::Response> Api::excel_data() {
  log::info("📤 Railway app requesting Excel data export...");
  const Status seen = co_await actor_.sync_now(write_wait_max);
  const sync::Engine& engine = actor_.engine();
  const sync::Report report = engine.report();
  if (!report.workbook_available || !engine.image()) {
    co_return http::json_response(
        json::object{
            {"success", false},
            {"error", "Excel file not available"},
            {"detail", report.problem.empty() ? "it has not been read yet" : report.problem}},
        503);
  }
  json::array records;
  const merge::SheetState& rows = *engine.sheet();
  const auto row_numbers = engine.row_numbers();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    json::object record{{"id", rows[i].id == 0 ? json::value(nullptr) : json::value(rows[i].id)}};
    for (auto& [key, value] : to_json(rows[i].text)) record[key] = value;
    record["row"] = i < row_numbers.size() ? row_numbers[i] : 0;
    const auto mirrored = engine.memory().mirror.find(rows[i].id);
    const bool measured = mirrored != engine.memory().mirror.end() && mirrored->second.measurement;
    record["media"] =
        measured ? json::value(to_json(*mirrored->second.measurement)) : json::value(nullptr);
    records.push_back(std::move(record));
  }
  const std::size_t count = records.size();
  json::object out{{"success", true},
                   {"count", count},
                   {"timestamp", format_rfc3339(runtime::now())},
                   {"records", std::move(records)}};
  out["sync"] = json::object{{"store", engine.memory().store},
                             {"incarnation", engine.memory().incarnation},
                             {"n", engine.memory().next_number - 1},
                             {"cursor", engine.memory().cursor},
                             {"complete", seen.has_value()}};
  log::info("✅ Excel data exported to Railway: {} records", count);
  co_return http::json_response(out);
}

Awaitable<http::Response> Api::from_railway(http::Request request) {
  if (settings_.require_signature || link::is_signed(request.headers)) {
    const std::array<Secret, 1> secrets{settings_.webhook_secret};
    const Status genuine =
        link::verify_webhook(secrets, request.headers, request.body, runtime::now());
    if (!genuine) co_return http::error_response(genuine.error());
  }
  const auto parsed = http::parse_json_body(request);
  if (!parsed) co_return http::error_response(parsed.error());
  const json::object* body = parsed->if_object();
  const json::value* action = body != nullptr ? body->if_contains("action") : nullptr;
  const json::value* data = body != nullptr ? body->if_contains("data") : nullptr;
  const std::string what =
      action != nullptr && action->is_string() ? std::string(action->get_string()) : std::string();
  if ((what != "create" && what != "update" && what != "delete") || data == nullptr ||
      !data->is_object()) {
    co_return http::error_response({ErrorCode::invalid_input,
                                    "the body needs action (create, update, delete) and data",
                                    "see section 3 of the setup guide", "action"});
  }
  log::info("✅ Local server notified of Railway entry");
  const json::value* version = data->get_object().if_contains("version");
  if (version != nullptr && version->is_int64()) {
    co_return co_await hinted(version->get_int64());
  }
  sync::Commanded command;
  command.action = what;
  if (const json::value* id = data->get_object().if_contains("id");
      id != nullptr && id->is_int64()) {
    command.id = id->get_int64();
  }
  auto cells = what == "delete" ? CellChanges() : parse_cell_changes(*data);
  if (!cells) co_return http::error_response(cells.error());
  command.cells = std::move(*cells);
  const auto webhook_id = request.headers.find("webhook-id");
  command.key = webhook_id ? std::string(*webhook_id) : hex(sha256(request.body));
  log::info("🔄 Starting real-time bidirectional sync for {}...", what);
  co_return co_await commanded(std::move(command));
}

/// The cloud's own notification: it only wakes us up; the change itself comes through the feed.
Awaitable<http::Response> Api::hinted(ChangeNumber version) {
  const auto began = steady_clock::now();
  actor_.post(sync::Hinted{version});
  const bool done = co_await actor_.wait_until_written(version, write_wait_max);
  co_return written(done, began);
}

/// Somebody else's: a command, carried out once, however often it is delivered.
Awaitable<http::Response> Api::commanded(sync::Commanded command) {
  const auto began = steady_clock::now();
  journal::Journal& journal = actor_.port().journal();
  const std::string key = command.key;
  const auto known = co_await runtime::run_blocking(
      actor_.disk_thread(), [&journal, &key] { return journal.knows_command(key); });
  if (!known) co_return http::error_response(known.error());
  const bool first = !*known && commands_under_way_.insert(key).second;
  if (first) actor_.post(std::move(command));
  const bool done = co_await actor_.wait_until_written(0, write_wait_max);
  if (first) {
    const Status saved = co_await runtime::run_blocking(actor_.disk_thread(), [&journal, &key] {
      return journal.save_command(key, runtime::now());
    });
    commands_under_way_.erase(key);
    if (!saved) co_return http::error_response(saved.error());
    log::info("⚡ Real-time bidirectional sync completed in {}ms", milliseconds_since(began));
  }
  co_return written(done, began);
}

http::Response Api::written(bool done, steady_clock::time_point began) const {
  if (done) {
    return http::json_response(
        json::object{{"success", true}, {"durationMs", milliseconds_since(began)}});
  }
  const sync::Report report = actor_.engine().report();
  json::object out{{"success", true}, {"queued", true}, {"openBy", text_or_null(report.open_by)}};
  if (!report.problem.empty()) out["problem"] = report.problem;
  return http::json_response(out, 202);
}

}  // namespace tracker::local

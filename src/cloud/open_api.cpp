// What everybody may ask: is it up, does it reach its database, which routes are there; and the
// metrics for those who hold a token.
#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <boost/json.hpp>

#include "cloud/endpoints.hpp"
#include "cloud/openapi.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "runtime/with_timeout.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto database_answer_time_max = 2s;

Awaitable<Result<store::DatabaseFacts>> facts(App& app) {
  co_return co_await runtime::with_timeout(app.store.facts(), database_answer_time_max,
                                           "the database's answer");
}

std::int64_t uptime_seconds(const App& app) {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                          app.started_at)
      .count();
}

json::object test_failed(const std::string& cause) {
  return {{"success", false},
          {"message", "Database connection failed"},
          {"error", cause + ": check DATABASE_URL and that PostgreSQL runs"}};
}

void add_gauge(prometheus::Registry& registry, const char* name, const char* help, double value) {
  prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({}).Set(value);
}

void add_counter(prometheus::Registry& registry, const char* name, const char* help,
                 std::uint64_t value) {
  prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({}).Increment(
      static_cast<double>(value));
}

std::string base64_of(const Sha256& digest) {
  static constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < digest.size(); i += 3) {
    const unsigned one = digest[i];
    const unsigned two = i + 1 < digest.size() ? digest[i + 1] : 0U;
    const unsigned three = i + 2 < digest.size() ? digest[i + 2] : 0U;
    const unsigned all = one << 16U | two << 8U | three;
    out += letters[all >> 18U];
    out += letters[all >> 12U & 63U];
    out += i + 1 < digest.size() ? letters[all >> 6U & 63U] : '=';
    out += i + 2 < digest.size() ? letters[all & 63U] : '=';
  }
  return out;
}

}  // namespace

Awaitable<http::Response> health(App& app, Call) {
  auto answer = co_await facts(app);
  const bool well = answer.has_value() && app.migrated;
  json::object out{{"status", well ? "ok" : "unavailable"},
                   {"database", answer ? "ok" : "away"},
                   {"uptimeSeconds", uptime_seconds(app)}};
  co_return http::json_response(out, well ? 200 : 503);
}

Awaitable<http::Response> database_test(App& app, Call) {
  auto answer = co_await facts(app);
  if (!answer) {
    log::error("{}", describe(answer.error()));
    // The cause without addresses and names: those stand in the log.
    const bool late = answer.error().code == ErrorCode::timeout;
    co_return http::json_response(
        test_failed(late ? "the database does not answer" : "the database can't be reached"), 503);
  }
  json::object out{{"success", true},
                   {"message", "Database connected successfully"},
                   {"timestamp", format_rfc3339(answer->now)}};
  if (app.settings.public_diagnostics) out["database_version"] = answer->version;
  out["production_table_exists"] = answer->production_table_exists;
  if (app.settings.public_diagnostics) out["database_name"] = answer->database_name;
  co_return http::json_response(out);
}

Awaitable<http::Response> openapi_json(App&, Call) {
  static const std::string document = json::serialize(openapi_document());
  http::Response response = http::text_response(document);
  response.content_type = "application/json";
  co_return response;
}

Awaitable<http::Response> docs_html(App&, Call) {
  static const std::string page = docs_page();
  static const std::string policy = fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'",
      base64_of(sha256(docs_style())));
  http::Response response = http::text_response(page);
  response.content_type = "text/html; charset=utf-8";
  response.headers.set("Content-Security-Policy", policy);
  co_return response;
}

Awaitable<http::Response> metrics_text(App& app, Call) {
  prometheus::Registry registry;
  add_gauge(registry, "tracker_uptime_seconds", "Seconds since the start",
            static_cast<double>(uptime_seconds(app)));
  add_gauge(registry, "tracker_event_streams", "Open event streams",
            static_cast<double>(app.events.subscribers()));
  add_gauge(registry, "tracker_local_servers", "Local servers connected to this process",
            static_cast<double>(app.studio.connected()));
  add_gauge(registry, "tracker_change_number", "Newest change that this process knows",
            static_cast<double>(app.events.head()));
  add_counter(registry, "tracker_exceptions_total", "Exceptions that reached a task's root",
              runtime::TaskGroup::exceptions_caught());
  if (app.server != nullptr) {
    const http::ServerCounters counters = app.server->counters();
    add_counter(registry, "tracker_http_requests_total", "Requests that were read",
                counters.requests);
    add_counter(registry, "tracker_http_refused_total", "Requests that the gate refused",
                counters.refused_by_gate);
    add_counter(registry, "tracker_http_refused_connections_total", "Connections over a limit",
                counters.refused_connections);
    add_gauge(registry, "tracker_http_connections", "Open connections",
              static_cast<double>(counters.connections));
  }
  if (auto state = co_await app.store.link_state()) {
    add_gauge(registry, "tracker_pending_to_workbook", "Changes not yet in the workbook",
              static_cast<double>(state->pending_to_workbook));
    add_gauge(registry, "tracker_conflicts", "Values that lost and were not put back",
              static_cast<double>(state->conflicts));
  }
  http::Response response =
      http::text_response(prometheus::TextSerializer().Serialize(registry.Collect()));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  co_return response;
}

}  // namespace tracker::cloud

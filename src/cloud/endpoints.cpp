#include "cloud/endpoints.hpp"

#include <array>
#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "core/digest.hpp"
#include "http/guards.hpp"

namespace tracker::cloud {
namespace {

/// In the order of Route; nothing for those that are no plain request (events, the link).
constexpr std::array<Endpoint, route_count> endpoints{health,
                                                      database_test,
                                                      sync_status,
                                                      openapi_json,
                                                      docs_html,
                                                      login,
                                                      logout,
                                                      me,
                                                      change_me,
                                                      list_sessions,
                                                      end_session,
                                                      list_entries,
                                                      list_entries_with_local_sync,
                                                      create_entries,
                                                      change_entries,
                                                      delete_entries,
                                                      read_entry,
                                                      change_entry,
                                                      change_entry,
                                                      delete_entry,
                                                      restore_entry,
                                                      entry_history,
                                                      list_conflicts,
                                                      restore_conflict,
                                                      undo_batch,
                                                      list_held,
                                                      approve_held,
                                                      reject_held,
                                                      list_duplicates,
                                                      keep_duplicate,
                                                      sync_log,
                                                      nullptr,
                                                      summary,
                                                      thumbnail,
                                                      strip,
                                                      list_pictures,
                                                      list_unmatched,
                                                      put_pin,
                                                      list_users,
                                                      create_user,
                                                      change_user,
                                                      list_tokens,
                                                      create_token,
                                                      revoke_token,
                                                      list_targets,
                                                      put_targets,
                                                      tell_presence,
                                                      list_shared,
                                                      put_shared,
                                                      read_sheet,
                                                      import_entries,
                                                      export_entries,
                                                      export_summary,
                                                      metrics_text,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr};

consteval bool complete() {
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const bool plain = i != static_cast<std::size_t>(Route::events) &&
                       i < static_cast<std::size_t>(Route::link_socket);
    if ((endpoints[i] != nullptr) != plain) return false;
  }
  return true;
}
static_assert(complete(), "every route of the table has its function");

http::Response too_many() {
  http::Response response = http::error_response(
      Error{ErrorCode::busy, "too many requests from this address", "try again in a second", {}});
  response.headers.set("Retry-After", "1");
  return response;
}

/// METRICS_TOKEN opens /metrics without an account.
bool has_metrics_token(const App& app, const http::Request& request) {
  const std::string& token = app.settings.metrics_token.reveal();
  const auto given = http::api_key_of(request);
  return !token.empty() && given && equal_in_constant_time(stored_form(*given), stored_form(token));
}

/// Nothing, and `call.caller` is filled, if the call may go on.
Awaitable<std::optional<http::Response>> check(App& app, const RouteSpec& route, Call& call) {
  if (route.door == Door::open &&
      !app.open_calls.take(call.request.remote_address, std::chrono::steady_clock::now())) {
    co_return too_many();
  }
  if (route.door == Door::metrics_token && has_metrics_token(app, call.request))
    co_return std::nullopt;
  const bool needs_database = route.door != Door::open || route.route == Route::login;
  if (needs_database && !app.migrated) {
    co_return refuse(Error{ErrorCode::unavailable,
                           "the database is away",
                           "nothing is lost; try again in a moment",
                           {}},
                     call.request);
  }
  const bool needs_nobody = route.door == Door::open && route.route != Route::sync_status;
  if (needs_nobody) co_return std::nullopt;
  auto caller = co_await authenticate(app, call.request);
  if (caller) {
    call.caller = std::move(*caller);
  } else if (route.door != Door::open) {
    co_return refuse(caller.error(), call.request);
  }
  if (route.door == Door::metrics_token && call.caller.signed_in() &&
      may(producers, call.caller.role)) {
    co_return std::nullopt;
  }
  if (auto refusal = refusal_for(route, call.caller)) co_return refuse(*refusal, call.request);
  co_return std::nullopt;
}

Awaitable<http::Response> guarded(App& app, Route route, http::Request request) {
  Call call{std::move(request), {}};
  if (auto refused = co_await check(app, spec(route), call)) co_return std::move(*refused);
  co_return co_await endpoints[static_cast<std::size_t>(route)](app, std::move(call));
}

Awaitable<http::Response> guarded_events(App& app, http::Request request,
                                         http::EventStream& stream) {
  Call call{std::move(request), {}};
  if (auto refused = co_await check(app, spec(Route::events), call)) co_return std::move(*refused);
  co_return co_await events(app, std::move(call), stream);
}

}  // namespace

http::Router make_router(App& app) {
  http::Router router;
  router.add_filter(http::refuse_cross_site);
  if (!app.settings.allowed_hosts.empty()) {
    router.add_filter([&app](const http::Request& request) {
      return http::refuse_unknown_host(request, app.settings.allowed_hosts);
    });
  }
  for (const RouteSpec& route : all_routes()) {
    if (endpoints[static_cast<std::size_t>(route.route)] == nullptr) continue;
    router.add(
        std::string(route.method), std::string(route.path),
        [&app, which = route.route](http::Request request) {
          return guarded(app, which, std::move(request));
        },
        http::RouteOptions{route.body_bytes_max});
  }
  router.add_stream(std::string(spec(Route::events).path),
                    [&app](http::Request request, http::EventStream& stream) {
                      return guarded_events(app, std::move(request), stream);
                    });
  app.studio.add_routes(router);
  return router;
}

}  // namespace tracker::cloud

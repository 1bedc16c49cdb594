// One function a route, and the router that calls them. Each gets a call that may happen: the
// caller is known, the role allows it, the rate is kept. Thread rule: the io thread.
#pragma once

#include <string>

#include "cloud/app.hpp"
#include "http/event_stream.hpp"
#include "http/router.hpp"

namespace tracker::cloud {

using Endpoint = Awaitable<http::Response> (*)(App& app, Call call);

// open_api.cpp
Awaitable<http::Response> health(App& app, Call call);
Awaitable<http::Response> database_test(App& app, Call call);
Awaitable<http::Response> openapi_json(App& app, Call call);
Awaitable<http::Response> docs_html(App& app, Call call);
Awaitable<http::Response> metrics_text(App& app, Call call);

// sign_in_api.cpp
Awaitable<http::Response> login(App& app, Call call);
Awaitable<http::Response> logout(App& app, Call call);
Awaitable<http::Response> me(App& app, Call call);
Awaitable<http::Response> change_me(App& app, Call call);

// sessions_api.cpp
Awaitable<http::Response> list_sessions(App& app, Call call);
Awaitable<http::Response> end_session(App& app, Call call);

// entries_api.cpp
Awaitable<http::Response> list_entries(App& app, Call call);
Awaitable<http::Response> list_entries_with_local_sync(App& app, Call call);
Awaitable<http::Response> read_entry(App& app, Call call);
Awaitable<http::Response> entry_history(App& app, Call call);

// entry_writes_api.cpp
Awaitable<http::Response> create_entries(App& app, Call call);
Awaitable<http::Response> change_entry(App& app, Call call);
Awaitable<http::Response> change_entries(App& app, Call call);
Awaitable<http::Response> delete_entry(App& app, Call call);
Awaitable<http::Response> delete_entries(App& app, Call call);
Awaitable<http::Response> restore_entry(App& app, Call call);

// review_api.cpp
Awaitable<http::Response> list_conflicts(App& app, Call call);
Awaitable<http::Response> restore_conflict(App& app, Call call);
Awaitable<http::Response> undo_batch(App& app, Call call);
Awaitable<http::Response> list_held(App& app, Call call);
Awaitable<http::Response> approve_held(App& app, Call call);
Awaitable<http::Response> reject_held(App& app, Call call);
Awaitable<http::Response> list_duplicates(App& app, Call call);
Awaitable<http::Response> keep_duplicate(App& app, Call call);

// sync_api.cpp
Awaitable<http::Response> sync_status(App& app, Call call);
Awaitable<http::Response> sync_log(App& app, Call call);
/// All of the status, for somebody who is signed in.
Awaitable<Result<boost::json::object>> full_status(App& app);
Awaitable<http::Response> events(App& app, Call call, http::EventStream& stream);

// footage_api.cpp
Awaitable<http::Response> summary(App& app, Call call);
Awaitable<http::Response> list_targets(App& app, Call call);
Awaitable<http::Response> put_targets(App& app, Call call);

// media_api.cpp
Awaitable<http::Response> thumbnail(App& app, Call call);
Awaitable<http::Response> strip(App& app, Call call);
Awaitable<http::Response> list_pictures(App& app, Call call);
Awaitable<http::Response> list_unmatched(App& app, Call call);
Awaitable<http::Response> put_pin(App& app, Call call);

// team_api.cpp
Awaitable<http::Response> tell_presence(App& app, Call call);
Awaitable<http::Response> list_shared(App& app, Call call);
Awaitable<http::Response> put_shared(App& app, Call call);

// import_api.cpp, export_api.cpp
Awaitable<http::Response> read_sheet(App& app, Call call);
Awaitable<http::Response> import_entries(App& app, Call call);
Awaitable<http::Response> export_entries(App& app, Call call);
Awaitable<http::Response> export_summary(App& app, Call call);

// people_api.cpp
Awaitable<http::Response> list_users(App& app, Call call);
Awaitable<http::Response> create_user(App& app, Call call);
Awaitable<http::Response> change_user(App& app, Call call);
Awaitable<http::Response> list_tokens(App& app, Call call);
Awaitable<http::Response> create_token(App& app, Call call);
Awaitable<http::Response> revoke_token(App& app, Call call);

/// All routes of the table, the studio's link, and the page. `app` outlives the router.
http::Router make_router(App& app);

}  // namespace tracker::cloud

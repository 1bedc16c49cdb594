// Where a person is signed in, and signing out one of these places from another. A session is named
// by the beginning of its stored form: enough to tell a person's own apart, and no way in.
#include <algorithm>
#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "cloud/endpoints.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::size_t name_length = 16;

json::object session_json(const store::Session& session, const Caller& caller) {
  return {{"id", session.hash.substr(0, name_length)},
          {"current", session.hash == caller.session_hash},
          {"address", session.address},
          {"user_agent", session.user_agent},
          {"created_at", format_rfc3339(session.created_at)},
          {"used_at", format_rfc3339(session.used_at)},
          {"expires_at", format_rfc3339(session.expires_at)}};
}

/// The caller's own; a token has none.
Awaitable<Result<std::vector<store::Session>>> own_sessions(App& app, Caller caller) {
  if (caller.via != Via::session) co_return std::vector<store::Session>();
  co_return co_await app.store.sessions(caller.user_id);
}

}  // namespace

Awaitable<http::Response> list_sessions(App& app, Call call) {
  auto sessions = co_await own_sessions(app, call.caller);
  if (!sessions) co_return refuse(sessions.error(), call.request);
  json::array data;
  for (const store::Session& session : *sessions)
    data.push_back(session_json(session, call.caller));
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> end_session(App& app, Call call) {
  const std::string name = call.request.path_parameter("session");
  auto sessions = co_await own_sessions(app, call.caller);
  if (!sessions) co_return refuse(sessions.error(), call.request);
  const auto found =
      std::find_if(sessions->begin(), sessions->end(), [&name](const store::Session& session) {
        return session.hash.substr(0, name_length) == name;
      });
  if (found == sessions->end()) {
    co_return refuse(
        Error{ErrorCode::not_found, "you are not signed in there any more", {}, "session"},
        call.request);
  }
  auto ended = co_await app.store.end_session(found->hash);
  if (!ended) co_return refuse(ended.error(), call.request);
  co_return http::json_response(json::object{{"success", true}});
}

}  // namespace tracker::cloud

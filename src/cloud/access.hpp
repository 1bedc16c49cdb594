// Who is calling, and may they? Authentication by session cookie or token, then the route table's
// roles; whatever the table does not allow is refused.
// Thread rule: the io thread. Arguments live as long as the coroutine.
#pragma once

#include "cloud/app.hpp"

namespace tracker::cloud {

/// The one who calls; via nobody if the request has neither cookie nor token. Error unauthorized
/// if what it has is not valid (any more). Authorization goes before the cookie.
Awaitable<Result<Caller>> authenticate(App& app, const http::Request& request);

/// Nothing if `caller` may use this route.
std::optional<Error> refusal_for(const RouteSpec& route, const Caller& caller);

/// What the database keeps of a session id or token.
std::string stored_form(std::string_view secret);

/// The failure's answer. busy in the database is 503, as its lock times out on somebody else;
/// what is our own fault is logged with the request's id and not told.
http::Response refuse(const Error& error, const http::Request& request);
/// 422: well-formed, but a value breaks a rule.
http::Response refuse_value(const Error& error);

}  // namespace tracker::cloud

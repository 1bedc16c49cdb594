#include "cloud/access.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cloud/session_cookie.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"

namespace tracker::cloud {
namespace {

constexpr std::size_t secret_length_max = 256;

std::string allowed_roles(const RouteSpec& route) {
  std::string text;
  for (Role role : all_roles) {
    if (!may(route.roles, role)) continue;
    if (!text.empty()) text += ", ";
    text += store::name_of(role);
  }
  return text;
}

Awaitable<Result<Caller>> caller_of_token(App& app, std::string token) {
  if (token.size() > secret_length_max) {
    co_return fail(ErrorCode::unauthorized, "this token is not valid", {}, "Authorization");
  }
  CO_TRY(store::ApiToken known, co_await app.store.token(stored_form(token)));
  Caller caller;
  caller.via = Via::token;
  caller.name = known.name;
  caller.role = known.role;
  caller.animator_names = {known.name};
  co_return caller;
}

Awaitable<Result<Caller>> caller_of_session(App& app, std::string session) {
  if (session.size() > secret_length_max) {
    co_return fail(ErrorCode::unauthorized, "this session is not valid", "sign in again");
  }
  Caller caller;
  caller.session_hash = stored_form(session);
  CO_TRY(store::User user, co_await app.store.user_of_session(caller.session_hash));
  caller.via = Via::session;
  caller.user_id = user.id;
  caller.name = user.name;
  caller.email = user.email;
  caller.role = user.role;
  caller.animator_names = user.animator_names;
  if (caller.animator_names.empty()) caller.animator_names.push_back(user.name);
  caller.has_password = !user.password_hash.empty();
  co_return caller;
}

}  // namespace

std::string stored_form(std::string_view secret) { return hex(sha256(secret)); }

Awaitable<Result<Caller>> authenticate(App& app, const http::Request& request) {
  if (const auto token = bearer_token(request)) {
    co_return co_await caller_of_token(app, std::string(*token));
  }
  if (const auto session = session_of(request)) {
    co_return co_await caller_of_session(app, std::string(*session));
  }
  co_return Caller{};
}

std::optional<Error> refusal_for(const RouteSpec& route, const Caller& caller) {
  if (route.door == Door::open) return std::nullopt;
  if (!caller.signed_in()) {
    return Error{ErrorCode::unauthorized,
                 "sign in first",
                 "on the page, or with the header Authorization: Bearer TOKEN",
                 {}};
  }
  if (route.door == Door::signed_in && may(route.roles, caller.role)) return std::nullopt;
  return Error{ErrorCode::forbidden,
               fmt::format("the role {} may not do this", store::name_of(caller.role)),
               route.roles == nobody ? "" : fmt::format("it is for {}", allowed_roles(route)),
               {}};
}

http::Response refuse(const Error& error, const http::Request& request) {
  if (error.code == ErrorCode::internal || error.code == ErrorCode::io ||
      error.code == ErrorCode::corrupt) {
    log::error("request {}: {} {}: {}", request.request_id, request.method, request.path,
               describe(error));
  }
  int status = http::status_of(error.code);
  if (error.code == ErrorCode::busy || error.code == ErrorCode::timeout) status = 503;
  if (error.code == ErrorCode::unsupported && error.where == "Content-Type") status = 415;
  http::Response response = http::error_response(error, status);
  if (response.status == 503) response.headers.set("Retry-After", "1");
  if (response.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

http::Response refuse_value(const Error& error) { return http::error_response(error, 422); }

}  // namespace tracker::cloud

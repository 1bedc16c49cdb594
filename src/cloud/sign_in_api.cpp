// Signing in and out, and one's own account. Wrong email and wrong password look and cost the same.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "cloud/accounts.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/session_cookie.hpp"
#include "core/log.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

constexpr std::size_t user_agent_length_max = 300;

json::object me_json(const App& app, const Caller& caller, const http::Request& request) {
  json::object out{{"id", caller.user_id}};
  out["email"] = caller.email.empty() ? json::value(nullptr) : json::value(caller.email);
  out["name"] = caller.name;
  out["role"] = store::name_of(caller.role);
  json::array names;
  for (const std::string& name : caller.animator_names) names.push_back(json::value(name));
  out["animator_names"] = std::move(names);
  out["via"] = caller.via == Via::session ? "session" : "token";
  out["has_password"] = caller.has_password;
  const auto warning = address_warning(request, app.settings.production);
  out["warning"] = warning ? json::value(*warning) : json::value(nullptr);
  return out;
}

http::Response me_response(const App& app, const Caller& caller, const http::Request& request) {
  return http::json_response(
      json::object{{"success", true}, {"data", me_json(app, caller, request)}});
}

http::Response wait_first(std::int64_t seconds) {
  http::Response response = http::error_response(Error{
      ErrorCode::busy, "too many wrong passwords", fmt::format("try again in {} s", seconds), {}});
  response.headers.set("Retry-After", std::to_string(seconds));
  return response;
}

Error wrong_login() { return Error{ErrorCode::unauthorized, "email or password is wrong", {}, {}}; }

/// A new session for `user` (always a new id), with its cookie.
Awaitable<http::Response> open_session(App& app, store::User user, http::Request request) {
  const std::string secret = random_secret();
  store::Session session;
  session.hash = stored_form(secret);
  session.user_id = user.id;
  session.address = request.remote_address;
  session.user_agent =
      std::string(request.header("User-Agent").value_or("").substr(0, user_agent_length_max));
  session.created_at = now();
  session.used_at = session.created_at;
  session.expires_at = session.created_at + session_time_max;
  auto added = co_await app.store.add_session(std::move(session));
  if (!added) co_return refuse(added.error(), request);
  Caller caller;
  caller.via = Via::session;
  caller.user_id = user.id;
  caller.name = user.name;
  caller.email = user.email;
  caller.role = user.role;
  caller.animator_names =
      user.animator_names.empty() ? std::vector{user.name} : user.animator_names;
  caller.has_password = !user.password_hash.empty();
  http::Response response = me_response(app, caller, request);
  const bool secure = reached_by_https(request, app.settings.production);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(session_time_max).count();
  response.headers.add("Set-Cookie", session_cookie(secret, secure, seconds));
  co_return response;
}

Awaitable<http::Response> login_by_link(App& app, std::string token, http::Request request) {
  if (!app.wrong_logins.take(request.remote_address, steady_clock::now())) co_return wait_first(2);
  auto user = co_await app.store.use_sign_in_link(stored_form(token));
  if (!user && user.error().code == ErrorCode::unauthorized) {
    co_return refuse(Error{ErrorCode::unauthorized, "this sign-in link is used up or too old",
                           "ask for a new one", "token"},
                     request);
  }
  if (!user) co_return refuse(user.error(), request);
  co_return co_await open_session(app, std::move(*user), std::move(request));
}

/// Stores the hash anew where it was made with weaker settings than today's.
Awaitable<void> rehash(App& app, std::int64_t user_id, Secret password) {
  auto fresh = co_await app.passwords.hash(std::move(password));
  if (!fresh) co_return;
  (void)co_await app.store.set_password(user_id, std::move(*fresh), {});
}

Awaitable<http::Response> login_by_password(App& app, std::string email, Secret password,
                                            http::Request request) {
  const auto clean = clean_email(email);
  const std::string account = clean ? *clean : email.substr(0, 200);
  if (const auto seconds = app.guess_pauses.wait_for(account, steady_clock::now())) {
    co_return wait_first(*seconds);
  }
  auto user = co_await app.store.user_by_email(account);
  if (!user && user.error().code != ErrorCode::not_found) {
    co_return refuse(user.error(), request);
  }
  const bool usable = user && !user->disabled;
  auto verdict =
      co_await app.passwords.verify(password, usable ? user->password_hash : std::string());
  if (!verdict) {
    http::Response response = http::error_response(verdict.error());
    if (verdict.error().code == ErrorCode::busy) response.headers.set("Retry-After", "1");
    co_return response;
  }
  if (!verdict->matches) {
    app.guess_pauses.failed(account, steady_clock::now());
    if (!app.wrong_logins.take(request.remote_address, steady_clock::now())) {
      co_return wait_first(2);
    }
    co_return refuse(wrong_login(), request);
  }
  app.guess_pauses.succeeded(account);
  if (verdict->needs_rehash) co_await rehash(app, user->id, password);
  co_return co_await open_session(app, std::move(*user), std::move(request));
}

/// What a person may change of the own account, into `user`.
Status apply_own_changes(const json::object& body, store::User& user) {
  TRY(auto name, text_in(body, "name", 200));
  TRY(auto email, text_in(body, "email", 300));
  if (name && name->empty()) return fail(ErrorCode::invalid_input, "name is blank", {}, "name");
  if (name) user.name = *name;
  if (email) {
    TRY(user.email, clean_email(*email));
  }
  return {};
}

}  // namespace

Awaitable<http::Response> login(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto token = text_in(*body, "token");
  if (!token) co_return refuse_value(token.error());
  if (*token) co_return co_await login_by_link(app, **token, std::move(call.request));
  auto email = text_in(*body, "email");
  if (!email) co_return refuse_value(email.error());
  auto password = text_in(*body, "password", password_length_max);
  if (!password) co_return refuse_value(password.error());
  if (!*email || !*password) {
    const char* missing = *email ? "password" : "email";
    co_return refuse_value(
        Error{ErrorCode::invalid_input, fmt::format("{} is missing", missing), {}, missing});
  }
  co_return co_await login_by_password(app, **email, Secret(**password), std::move(call.request));
}

Awaitable<http::Response> logout(App& app, Call call) {
  if (call.caller.via == Via::session) {
    auto ended = co_await app.store.end_session(call.caller.session_hash);
    if (!ended) co_return refuse(ended.error(), call.request);
  }
  http::Response response = http::json_response(json::object{{"success", true}});
  response.headers.add("Set-Cookie", session_cookie("", false, 0));
  if (reached_by_https(call.request, app.settings.production)) {
    response.headers.add("Set-Cookie", session_cookie("", true, 0));
  }
  co_return response;
}

Awaitable<http::Response> me(App& app, Call call) {
  co_return me_response(app, call.caller, call.request);
}

Awaitable<http::Response> change_me(App& app, Call call) {
  if (call.caller.via != Via::session) {
    co_return refuse_value(
        Error{ErrorCode::invalid_input, "a token has no account to change", {}, {}});
  }
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto user = co_await app.store.user(call.caller.user_id);
  if (!user) co_return refuse(user.error(), call.request);
  if (auto applied = apply_own_changes(*body, *user); !applied) {
    co_return refuse_value(applied.error());
  }
  auto password = text_in(*body, "password", password_length_max);
  auto current = text_in(*body, "current_password", password_length_max);
  if (!password) co_return refuse_value(password.error());
  if (!current) co_return refuse_value(current.error());
  // Whoever sits at an open page may not take the account over: email and password need a proof.
  const bool needs_proof =
      call.caller.has_password && (*password || user->email != call.caller.email);
  if (needs_proof) {
    auto verdict =
        co_await app.passwords.verify(Secret(current->value_or("")), user->password_hash);
    if (!verdict) co_return http::error_response(verdict.error());
    if (!verdict->matches) {
      co_return refuse_value(
          Error{ErrorCode::invalid_input, "this is not your password", {}, "current_password"});
    }
  }
  if (*password) {
    if (auto problem = problem_with_password(Secret(**password), user->email)) {
      co_return refuse_value(Error{ErrorCode::invalid_input, *problem, {}, "password"});
    }
  }
  auto updated = co_await app.store.update_user(*user);
  if (!updated) co_return refuse(updated.error(), call.request);
  if (*password) {
    auto hash = co_await app.passwords.hash(Secret(**password));
    if (!hash) co_return http::error_response(hash.error());
    auto set = co_await app.store.set_password(user->id, *hash, call.caller.session_hash);
    if (!set) co_return refuse(set.error(), call.request);
    call.caller.has_password = true;
  }
  call.caller.name = user->name;
  call.caller.email = user->email;
  co_return me_response(app, call.caller, call.request);
}

}  // namespace tracker::cloud

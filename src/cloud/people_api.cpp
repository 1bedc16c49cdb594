// Accounts (administrators) and API tokens (producers, never above their own role).
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "cloud/accounts.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::int64_t token_days_max = 3'650;

json::object user_json(const store::User& user) {
  json::array names;
  for (const std::string& name : user.animator_names) names.push_back(json::value(name));
  return {{"id", user.id},
          {"email", user.email},
          {"name", user.name},
          {"role", store::name_of(user.role)},
          {"animator_names", std::move(names)},
          {"has_password", !user.password_hash.empty()},
          {"disabled", user.disabled},
          {"created_at", format_rfc3339(user.created_at)}};
}

json::object token_json(const store::ApiToken& token) {
  const auto time = [](const std::optional<Time>& at) {
    return at ? json::value(format_rfc3339(*at)) : json::value(nullptr);
  };
  return {{"id", token.id},
          {"name", token.name},
          {"role", store::name_of(token.role)},
          {"created_by", token.created_by},
          {"created_at", format_rfc3339(token.created_at)},
          {"used_at", time(token.used_at)},
          {"expires_at", time(token.expires_at)},
          {"revoked", token.revoked}};
}

Result<std::optional<Role>> role_in(const json::object& body) {
  TRY(auto text, text_in(body, "role", 20));
  if (!text) return std::nullopt;
  const auto role = store::role_by_name(*text);
  if (!role) {
    return fail(ErrorCode::invalid_input, "role is viewer, animator, producer or admin", {},
                "role");
  }
  return role;
}

Status apply_changes(const json::object& body, store::User& user) {
  TRY(auto email, text_in(body, "email", 300));
  TRY(auto name, text_in(body, "name", 200));
  TRY(auto role, role_in(body));
  TRY(auto names, texts_in(body, "animator_names"));
  TRY(auto disabled, flag_in(body, "disabled"));
  if (email) {
    TRY(user.email, clean_email(*email));
  }
  if (name) user.name = *name;
  if (role) user.role = *role;
  if (names) user.animator_names = std::move(*names);
  if (disabled) user.disabled = *disabled;
  if (user.email.empty()) return fail(ErrorCode::invalid_input, "email is missing", {}, "email");
  if (user.name.empty()) return fail(ErrorCode::invalid_input, "name is missing", {}, "name");
  return {};
}

/// The hash of the body's password; '' if there is none.
Awaitable<Result<std::string>> password_hash_in(App& app, json::object body, std::string email) {
  CO_TRY(auto password, text_in(body, "password", password_length_max));
  if (!password) co_return std::string();
  if (auto problem = problem_with_password(Secret(*password), email)) {
    co_return fail(ErrorCode::invalid_input, *problem, {}, "password");
  }
  co_return co_await app.passwords.hash(Secret(*password));
}

Awaitable<http::Response> user_response(App& app, store::User user, bool with_link,
                                        http::Request request, int status) {
  json::object out{{"success", true}, {"data", user_json(user)}};
  if (with_link) {
    auto link = co_await make_sign_in_path(app.store, user.id);
    if (!link) co_return refuse(link.error(), request);
    out["link"] = *link;
  }
  co_return http::json_response(out, status);
}

}  // namespace

Awaitable<http::Response> list_users(App& app, Call call) {
  auto users = co_await app.store.users();
  if (!users) co_return refuse(users.error(), call.request);
  json::array data;
  for (const store::User& user : *users) data.push_back(user_json(user));
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> create_user(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  store::User user;
  if (auto applied = apply_changes(*body, user); !applied) co_return refuse_value(applied.error());
  if (!body->contains("role")) {
    co_return refuse_value(Error{ErrorCode::invalid_input, "role is missing", {}, "role"});
  }
  auto hash = co_await password_hash_in(app, *body, user.email);
  if (!hash) co_return refuse_value(hash.error());
  user.password_hash = *hash;
  auto made = co_await app.store.add_user(std::move(user));
  if (!made) co_return refuse(made.error(), call.request);
  const bool needs_link = made->password_hash.empty();
  co_return co_await user_response(app, std::move(*made), needs_link, std::move(call.request), 201);
}

Awaitable<http::Response> change_user(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto user = co_await app.store.user(*id);
  if (!user) co_return refuse(user.error(), call.request);
  if (auto applied = apply_changes(*body, *user); !applied) {
    co_return refuse_value(applied.error());
  }
  // Nobody takes the key out of the own hand: there is always an administrator left.
  const bool own = call.caller.user_id == *id && call.caller.via == Via::session;
  if (own && (user->disabled || user->role != Role::admin)) {
    co_return refuse_value(Error{ErrorCode::invalid_input, "this is your own account",
                                 "let another administrator do it",
                                 user->disabled ? "disabled" : "role"});
  }
  auto reset = flag_in(*body, "reset");
  if (!reset) co_return refuse_value(reset.error());
  auto hash = co_await password_hash_in(app, *body, user->email);
  if (!hash) co_return refuse_value(hash.error());
  auto updated = co_await app.store.update_user(*user);
  if (!updated) co_return refuse(updated.error(), call.request);
  if (!hash->empty()) {
    auto set = co_await app.store.set_password(*id, *hash, {});
    if (!set) co_return refuse(set.error(), call.request);
  }
  co_return co_await user_response(app, std::move(*user), reset->value_or(false),
                                   std::move(call.request), 200);
}

Awaitable<http::Response> list_tokens(App& app, Call call) {
  auto tokens = co_await app.store.tokens();
  if (!tokens) co_return refuse(tokens.error(), call.request);
  json::array data;
  for (const store::ApiToken& token : *tokens) data.push_back(token_json(token));
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> create_token(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto name = text_in(*body, "name", 100);
  if (!name) co_return refuse_value(name.error());
  auto role = role_in(*body);
  if (!role) co_return refuse_value(role.error());
  auto days = integer_in(*body, "days");
  if (!days) co_return refuse_value(days.error());
  if (!*name || (*name)->empty()) {
    co_return refuse_value(Error{ErrorCode::invalid_input, "name is missing", {}, "name"});
  }
  if (!*role) {
    co_return refuse_value(Error{ErrorCode::invalid_input, "role is missing", {}, "role"});
  }
  if (**role > call.caller.role) {
    co_return refuse(Error{ErrorCode::forbidden, "a token can't do more than you", {}, "role"},
                     call.request);
  }
  if (*days && (**days < 1 || **days > token_days_max)) {
    co_return refuse_value(Error{
        ErrorCode::invalid_input, fmt::format("days is 1 to {}", token_days_max), {}, "days"});
  }
  std::string secret = random_secret();
  store::ApiToken token;
  token.name = **name;
  token.hash = stored_form(secret);
  token.role = **role;
  token.created_by = call.caller.name;
  if (*days) token.expires_at = now() + std::chrono::days(**days);
  auto made = co_await app.store.add_token(std::move(token));
  if (!made) co_return refuse(made.error(), call.request);
  co_return http::json_response(
      json::object{{"success", true}, {"data", token_json(*made)}, {"token", secret}}, 201);
}

Awaitable<http::Response> revoke_token(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto tokens = co_await app.store.tokens();
  if (!tokens) co_return refuse(tokens.error(), call.request);
  for (const store::ApiToken& token : *tokens) {
    if (token.id == *id && token.role > call.caller.role) {
      co_return refuse(Error{ErrorCode::forbidden, "this token can do more than you", {}, "id"},
                       call.request);
    }
  }
  auto revoked = co_await app.store.revoke_token(*id);
  if (!revoked) co_return refuse(revoked.error(), call.request);
  co_return http::json_response(json::object{{"success", true}});
}

}  // namespace tracker::cloud

#include "cloud/bootstrap.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "cloud/access.hpp"
#include "cloud/accounts.hpp"
#include "cloud/passwords.hpp"

namespace tracker::cloud {
namespace {

constexpr std::string_view account_email = "producer@studio.localhost";
constexpr std::string_view account_name = "Producer";
constexpr std::string_view token_name = "demo";

/// Whom the link signs in: the first administrator, who is made if there is none.
Awaitable<Result<store::User>> first_administrator(store::Store& store) {
  CO_TRY(auto users, co_await store.users());
  const store::User* first = nullptr;
  for (const store::User& user : users) {
    const bool usable = user.role == store::Role::admin && !user.disabled;
    if (usable && (first == nullptr || user.id < first->id)) first = &user;
  }
  if (first != nullptr) co_return *first;
  store::User made;
  made.email = account_email;
  made.name = account_name;
  made.role = store::Role::admin;
  co_return co_await store.add_user(std::move(made));
}

Awaitable<Result<Secret>> token_for_scripts(store::Store& store, Secret known) {
  if (!known.empty()) {
    auto found = co_await store.token(stored_form(known.reveal()));
    if (found) co_return known;
    if (found.error().code != ErrorCode::unauthorized) co_return std::unexpected(found.error());
  }
  std::string secret = random_secret();
  store::ApiToken token;
  token.name = token_name;
  token.hash = stored_form(secret);
  token.role = store::Role::producer;
  token.created_by = account_name;
  CO_CHECK_OK(co_await store.add_token(std::move(token)));
  co_return Secret(std::move(secret));
}

Awaitable<Result<Access>> make_access(store::Store& store, Secret known_token) {
  CO_TRY(const store::User user, co_await first_administrator(store));
  Access access;
  CO_TRY(access.api_token, co_await token_for_scripts(store, std::move(known_token)));
  CO_TRY(access.sign_in_path, co_await make_sign_in_path(store, user.id));
  co_return access;
}

Awaitable<void> make_access_into(store::Store& store, Secret known_token,
                                 std::optional<Result<Access>>& made) {
  made = co_await make_access(store, std::move(known_token));
  store.close();
}

}  // namespace

Result<Access> bootstrap(const Settings& settings, const Secret& known_token) {
  asio::io_context context(1);
  store::Store store(context.get_executor(), store::Options{settings.database_url, 1});
  std::optional<Result<Access>> made;
  bool thrown = false;
  asio::co_spawn(context, make_access_into(store, known_token, made),
                 [&thrown](std::exception_ptr what) { thrown = what != nullptr; });
  context.run();
  if (thrown || !made) return fail(ErrorCode::internal, "the first account could not be made");
  return std::move(*made);
}

}  // namespace tracker::cloud

#include "cloud/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cloud/access.hpp"
#include "cloud/passwords.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

namespace tracker::cloud {
namespace {

constexpr std::string_view setup_email = "admin@studio.localhost";

/// The account that signs in by the logged link, if nobody can sign in in another way.
Awaitable<Result<std::optional<store::User>>> account_to_set_up(store::Store& store) {
  CO_TRY(auto users, co_await store.users());
  if (users.empty()) {
    store::User first;
    first.email = setup_email;
    first.name = "Administrator";
    first.role = store::Role::admin;
    CO_TRY(store::User made, co_await store.add_user(std::move(first)));
    co_return std::optional(std::move(made));
  }
  const bool somebody_can = std::any_of(users.begin(), users.end(), [](const store::User& user) {
    return !user.disabled && !user.password_hash.empty();
  });
  const auto waiting = std::find_if(users.begin(), users.end(), [](const store::User& user) {
    return !user.disabled && user.email == setup_email;
  });
  if (somebody_can || waiting == users.end()) co_return std::optional<store::User>();
  co_return std::optional(*waiting);
}

Awaitable<Status> make_configured_account(store::Store& store, const Settings& settings) {
  CO_TRY(std::string email, clean_email(settings.admin_email));
  if (auto problem = problem_with_password(settings.admin_password, email)) {
    co_return fail(ErrorCode::invalid_input, *problem, {}, "ADMIN_PASSWORD");
  }
  store::User admin;
  admin.email = email;
  admin.name = email.substr(0, email.find('@'));
  admin.role = store::Role::admin;
  CO_TRY(admin.password_hash, hash_password(settings.admin_password));
  auto made = co_await store.add_user(std::move(admin));
  // Another process of this database was faster: the account is there, which is all we want.
  if (!made && made.error().code != ErrorCode::conflict) co_return std::unexpected(made.error());
  log::info("first account made: {}", email);
  co_return Status{};
}

}  // namespace

Result<std::string> clean_email(std::string_view email) {
  std::string clean = canonical(email);
  for (char& c : clean) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const std::size_t at = clean.find('@');
  const bool odd = clean.find_first_of(" \t\n") != std::string::npos || at == 0 ||
                   at == std::string::npos || at + 1 == clean.size() || clean.size() > 200 ||
                   clean.find('@', at + 1) != std::string::npos ||
                   find_control_character(clean, "") != std::string::npos;
  if (odd) return fail(ErrorCode::invalid_input, "this is no email address", {}, "email");
  return clean;
}

Awaitable<Result<std::string>> make_sign_in_path(store::Store& store, std::int64_t user_id) {
  const std::string secret = random_secret();
  const Time expires =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
      sign_in_link_time_max;
  CO_CHECK_OK(co_await store.add_sign_in_link(stored_form(secret), user_id, expires));
  co_return "/#token=" + secret;
}

Awaitable<Status> ensure_first_account(store::Store& store, const Settings& settings) {
  CO_TRY(const std::int64_t accounts, co_await store.count_users());
  if (!settings.admin_email.empty() && !settings.admin_password.empty()) {
    if (accounts > 0) co_return Status{};
    co_return co_await make_configured_account(store, settings);
  }
  CO_TRY(auto account, co_await account_to_set_up(store));
  if (!account) co_return Status{};
  CO_TRY(const std::string path, co_await make_sign_in_path(store, account->id));
  log::info(
      "no account has a password yet; open the page with this link to set one (it works "
      "once, for {} hours): {}",
      sign_in_link_time_max.count(), path);
  co_return Status{};
}

}  // namespace tracker::cloud

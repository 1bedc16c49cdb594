// Accounts: the first one, how long sessions last, one-time sign-in links. What the API's
// endpoints, the start of the cloud role and `demo` (bootstrap.hpp) have in common. Thread rule:
// the io thread.
#pragma once

#include <chrono>
#include <string>

#include "cloud/settings.hpp"
#include "runtime/asio.hpp"
#include "store/store.hpp"

namespace tracker::cloud {

inline constexpr std::chrono::hours session_time_max{7 * 24};
inline constexpr std::chrono::hours sign_in_link_time_max{24};

/// Makes the first account if there is none: ADMIN_EMAIL with ADMIN_PASSWORD, or else an
/// administrator without a password, for whom a one-time link is logged (also later, as long as
/// nobody can sign in otherwise).
Awaitable<Status> ensure_first_account(store::Store& store, const Settings& settings);

/// "/#token=…" for this account; works once, for sign_in_link_time_max.
Awaitable<Result<std::string>> make_sign_in_path(store::Store& store, std::int64_t user_id);

/// Lower case, no outer blanks; an error (field email) if this can be no address.
Result<std::string> clean_email(std::string_view email);

}  // namespace tracker::cloud

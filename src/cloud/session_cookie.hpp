// The session's cookie: its two names, how it is set, and when a page is told that its address is
// not protected. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace tracker::cloud {

inline constexpr std::string_view secure_cookie_name = "__Host-at_session";
inline constexpr std::string_view plain_cookie_name = "at_session";

/// True if the page was reached by https: a proxy says so (X-Forwarded-Proto), or nobody says
/// anything and this is production, where a proxy always stands before us.
bool reached_by_https(const http::Request& request, bool production);

/// The session id that a request carries, by either name.
std::optional<std::string_view> session_of(const http::Request& request);

/// The Set-Cookie value. `seconds_max` 0 ends the cookie.
std::string session_cookie(std::string_view session, bool secure, long long seconds_max);

/// A sentence for the page when others on the network could read along; or nothing.
std::optional<std::string> address_warning(const http::Request& request, bool production);

/// The token of "Authorization: Bearer TOKEN"; nothing for anything else.
std::optional<std::string_view> bearer_token(const http::Request& request);

}  // namespace tracker::cloud

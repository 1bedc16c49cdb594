// Standard Webhooks: the signature of what goes through a tunnel. Pure functions; time is an
// argument.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"
#include "http/message.hpp"

namespace tracker::link {

inline constexpr std::chrono::seconds webhook_age_max{300};

/// "v1,<base64>" over "<id>.<seconds>.<body>". A secret that starts with "whsec_" is base64 behind
/// that, any other is taken as its bytes.
std::string webhook_signature(const Secret& secret, std::string_view id, Time at,
                              std::string_view body);

/// webhook-id, webhook-timestamp, webhook-signature.
http::Headers webhook_headers(const Secret& secret, std::string_view id, Time at,
                              std::string_view body);

/// True if any of the three headers is there.
bool is_signed(const http::Headers& headers);

/// Checks all three headers against any of `secrets` (rotation), and the age against `now`. Error
/// unauthorized with a reason that tells a person what to compare. The caller remembers ids.
Status verify_webhook(std::span<const Secret> secrets, const http::Headers& headers,
                      std::string_view body, Time now);

}  // namespace tracker::link

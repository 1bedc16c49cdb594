// Filters that every role of ours puts before its routes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "http/router.hpp"

namespace tracker::http {

/// CSRF: a request that may change state (not GET, HEAD, OPTIONS) or that upgrades to a WebSocket
/// and that a browser sends (it has Sec-Fetch-Site or Origin) must come from our own page:
/// Sec-Fetch-Site same-origin or none, else an Origin whose host is Host. Requests with
/// Authorization or X-API-Key carry their own proof and pass. 403 otherwise.
std::optional<Response> refuse_cross_site(const Request& request);

/// DNS rebinding: Host (without port) must be an IP address, localhost, or one of `allowed`.
/// /api/health passes with any Host. 403 that names ALLOWED_HOSTS otherwise. The caller lets
/// requests with a valid key pass before it asks.
std::optional<Response> refuse_unknown_host(const Request& request,
                                            const std::vector<std::string>& allowed);

/// The X-API-Key header, or the token of `Authorization: Bearer …`; nothing if neither is there.
std::optional<std::string_view> api_key_of(const Request& request);

}  // namespace tracker::http

// WebSocket as a Channel: dial() for the client side; the server side comes out of a socket route.
//
// Both sides: ping after 20 s of silence, two misses close, TCP_USER_TIMEOUT 30 s, no compression,
// at most 200 messages a second are read from a peer. Thread rule: the io thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/channel.hpp"
#include "http/client.hpp"

namespace tracker::http {

/// `url` is http(s) or ws(s). TLS and proxies as `settings` say. Error unauthorized on 401 and 403,
/// unsupported if the other end speaks no WebSocket there, else unavailable or timeout.
Awaitable<Result<std::unique_ptr<Channel>>> dial(
    std::string url, Headers headers, ClientSettings settings = {},
    std::chrono::milliseconds limit = std::chrono::seconds(15));

}  // namespace tracker::http

// One HTTP request from a command, blocking: for commands that talk to a role that runs. Bounded in
// time and size; an answer with any status is a value. Main thread only.
#pragma once

#include <chrono>
#include <string>

#include "core/result.hpp"
#include "http/client.hpp"

namespace tracker::cli {

Result<http::ClientResponse> call_http(http::ClientRequest request);

/// True if GET url/api/health answers 200 within `limit`.
bool answers_health(const std::string& url, std::chrono::milliseconds limit);

/// Where a role that listens on `bind` and `port` is reached from this machine.
std::string local_address(const std::string& bind, std::uint16_t port);

/// The port itself, or a free one for 0. Fails with one sentence if something listens there
/// already.
Result<std::uint16_t> free_port(const std::string& bind, std::uint16_t port,
                                std::string_view option);

}  // namespace tracker::cli

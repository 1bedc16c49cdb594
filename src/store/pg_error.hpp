// What PostgreSQL refuses, in the program's words. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace tracker::store {

/// "Database connection failed: <cause>", with the next step.
Error connection_failed(std::string_view cause);

/// By SQLSTATE.
Error server_error(std::string_view sqlstate, std::string_view message);

/// Deadlock or lost race: the same transaction may well succeed when it runs again.
bool worth_a_retry(std::string_view sqlstate);

inline constexpr std::string_view lock_timeout_state = "55P03";

/// libpq's messages have several lines, the first says it.
std::string first_line(const char* message);

}  // namespace tracker::store

#include "store/pg_error.hpp"

#include <fmt/format.h>

namespace tracker::store {

std::string first_line(const char* message) {
  const std::string_view text = message == nullptr ? "" : message;
  return std::string(text.substr(0, text.find('\n')));
}

Error connection_failed(std::string_view cause) {
  return {ErrorCode::unavailable,
          fmt::format("Database connection failed: {}", cause),
          "check that PostgreSQL runs and that DATABASE_URL is right (animation-tracker doctor)",
          {}};
}

bool worth_a_retry(std::string_view sqlstate) {
  return sqlstate == "40P01" || sqlstate == "40001" ||
         sqlstate == "23505";  // somebody inserted the same row an instant before us
}

Error server_error(std::string_view sqlstate, std::string_view message) {
  const std::string what = fmt::format("database: {} ({})", message, sqlstate);
  const std::string_view group = sqlstate.substr(0, 2);
  if (group == "08" || group == "53" || sqlstate.starts_with("57P")) {
    return connection_failed(message);
  }
  if (sqlstate == "57014") return {ErrorCode::timeout, what, "try again", {}};
  if (sqlstate == lock_timeout_state || group == "40") {
    return {ErrorCode::busy, what, "try again", {}};
  }
  if (sqlstate == "23505") return {ErrorCode::conflict, what, {}, {}};
  if (group == "22") return {ErrorCode::invalid_input, what, {}, {}};
  if (sqlstate == "42P01") {
    return {ErrorCode::unavailable, what, "run animation-tracker migrate", {}};
  }
  return {ErrorCode::internal, what, {}, {}};
}

}  // namespace tracker::store

// DATABASE_URL as hosts and Node programs write it, made fit for libpq. Pure; safe on any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace tracker::store {

struct ConnectionString {
  /// libpq keywords and values; holds the password: never logged.
  std::vector<std::pair<std::string, std::string>> options;
  /// A pooler in transaction mode stands between: no LISTEN, no prepared statements.
  bool pooled = false;
  std::string database;  ///< for messages: "animation-tracker-db at db.example:5432"
};

/// Understands libpq URIs and "key=value" strings; translates ?ssl=true, ?sslmode=no-verify and
/// ?pgbouncer=true; leaves out parameters that only other clients know. The error holds no secret.
Result<ConnectionString> parse_connection_string(std::string_view text);

}  // namespace tracker::store

// The database's address as libpq wants it, out of what hosting platforms and Node programs write.
// Pure functions on an Environment; no secret appears in an error. Main thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.hpp"
#include "core/secret.hpp"

namespace tracker::cli {

struct DatabaseUrl {
  Secret url;
  std::vector<std::string> warnings;  ///< what was translated, for the log
};

/// DATABASE_URL, else one built from PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE.
/// Node's `ssl=true`, `sslmode=no-verify` and `pgbouncer=true` are translated with a warning.
Result<DatabaseUrl> database_url(const Environment& environment);

/// True if either form is set.
bool has_database_url(const Environment& environment);

/// Percent-encoded for any place in a URI.
std::string percent_encoded(std::string_view text);

}  // namespace tracker::cli

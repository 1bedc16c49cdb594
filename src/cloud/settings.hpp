// What the cloud role is told at its start (design/product.md §2); filled and checked by cli/.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/secret.hpp"

namespace tracker::cloud {

struct Settings {
  std::string bind = "::";                  ///< BIND; dual stack
  std::uint16_t port = 3000;                ///< PORT
  Secret database_url;                      ///< DATABASE_URL or built from PG*; libpq URI
  bool production = false;                  ///< NODE_ENV=production
  std::string environment = "development";  ///< NODE_ENV as /api/sync/status shows it
  std::string local_server_url;             ///< LOCAL_SERVER_URL; '' = local dials in
  Secret local_server_api_key;              ///< LOCAL_SERVER_API_KEY
  Secret webhook_secret;                    ///< WEBHOOK_SECRET
  bool enable_cloud_sync = true;            ///< ENABLE_CLOUD_SYNC
  bool public_diagnostics = true;           ///< PUBLIC_DIAGNOSTICS
  std::string admin_email;                  ///< ADMIN_EMAIL
  Secret admin_password;                    ///< ADMIN_PASSWORD
  Secret metrics_token;                     ///< METRICS_TOKEN
  std::vector<std::string> allowed_hosts;   ///< ALLOWED_HOSTS; empty = any name
  std::string https_proxy;                  ///< HTTPS_PROXY: http://host:port; '' = direct
  std::string web_root;                     ///< --web-root; '' = the page embedded in the program
};

/// Runs the cloud role until SIGTERM or SIGINT: migrates, listens, serves, drains. The value is the
/// process's exit code. Logs a line that starts with "cloud ready" once it answers.
int run(const Settings& settings);

/// Brings the database to the newest schema and prints each step (command `migrate`). Idempotent.
Status migrate(const Settings& settings);

}  // namespace tracker::cloud

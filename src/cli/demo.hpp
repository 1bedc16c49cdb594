// The whole system on one machine: private PostgreSQL, cloud, local, a sample production; what
// `demo` and ./run start. Blocks until somebody asks it to stop; then stops all of it in reverse
// order. Every failure is one sentence. Main thread only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/environment.hpp"
#include "core/result.hpp"

namespace tracker::cli {

struct DemoOptions {
  std::filesystem::path folder = "data";  ///< --data; run.json, pg/, local/, workbook, media
  std::string bind = "127.0.0.1";         ///< of the cloud
  std::uint16_t port = 3000;
  std::uint16_t local_port = 3001;
  std::uint16_t database_port = 0;   ///< 0 = Unix socket only
  bool empty = false;                ///< no sample production
  std::filesystem::path workbook;    ///< '' = folder/production_summary.xlsx
  std::filesystem::path media_root;  ///< '' = folder/media
};

Status run_demo(DemoOptions options, const Environment& environment,
                const std::string& program_path);

/// What must stay the same from one start to the next, in DIR/secrets.env.
struct DemoSecrets {
  std::string api_key;            ///< LOCAL_SERVER_API_KEY and API_SECRET
  std::string webhook_secret;     ///< WEBHOOK_SECRET
  std::string api_token;          ///< of role producer; '' until the database knows one
  std::string database_password;  ///< for --db-port
};

/// From the file, from the environment where it says something, or fresh.
Result<DemoSecrets> load_demo_secrets(const std::filesystem::path& folder,
                                      const Environment& environment);
Status save_demo_secrets(const std::filesystem::path& folder, const DemoSecrets& secrets);

/// Writes DIR/cloud.env and DIR/local.env: what the demo's environment says to a role, and what the
/// demo itself decides. `options` is complete, with absolute paths.
Status write_role_files(const DemoOptions& options, const Environment& environment,
                        const DemoSecrets& secrets, const std::string& database_url);

/// A workbook and a media folder that were given must exist.
Status check_given_production(const DemoOptions& options);

/// Makes the workbook and the media folder where they are missing: the sample production, or an
/// empty workbook with --empty. Completes options.workbook and options.media_root.
Status make_production(DemoOptions& options, const std::filesystem::path& program_path);

}  // namespace tracker::cli

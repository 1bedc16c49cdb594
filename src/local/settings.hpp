// What the local role is told at its start (design/product.md §2); filled and checked by cli/.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/rational.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "local/finding.hpp"
#include "media/episode_rates.hpp"
#include "media/rank.hpp"

namespace tracker::local {

struct Settings {
  std::string bind = "127.0.0.1";          ///< BIND
  std::uint16_t port = 3001;               ///< PORT
  std::string railway_app_url;             ///< RAILWAY_APP_URL
  Secret api_secret;                       ///< API_SECRET: X-API-Key of both directions
  Secret webhook_secret;                   ///< WEBHOOK_SECRET
  bool require_signature = false;          ///< REQUIRE_SIGNATURE
  bool webhook_mode = false;               ///< LINK_MODE=webhook: no WebSocket, HTTP only
  bool enable_auto_sync = false;           ///< ENABLE_AUTO_SYNC
  std::chrono::seconds sync_interval{30};  ///< SYNC_INTERVAL
  std::filesystem::path workbook = "production_summary.xlsx";  ///< WORKBOOK
  std::string workbook_sheet;                                  ///< WORKBOOK_SHEET; '' = first
  std::string workbook_id_column = "auto";  ///< WORKBOOK_ID_COLUMN: auto | none | a header text
  std::string footage_sheet;                ///< FOOTAGE_SHEET: name of our own sheet; '' = none
  std::filesystem::path media_root;         ///< MEDIA_ROOT; '' = none
  std::string media_pattern;                ///< MEDIA_PATTERN; '' = match without a template
  media::TaskOrder media_tasks;             ///< MEDIA_TASKS
  std::int64_t media_handles = 0;           ///< MEDIA_HANDLES: frames before and behind the cut
  Rational frame_rate{24, 1};               ///< FPS
  media::EpisodeRates episode_rates;        ///< EPISODE_RATES
  std::filesystem::path data_dir;           ///< DATA_DIR: journal, backups, lock
  bool auto_backup_excel = false;           ///< AUTO_BACKUP_EXCEL
  std::vector<std::string> allowed_hosts;   ///< ALLOWED_HOSTS
  std::string https_proxy;                  ///< HTTPS_PROXY: http://host:port; '' = direct
  std::filesystem::path media_program;      ///< animation-tracker-media, beside this program
};

/// Runs the local role until SIGTERM or SIGINT. The value is the process's exit code. Logs a line
/// that starts with "local ready" once it answers. `doctor` is asked by the studio's own page.
int run(const Settings& settings, Doctor doctor);

}  // namespace tracker::local

// One reconcile, or its rehearsal, without a server: `animation-tracker sync` where no local role
// runs. Both run their own io_context until they are done; call them on the main thread.
#pragma once

#include <string>

#include "local/settings.hpp"
#include "sync/preview.hpp"

namespace tracker::local {

struct SyncedOnce {
  sync::Report report;  ///< who has the workbook open, what still waits, what is wrong
  std::string batch;    ///< of a replacement that changed something
};

/// Holds the lock of the data folder while it works. Errors: `busy` where a local role holds it;
/// `unavailable`, `unauthorized` without the cloud; `timeout`.
Result<SyncedOnce> sync_once(const Settings& settings, bool replaces);

/// What sync_once would do. Works on copies of the journal and the workbook, and asks the cloud
/// only to read: nothing is changed anywhere.
Result<sync::Preview> preview_once(const Settings& settings, bool replaces);

}  // namespace tracker::local

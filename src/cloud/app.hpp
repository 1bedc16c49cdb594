// App: what every endpoint of the cloud role works with, and the two values it is handed: Call (one
// request of somebody who may) and Caller (who that is).
//
// Lifetime: the App outlives every coroutine that was given a reference to it; run() sees to that.
// Thread rule: the io thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/event_hub.hpp"
#include "cloud/passwords.hpp"
#include "cloud/rate_limit.hpp"
#include "cloud/routes.hpp"
#include "cloud/settings.hpp"
#include "cloud/studio_link.hpp"
#include "http/message.hpp"
#include "http/server.hpp"
#include "runtime/task_group.hpp"
#include "runtime/worker_thread.hpp"
#include "store/store.hpp"

namespace tracker::cloud {

enum class Via { nobody, session, token };

struct Caller {
  Via via = Via::nobody;
  std::int64_t user_id = 0;  ///< session only
  std::string name;
  std::string email;  ///< session only
  Role role = Role::viewer;
  std::vector<std::string> animator_names;
  bool has_password = false;
  std::string session_hash;  ///< session only

  bool signed_in() const { return via != Via::nobody; }
  /// Name for the history; animators are bound to own rows.
  store::Who who() const;
};

struct Call {
  http::Request request;
  Caller caller;
};

struct App {
  App(asio::any_io_executor executor_, const Settings& settings_);

  Settings settings;
  asio::any_io_executor executor;
  std::chrono::steady_clock::time_point started_at = std::chrono::steady_clock::now();
  bool migrated = false;  ///< the schema is there; before that only health answers
  store::Store store;
  runtime::TaskGroup tasks;
  Passwords passwords;
  Buckets open_calls{300, 50};              ///< per address, routes for everybody
  Buckets wrong_logins{30, 0.5};            ///< per address, wrong passwords
  runtime::WorkerThread files{"files", 4};  ///< reads and writes workbooks of the page
  GuessPauses guess_pauses;                 ///< per account
  EventHub events;
  StudioLink studio;
  http::Server* server = nullptr;  ///< set while it serves; for the metrics
};

/// Times of day come from one place, so that what is stored and what is compared agree.
Time now();

}  // namespace tracker::cloud

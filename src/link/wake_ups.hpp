// WakeUps: in webhook mode, the cloud's knock at LOCAL_SERVER_URL/api/sync/from-railway.
//
// Promises: the first change after a quiet second goes out at once; later ones wait up to a second
// and go together in one request, which carries the newest of them. A failed request is logged in a
// sentence and not repeated: wake-ups may be lost (design/sync.md §4). Answers that are no JSON are
// "tunnel answers HTML". Thread rule: the io thread. REQUIRES: run() is running in a task group.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "http/client.hpp"
#include "runtime/asio.hpp"

namespace tracker::link {

struct WakeUpSettings {
  std::string local_url;  ///< LOCAL_SERVER_URL
  Secret api_key;         ///< LOCAL_SERVER_API_KEY
  Secret webhook_secret;  ///< WEBHOOK_SECRET; empty = unsigned
  http::ClientSettings client;
  std::chrono::milliseconds gather_time = std::chrono::seconds(1);
};

class WakeUps {
 public:
  WakeUps(asio::any_io_executor executor, WakeUpSettings settings);
  ~WakeUps();
  WakeUps(const WakeUps&) = delete;
  WakeUps& operator=(const WakeUps&) = delete;

  /// Sends what notify() gathered, until cancelled.
  Awaitable<void> run();

  /// `action` is create, update or delete; `data` the entry's JSON with its "version". Never waits.
  void notify(std::string action, boost::json::object data);

  /// GET <local_url>/api/sync/excel-data: the answer's JSON. For "Sync now" in webhook mode.
  Awaitable<Result<boost::json::object>> fetch_excel_data(std::chrono::milliseconds limit);

  /// '' after a request that was answered, else why the last one was not.
  const std::string& problem() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tracker::link

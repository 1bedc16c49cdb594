// StudioLink: the cloud's end of the link to the studio's local server, on the store.
//
// Promises: every new head reaches the local server as a hint at once: over its WebSocket, and in
// webhook mode (LOCAL_SERVER_URL is set) as a knock at its door. Both only wake it up; what it then
// pulls comes from the database. Logs the lines that the guide tells people to look for.
// Thread rule: the io thread. REQUIRES: the store outlives the link.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cloud/settings.hpp"
#include "link/link_server.hpp"
#include "link/wake_ups.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"
#include "store/store.hpp"

namespace tracker::cloud {

/// What became of asking the studio to look at its workbook now: excelSync of product.md §3.
struct ExcelSync {
  bool success = false;
  std::int64_t records = 0;
  std::chrono::milliseconds took{0};
  std::string detail;  ///< why not
};

boost::json::object excel_sync_json(const ExcelSync& sync);

class StudioLink final : public link::LinkService {
 public:
  struct Listeners {
    std::function<void(ChangeNumber head)> on_head;  ///< a push made changes
    std::function<void()> on_status;                 ///< report, applied, connected, gone
  };

  StudioLink(asio::any_io_executor executor, store::Store& store, const Settings& settings);

  void set_listeners(Listeners listeners) { listeners_ = std::move(listeners); }

  /// WebSocket and message routes; refuses wrong keys (401) and a link that is switched off (503).
  void add_routes(http::Router& router);

  /// Starts what runs beside the requests: heartbeats, knocks.
  void start(runtime::TaskGroup& tasks);

  /// There is news up to `head`, whoever made it; never waits.
  void announce(ChangeNumber head);

  /// There is news that no change tells: something held was decided.
  void ask_to_pull() { server_.ask_to_pull(); }

  /// Asks local to look at the workbook now; ends after `limit` at the latest.
  Awaitable<ExcelSync> look_now(std::chrono::milliseconds limit);

  std::size_t connected() const { return server_.connected(); }
  /// When this process lost its last connection; nothing if it never had one.
  std::optional<Time> lost_at() const { return lost_at_; }
  /// When somebody last called this process with a key that is not the studio's; nothing since a
  /// call with the right one.
  std::optional<Time> wrong_key_at() const { return wrong_key_at_; }
  bool webhook_mode() const { return wake_ups_ != nullptr; }

  Awaitable<Result<sync::HelloAnswer>> hello(sync::Hello message) override;
  Awaitable<Result<sync::PullAnswer>> pull(sync::Pull message) override;
  Awaitable<Result<sync::PushAnswer>> push(sync::Push message) override;
  Awaitable<Status> applied(sync::Applied message) override;
  Awaitable<Status> decide(sync::Decide message) override;
  Awaitable<Status> report(sync::Report message) override;
  Awaitable<Status> observed(link::Observed message) override;
  Awaitable<Result<sync::OfferAnswer>> offer(sync::Offer message) override;
  Awaitable<Status> picture(sync::PictureSent message) override;
  Awaitable<Status> files(sync::FilesTold message) override;
  Awaitable<Result<sync::PinsAnswer>> pins(sync::PinsAsked message) override;
  Awaitable<Result<EpisodePlans>> plans(sync::PlansAsked message) override;
  void connections_changed(std::size_t connected) override;

 private:
  Awaitable<void> keep_lease();
  Awaitable<void> knock();
  Awaitable<Status> knock_for_news();
  Awaitable<ExcelSync> look_through_tunnel(std::chrono::milliseconds limit);
  Awaitable<bool> wait_until_applied(std::int64_t number, std::chrono::milliseconds limit);
  void changed_status();

  asio::any_io_executor executor_;
  store::Store& store_;
  const Settings& settings_;
  Listeners listeners_;
  link::LinkServer server_;
  std::unique_ptr<link::WakeUps> wake_ups_;  ///< webhook mode only
  runtime::Signal news_;
  std::string store_id_;   ///< who said hello last through this process
  ChangeNumber head_ = 0;  ///< announced
  bool head_known_ = false;
  ChangeNumber knocked_ = 0;    ///< webhook mode: local was told up to here
  ChangeNumber notified_ = 0;   ///< newest change whose notification was logged
  ChangeNumber confirmed_ = 0;  ///< newest change that local has in the workbook, as logged
  std::optional<std::int64_t> workbook_rows_;  ///< as local said last
  std::optional<Time> lost_at_;
  std::optional<Time> wrong_key_at_;
  std::optional<ExcelSync> last_tunnel_look_;
  std::chrono::steady_clock::time_point last_tunnel_look_at_;
};

}  // namespace tracker::cloud

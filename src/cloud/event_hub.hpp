// EventHub: every change of the feed, rendered once, for all who watch; and the sync's status.
//
// Promises: a subscriber sees every change after its start exactly once and in order, whichever
// process or program made it. The newest changes are kept rendered (bounded by number and bytes);
// who is further behind reads from the database. A subscriber costs no query while nothing happens.
// Thread rule: the io thread. REQUIRES: the store outlives the hub.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "http/event_stream.hpp"
#include "runtime/signal.hpp"
#include "store/store.hpp"

namespace tracker::cloud {

/// One change as an event's text, ready to be written.
struct RenderedEvent {
  ChangeNumber seq = 0;
  std::string text;
};

class EventHub {
 public:
  /// The answer of /api/sync/status for somebody who is signed in.
  using StatusReader = std::function<Awaitable<Result<boost::json::object>>()>;

  EventHub(asio::any_io_executor executor, store::Store& store);
  ~EventHub();

  void set_status_reader(StatusReader reader) { read_status_ = std::move(reader); }

  /// There is news up to `head`; never waits.
  void announce(ChangeNumber head);
  /// The status may have changed; never waits.
  void status_may_have_changed();

  /// Somebody's place on the page, as JSON: to all who watch now, and kept for nobody else.
  void presence(std::string_view json);

  ChangeNumber head() const { return head_; }
  std::size_t subscribers() const { return subscribers_.size(); }

  /// Reads the feed and the status and wakes the subscribers, until cancelled. Run it once.
  Awaitable<void> run();

  /// Writes events after `after` until the stream ends (0 < after), or all that come from now on.
  Awaitable<void> serve(http::EventStream& stream, std::optional<ChangeNumber> after);

 private:
  struct Subscriber;

  Awaitable<Status> read_feed();
  Awaitable<void> refresh_status();
  Awaitable<Result<std::vector<RenderedEvent>>> render(std::vector<Change> changes);
  /// The places told after number `seen`, as far as they are kept.
  std::string presences_after(std::uint64_t& seen) const;
  Awaitable<Status> catch_up(http::EventStream& stream, ChangeNumber& at);
  /// False, and the stream is to be ended, if change `at` never happened here.
  Awaitable<bool> is_known(http::EventStream& stream, ChangeNumber at);
  void keep(std::vector<RenderedEvent> events);
  void wake_all();

  asio::any_io_executor executor_;
  store::Store& store_;
  StatusReader read_status_;
  bool started_ = false;       ///< rendered_ is where the feed stood when we began
  ChangeNumber head_ = 0;      ///< announced
  ChangeNumber rendered_ = 0;  ///< everything up to here went through recent_
  std::deque<RenderedEvent> recent_;
  std::size_t recent_bytes_ = 0;
  std::deque<std::string> presences_;  ///< the newest, rendered
  std::uint64_t presence_number_ = 0;  ///< of the newest one
  std::string status_text_;
  std::uint64_t status_number_ = 0;
  bool status_asked_ = false;
  runtime::Signal work_;
  std::list<Subscriber*> subscribers_;
};

/// A change as subscribers see it: its JSON with "entry", the row after it.
boost::json::object event_json(const Change& change, const std::optional<Entry>& row_now);

}  // namespace tracker::cloud

// The local role's one actor: feeds the engine with events and does what it asks for, in order.
//
// Looking at the workbook and writing it never overlap, because only this actor does both. Outside
// events (a save, a hint, a measurement) only set state and wake it. Thread rule: the io thread;
// what blocks goes to the disk thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "link/cloud_link.hpp"
#include "local/media_service.hpp"
#include "local/workbook_port.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"
#include "runtime/worker_thread.hpp"
#include "sync/engine.hpp"
#include "sync/preview.hpp"

namespace tracker::local {

class Actor {
 public:
  Actor(asio::any_io_executor executor, runtime::WorkerThread& disk_thread, WorkbookPort& port,
        sync::Memory memory, std::string workbook_name);

  /// REQUIRES: called before run(). Both outlive the actor's tasks.
  void connect(link::CloudLink& link, MediaService* media);

  /// Events until cancelled; looks at the folder every 2 s, whatever the watch says.
  Awaitable<void> run();
  /// Keeps the footage sheet, until cancelled.
  Awaitable<void> keep_footage();
  /// The engine's, what the footage sheet waits for, and that the journal can't be written.
  sync::Report report() const;
  /// Sends the newest report whenever it changed; one that the cloud refused not at once again.
  Awaitable<void> report_changes();

  void post(sync::Event event);
  /// A name in the workbook's folder was touched ('' = events were lost).
  void folder_touched(const std::string& name);
  void look_soon();
  void link_connected();
  void observe_for_cloud(std::string request);

  /// Looks now and waits until both sides are equal, or wait for a person (the workbook is open,
  /// a change is held), or `limit` is over.
  Awaitable<Status> sync_now(std::chrono::milliseconds limit);
  /// True once change `seq` and everything queued is in the workbook; false when `limit` is over.
  Awaitable<bool> wait_until_written(ChangeNumber seq, std::chrono::milliseconds limit);

  /// False when `limit` was over before `done` was true; asked again after every step.
  Awaitable<bool> wait_until(std::function<bool()> done, std::chrono::milliseconds limit);
  /// What the next sync would do; `replaces`: if the database became what the workbook shows. It is
  /// rehearsed by a copy of the engine. Nothing when a write did not end within `limit`.
  Awaitable<std::optional<sync::Preview>> preview(bool replaces, std::chrono::milliseconds limit);

  const sync::Engine& engine() const { return engine_; }
  runtime::WorkerThread& disk_thread() { return disk_thread_; }
  WorkbookPort& port() { return port_; }
  /// When workbook and cloud were last known to be equal; nothing since the start.
  std::optional<Time> equal_as_of() const { return equal_as_of_; }

 private:
  Awaitable<void> step(sync::Event event);
  Awaitable<void> perform(sync::Effects effects);
  Awaitable<void> look(bool regular);
  bool is_calm();
  void tell_if_put_back(const sync::Event& event) const;
  std::chrono::milliseconds time_to_wait() const;
  /// Journal writes are repeated until they succeed: nothing goes on without them.
  template <class Save>
  Awaitable<void> save(const Save& what);
  void tell_journal(std::string problem);
  Awaitable<void> write(sync::WriteWorkbook effect);
  Awaitable<void> write_footage();
  void after_step();

  Awaitable<void> hello();
  Awaitable<void> pull(sync::Pull message);
  Awaitable<void> push(sync::Push message);
  Awaitable<void> applied(sync::Applied message);
  Awaitable<void> answer_observe(std::string request);
  void tell_media(const sync::SaveMirror& mirror);

  asio::any_io_executor executor_;
  runtime::WorkerThread& disk_thread_;
  WorkbookPort& port_;
  std::string workbook_name_;
  sync::Engine engine_;
  link::CloudLink* link_ = nullptr;
  MediaService* media_ = nullptr;
  runtime::TaskGroup tasks_;
  runtime::Signal wake_;
  runtime::Signal reported_;
  std::deque<sync::Event> events_;
  bool stepping_ = false;
  std::deque<std::shared_ptr<runtime::Signal>> waiters_;
  bool look_wanted_ = true;
  std::chrono::steady_clock::time_point look_not_before_;
  std::optional<sync::Event> seen_;  ///< what the last look found; taken from quiet_from_ on
  std::chrono::steady_clock::time_point quiet_from_;
  std::chrono::steady_clock::time_point next_regular_look_;
  std::int64_t looks_done_ = 0;
  std::int64_t work_done_ = 0;       ///< events but the regular looks
  std::int64_t work_at_look_ = 0;    ///< work_done_ at the last regular look
  bool has_grown_ = false;           ///< rows came since free memory was given back
  bool footage_wanted_ = false;      ///< both sides came to rest, and the plans are known
  EpisodePlans episode_plans_;       ///< as of then
  std::int64_t footage_after_ = -1;  ///< work_done_ at the last look at the sheet
  std::string footage_problem_;
  std::string journal_problem_;  ///< it is being written again and again
  sync::Report sent_report_;
  std::string open_by_;
  std::optional<Time> equal_as_of_;
  std::optional<std::chrono::steady_clock::time_point> change_began_;
};

}  // namespace tracker::local

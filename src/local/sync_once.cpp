#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "disk/data_lock.hpp"
#include "local/once.hpp"
#include "local/parts.hpp"
#include "runtime/flat_result.hpp"

namespace tracker::local {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_time_max(10'000);
constexpr milliseconds refused_time_max(2'000);  ///< the cloud may just be starting again
constexpr milliseconds sync_time_max(120'000);
constexpr milliseconds close_time_max(5'000);

class Once {
 public:
  Once(const Settings& settings, asio::any_io_executor executor,
       std::unique_ptr<journal::Journal> journal)
      : settings_(settings),
        executor_(executor),
        disk_thread_("disk"),
        port_(settings, std::move(journal)),
        tasks_(executor) {}

  Awaitable<Result<SyncedOnce>> work(bool replaces) {
    CO_CHECK_OK(port_.recover());
    CO_TRY(sync::Memory memory, port_.journal().load());
    actor_.emplace(executor_, disk_thread_, port_, std::move(memory),
                   std::filesystem::absolute(settings_.workbook).filename().string());
    link_ = make_link(settings_, executor_, *actor_, {.on_lost = [this](const Error& why) {
                        lost_ = why;
                        lost_at_ = steady_clock::now();
                      }});
    actor_->connect(*link_, nullptr);
    if (replaces) actor_->post(sync::ReplacementWanted{});
    tasks_.start("actor", actor_->run());
    tasks_.start("link", link_->run());
    auto outcome = co_await reconcile();
    CO_CHECK_OK(co_await tasks_.stop(close_time_max));
    co_return outcome;
  }

 private:
  Awaitable<Result<SyncedOnce>> reconcile() {
    const auto connected = [this] {
      const bool refused = lost_ && (lost_->code == ErrorCode::unauthorized ||
                                     steady_clock::now() - lost_at_ > refused_time_max);
      return refused || actor_->engine().at_head() || !actor_->engine().report().problem.empty();
    };
    const bool in_time = co_await actor_->wait_until(connected, connect_time_max);
    if (!actor_->engine().at_head()) {
      const std::string problem = actor_->engine().report().problem;
      if (!problem.empty()) co_return fail(ErrorCode::unavailable, problem);
      if (lost_) co_return std::unexpected(*lost_);
      co_return fail(ErrorCode::timeout, in_time ? "the connection was lost" : "no answer",
                     "check RAILWAY_APP_URL and the network", settings_.railway_app_url);
    }
    CO_CHECK_OK(co_await actor_->sync_now(sync_time_max));
    SyncedOnce done{actor_->engine().report(), actor_->engine().replacement_batch()};
    // After what was said before it on the same connection: the page shows the new state.
    (void)co_await link_->report(done.report);
    co_return done;
  }

  const Settings& settings_;
  asio::any_io_executor executor_;
  runtime::WorkerThread disk_thread_;
  WorkbookPort port_;
  std::optional<Actor> actor_;
  std::unique_ptr<link::CloudLink> link_;
  std::optional<Error> lost_;  ///< why the connection was lost, or is not there
  steady_clock::time_point lost_at_;
  runtime::TaskGroup tasks_;
};

Awaitable<void> work_into(Once& once, bool replaces, asio::io_context& context,
                          std::optional<Result<SyncedOnce>>& outcome) {
  outcome = co_await once.work(replaces);
  context.stop();
}

}  // namespace

Result<SyncedOnce> sync_once(const Settings& settings, bool replaces) {
  CHECK_OK(make_data_folder(settings.data_dir));
  TRY(const disk::Descriptor lock, disk::lock_data_folder(settings.data_dir));
  TRY(auto journal, journal::Journal::open(settings.data_dir, new_store_name()));
  asio::io_context context(1);
  Once once(settings, context.get_executor(), std::move(journal));
  std::optional<Result<SyncedOnce>> outcome;
  asio::co_spawn(context, work_into(once, replaces, context, outcome), asio::detached);
  context.run();
  if (!outcome) return fail(ErrorCode::internal, "the sync ended without an outcome");
  return std::move(*outcome);
}

}  // namespace tracker::local

// The local role, put together: journal, workbook, actor, link, media, API.
#include <boost/asio/io_context.hpp>

#include "core/large_memory.hpp"
#include "core/log.hpp"
#include "disk/data_lock.hpp"
#include "disk/folder_watch.hpp"
#include "http/server.hpp"
#include "local/api.hpp"
#include "local/media_exchange.hpp"
#include "local/parts.hpp"
#include "local/picture_sender.hpp"
#include "local/studio_page.hpp"

namespace tracker::local {
namespace {

namespace fs = std::filesystem;

constexpr auto stop_time_max = std::chrono::seconds(8);

/// Everything that lives between start and stop, in the order in which it must go again.
class Role {
 public:
  Role(const Settings& settings, asio::any_io_executor executor,
       std::unique_ptr<journal::Journal> journal)
      : settings_(settings),
        executor_(executor),
        disk_thread_("disk"),
        port_(settings, std::move(journal)),
        tasks_(executor) {}

  Status prepare(Doctor doctor) {
    CHECK_OK(port_.recover());
    TRY(sync::Memory memory, port_.journal().load());
    const fs::path workbook = fs::absolute(settings_.workbook);
    actor_ = std::make_unique<Actor>(executor_, disk_thread_, port_, std::move(memory),
                                     workbook.filename().string());
    link_ = make_link(settings_, executor_, *actor_, {.on_news = [this] {
                        if (exchange_) exchange_->ask_soon();
                      }});
    if (!settings_.media_root.empty()) {
      media_ = std::make_unique<MediaService>(
          executor_, settings_,
          [this](std::vector<MeasuredRow> rows) { take_measured(std::move(rows)); },
          MediaListeners{
              [this](std::vector<DrawnPicture> drawn) { pictures_->add(std::move(drawn)); },
              [this](UnmatchedFiles files) { exchange_->set_unmatched(std::move(files)); }});
      const std::string& store = actor_->engine().memory().store;
      pictures_ = std::make_unique<PictureSender>(executor_, disk_thread_, *link_, store);
      exchange_ = std::make_unique<MediaExchange>(executor_, disk_thread_, *link_, *media_, store,
                                                  settings_.data_dir / "media_pins.json");
      exchange_->load_pins();
    }
    actor_->connect(*link_, media_.get());
    api_ = std::make_unique<Api>(settings_, *actor_, *link_, media_.get());
    page_ =
        std::make_unique<StudioPage>(settings_, *actor_, *link_, media_.get(), std::move(doctor));
    http::Router router;
    api_->add_routes(router);
    page_->add_routes(router);
    server_ = std::make_unique<http::Server>(executor_, http::ServerLimits{}, std::move(router));
    CHECK_OK(server_->start(settings_.bind, settings_.port));
    auto watch =
        disk::FolderWatch::start(executor_, workbook.parent_path(),
                                 [this](const std::string& name) { actor_->folder_touched(name); });
    if (watch) {
      watch_ = std::move(*watch);
    } else {
      log::warning("{}; changes are seen within 2 s instead of at once", describe(watch.error()));
    }
    return {};
  }

  void start() {
    tasks_.start("actor", actor_->run());
    tasks_.start("report", actor_->report_changes());
    if (!settings_.footage_sheet.empty()) tasks_.start("footage", actor_->keep_footage());
    tasks_.start("link", link_->run());
    tasks_.start("poll", poll());
    if (watch_) tasks_.start("watch", watch_->run());
    if (media_) {
      media_->start();
      tasks_.start("pictures", pictures_->run());
      tasks_.start("files of no shot", exchange_->run());
    }
    log::info("local ready http://{}:{} (workbook {}, cloud {})", settings_.bind, server_->port(),
              fs::absolute(settings_.workbook).string(), settings_.railway_app_url);
  }

  Awaitable<void> stop() {
    co_await server_->stop(std::chrono::seconds(5));
    if (media_) co_await media_->stop();
    const Status stopped = co_await tasks_.stop(stop_time_max);
    if (!stopped) log::warning("{}", describe(stopped.error()));
  }

 private:
  void take_measured(std::vector<MeasuredRow> rows) {
    sync::Measured measured;
    for (MeasuredRow& row : rows) {
      measured.rows.emplace_back(std::stoll(row.key), std::move(row.measurement));
    }
    actor_->post(std::move(measured));
  }

  /// Hints may be lost: ask anyway.
  Awaitable<void> poll() {
    const auto interval =
        settings_.enable_auto_sync ? settings_.sync_interval : std::chrono::seconds(30);
    for (;;) {
      co_await runtime::sleep_for(interval);
      actor_->post(sync::Hinted{});
      if (settings_.enable_auto_sync) actor_->look_soon();
    }
  }

  const Settings& settings_;
  asio::any_io_executor executor_;
  runtime::WorkerThread disk_thread_;
  WorkbookPort port_;
  std::unique_ptr<Actor> actor_;
  std::unique_ptr<link::CloudLink> link_;
  std::unique_ptr<PictureSender> pictures_;
  std::unique_ptr<MediaExchange> exchange_;
  std::unique_ptr<MediaService> media_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<StudioPage> page_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<disk::FolderWatch> watch_;
  runtime::TaskGroup tasks_;
};

Awaitable<void> live(Role& role, asio::io_context& context) {
  runtime::StopSignals signals(context.get_executor());
  role.start();
  const int signal = co_await signals.wait();
  log::info("stopping (signal {})", signal);
  co_await role.stop();
  log::info("stopped");
  context.stop();
}

Result<int> run_or_fail(const Settings& settings, Doctor doctor) {
  CHECK_OK(make_data_folder(settings.data_dir));
  TRY(const disk::Descriptor lock, disk::lock_data_folder(settings.data_dir));
  TRY(auto journal, journal::Journal::open(settings.data_dir, new_store_name()));
  const Time month_ago = std::chrono::time_point_cast<Time::duration>(
      std::chrono::system_clock::now() - std::chrono::days(30));
  CHECK_OK(journal->prune(month_ago));
  asio::io_context context(1);
  Role role(settings, context.get_executor(), std::move(journal));
  CHECK_OK(role.prepare(std::move(doctor)));
  runtime::TaskGroup root(context.get_executor());
  root.start("local", live(role, context));
  context.run();
  return 0;
}

}  // namespace

int run(const Settings& settings, Doctor doctor) {
  prepare_heap();
  const auto code = run_or_fail(settings, std::move(doctor));
  if (code) return *code;
  log::error("{}", describe(code.error()));
  return 1;
}

}  // namespace tracker::local

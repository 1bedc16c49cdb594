// The cloud role from start to stop.
//
// Start: bring the schema up to date (others wait at the advisory lock), then listen. A database
// that is away does not stop us: we listen, health says 503, and the same steps are tried until
// they work. Stop: no new connections, requests end, then whatever runs beside them.
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>

#include "cloud/accounts.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/page.hpp"
#include "cloud/written.hpp"
#include "core/log.hpp"
#include "runtime/signal.hpp"

namespace tracker::cloud {
namespace {

using namespace std::chrono_literals;

constexpr auto first_try_time_max = 5s;  ///< then we listen, whatever the database does
constexpr auto retry_pause = 1s;
constexpr auto tidy_period = 1h;
constexpr auto drain_time_max = 7s;
constexpr auto stop_time_max = 1s;

struct Progress {
  explicit Progress(asio::any_io_executor executor) : turn(std::move(executor)) {}
  runtime::Signal turn;
  bool database_tried = false;
  bool stop_asked = false;
  std::optional<Error> fatal;
};

/// Away for now, rather than wrong.
bool may_recover(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::busy ||
         error.code == ErrorCode::timeout;
}

std::string address_of(const Settings& settings, std::uint16_t port) {
  const bool everywhere = settings.bind == "::" || settings.bind == "0.0.0.0";
  const bool needs_brackets = settings.bind.find(':') != std::string::npos;
  const std::string host = everywhere       ? "localhost"
                           : needs_brackets ? fmt::format("[{}]", settings.bind)
                                            : settings.bind;
  return fmt::format("http://{}:{}", host, port);
}

void log_step(std::string_view step) { log::info("database: {}", step); }

Awaitable<Status> bring_up(App& app) {
  CO_CHECK_OK(co_await app.store.migrate(log_step));
  CO_CHECK_OK(co_await ensure_first_account(app.store, app.settings));
  co_return Status{};
}

Awaitable<void> tidy_now_and_then(App& app) {
  for (;;) {
    if (auto done = co_await app.store.tidy(); !done) {
      log::warning("old rows were not dropped: {}", describe(done.error()));
    }
    co_await runtime::sleep_for(tidy_period);
  }
}

void start_what_needs_the_database(App& app) {
  app.events.set_status_reader([&app] { return full_status(app); });
  app.studio.set_listeners({[&app](ChangeNumber head) { announce(app, head); },
                            [&app] { app.events.status_may_have_changed(); }});
  app.tasks.start("tidy", tidy_now_and_then(app));
  app.tasks.start("events", app.events.run());
  app.studio.start(app.tasks);
  app.tasks.start(
      "feed", app.store.listen(
                  {.head = [&app](ChangeNumber head) { announce(app, head); },
                   .link_changed = [&app] { app.events.status_may_have_changed(); },
                   .held_decided = [&app] { app.studio.ask_to_pull(); },
                   .presence = [&app](const std::string& json) { app.events.presence(json); }}));
}

Awaitable<void> prepare_database(App& app, Progress& progress) {
  std::string last_problem;
  for (;;) {
    auto done = co_await bring_up(app);
    if (done) break;
    if (!progress.database_tried && !may_recover(done.error())) {
      progress.fatal = done.error();
      progress.turn.notify();
      co_return;
    }
    progress.database_tried = true;
    progress.turn.notify();
    std::string problem = describe(done.error());
    if (problem != last_problem) log::error("{}", problem);
    last_problem = std::move(problem);
    co_await runtime::sleep_for(retry_pause);
  }
  app.migrated = true;
  progress.database_tried = true;
  start_what_needs_the_database(app);
  progress.turn.notify();
}

Awaitable<void> wait_for_stop(Progress& progress, runtime::StopSignals& signals) {
  co_await signals.wait();
  progress.stop_asked = true;
  progress.turn.notify();
}

http::ServerLimits limits_for(const Settings& settings) {
  http::ServerLimits limits;
  // Production stands behind one proxy (the host's edge, nginx): its word on addresses counts.
  limits.trusted_proxies = settings.production ? 1 : 0;
  return limits;
}

Awaitable<Status> listen_and_serve(App& app, Progress& progress) {
  http::Router router = make_router(app);
  CO_CHECK_OK(add_page(router, app.settings));
  http::Server server(app.executor, limits_for(app.settings), std::move(router));
  CO_CHECK_OK(server.start(app.settings.bind, app.settings.port));
  app.server = &server;
  bool said_ready = false;
  while (!progress.stop_asked) {
    if (app.migrated && !said_ready) {
      log::info("cloud ready {}", address_of(app.settings, server.port()));
      said_ready = true;
    }
    co_await progress.turn.wait_for(1h);
  }
  log::info("cloud stops");
  co_await server.stop(drain_time_max);
  app.server = nullptr;
  co_return Status{};
}

Awaitable<void> serve(App& app, int& exit_code, bool& finished) {
  Progress progress(app.executor);
  runtime::StopSignals signals(app.executor);
  runtime::TaskGroup startup(app.executor);
  startup.start("stop signals", wait_for_stop(progress, signals));
  startup.start("database", prepare_database(app, progress));
  const auto begin = std::chrono::steady_clock::now();
  while (!progress.database_tried && !progress.fatal && !progress.stop_asked &&
         std::chrono::steady_clock::now() - begin < first_try_time_max) {
    co_await progress.turn.wait_for(first_try_time_max);
  }
  Status served;
  if (progress.fatal) {
    served = std::unexpected(*progress.fatal);
  } else if (!progress.stop_asked) {
    served = co_await listen_and_serve(app, progress);
  }
  if (!served) log::error("cloud can't start: {}", describe(served.error()));
  exit_code = served ? 0 : 1;
  app.store.close();
  (void)co_await startup.stop(stop_time_max);
  if (auto stopped = co_await app.tasks.stop(stop_time_max); !stopped) {
    log::warning("{}", describe(stopped.error()));
  }
  finished = true;
}

}  // namespace

int run(const Settings& settings) {
  asio::io_context context(1);
  int exit_code = 1;
  bool finished = false;
  App app(context.get_executor(), settings);
  asio::co_spawn(context, serve(app, exit_code, finished), [&finished](std::exception_ptr thrown) {
    if (thrown) log::error("unexpected failure in the cloud role");
    finished = true;
  });
  while (!finished && context.run_one() > 0) {
  }
  // What still runs has been told to end; it gets a moment, and is not waited for after that.
  context.restart();
  context.run_for(stop_time_max);
  if (!context.stopped()) std::_Exit(exit_code);
  return exit_code;
}

Status migrate(const Settings& settings) {
  asio::io_context context(1);
  store::Store store(context.get_executor(), store::Options{settings.database_url, 1});
  Status result = fail(ErrorCode::internal, "the migration did not run");
  const auto print = [](std::string_view step) { fmt::print("{}\n", step); };
  asio::co_spawn(context, store.migrate(print), [&](std::exception_ptr thrown, Status done) {
    result = thrown ? Status(fail(ErrorCode::internal, "the migration failed unexpectedly"))
                    : std::move(done);
    store.close();
  });
  context.run();
  std::fflush(stdout);
  return result;
}

}  // namespace tracker::cloud

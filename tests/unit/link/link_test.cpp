// Both transports against a real server with a stand-in for the cloud's work.
#include <boost/json.hpp>

#include "../http/harness.hpp"
#include "http/message.hpp"
#include "link/cloud_link.hpp"
#include "link/link_server.hpp"
#include "link/wake_ups.hpp"
#include "link/webhook.hpp"
#include "link_service.hpp"

namespace tracker::link {
namespace {

using http::RunningServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

Awaitable<http::Response> health(http::Request) {
  co_return http::json_response({{"status", "ok"}});
}

/// A cloud that can be stopped and started again on its port.
struct Cloud {
  Service service;
  std::unique_ptr<LinkServer> link;
  std::unique_ptr<RunningServer> server;
  std::uint16_t port = 0;

  Cloud() { start(); }
  ~Cloud() { stop(); }

  void start() {
    http::Router router;
    router.add("GET", "/api/health", health);
    io = std::make_shared<asio::io_context>(1);
    link = std::make_unique<LinkServer>(io->get_executor(), service);
    link->add_routes(router, [](const http::Request& request) -> std::optional<http::Response> {
      if (request.header("X-API-Key") == "key") return std::nullopt;
      return http::error_response({ErrorCode::unauthorized, "the keys differ", {}, {}});
    });
    server = std::make_unique<RunningServer>(std::move(router), http::ServerLimits{}, port, io);
    port = server->port();
  }

  void stop() {
    server.reset();
    link.reset();
    io.reset();
  }

  void hint(ChangeNumber head) {
    asio::post(*io, [this, head] { link->hint(head); });
  }

  std::shared_ptr<asio::io_context> io;
};

/// The local role's end: a link, and what it was told.
struct Local {
  asio::io_context io;
  runtime::TaskGroup tasks{io.get_executor()};
  runtime::Signal told{io.get_executor()};
  std::vector<ChangeNumber> hints;
  std::vector<std::string> requests;
  std::vector<Error> losses;
  int connections = 0;
  std::unique_ptr<CloudLink> link;

  Local(const std::string& url, bool over_http, const std::string& key = "key") {
    LinkSettings settings;
    settings.cloud_url = url;
    settings.api_key = Secret(key);
    settings.backoff_min = milliseconds(20);
    settings.backoff_max = milliseconds(100);
    settings.answer_time_max = seconds(5);
    LinkEvents events;
    events.on_hint = [this](ChangeNumber head) { hints.push_back(head), told.notify(); };
    events.on_observe_request = [this](std::string id) { requests.push_back(id), told.notify(); };
    events.on_connected = [this] { ++connections, told.notify(); };
    events.on_disconnected = [this](Error error) { losses.push_back(error), told.notify(); };
    link = over_http ? make_http_link(io.get_executor(), settings, events)
                     : make_socket_link(io.get_executor(), settings, events);
  }

  Awaitable<bool> until(std::function<bool()> condition) {
    const auto deadline = steady_clock::now() + seconds(20);
    while (!condition()) {
      if (steady_clock::now() > deadline) co_return false;
      co_await told.wait_for(milliseconds(200));
    }
    co_return true;
  }

  /// Runs `task` while the link runs.
  void run(Awaitable<void> task) {
    tasks.start("link", link->run());
    std::exception_ptr thrown;
    asio::co_spawn(io, finish(std::move(task)), [&](std::exception_ptr error) { thrown = error; });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
  }

 private:
  Awaitable<void> finish(Awaitable<void> task) {
    co_await std::move(task);
    EXPECT_TRUE(co_await tasks.stop(seconds(5)));
  }
};

std::string url_of(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

class BothTransports : public testing::TestWithParam<bool> {};

Awaitable<void> say_everything(Local& local) {
  EXPECT_TRUE(co_await local.until([&] { return local.connections == 1; }));
  sync::Hello hello;
  hello.store = "s1";
  const auto greeted = co_await local.link->hello(hello);
  EXPECT_TRUE(greeted && greeted->epoch == 3 && greeted->head == 812);
  const auto pulled = co_await local.link->pull({"s1", 800, false});
  EXPECT_TRUE(pulled && pulled->after == 800 && pulled->head == 812);
  sync::Push push;
  push.store = "s1";
  push.number = 12;
  const auto pushed = co_await local.link->push(push);
  EXPECT_TRUE(pushed && pushed->applied_number == 12);
  EXPECT_TRUE(co_await local.link->applied({"s1", 811, 4}));
  sync::Report report;
  report.store = "s1";
  report.rows = 60;
  EXPECT_TRUE(co_await local.link->report(report));
  Observed observed;
  observed.request = "nobody asked";
  observed.rows = 61;
  EXPECT_TRUE(co_await local.link->observed(observed));
  const PictureName strip{std::string(32, 'a'), Picture::strip};
  const auto wanted = co_await local.link->offer({"s1", {strip}});
  EXPECT_TRUE(wanted && wanted->wanted == std::vector{strip} && wanted->early.empty());
  EXPECT_TRUE(co_await local.link->picture({"s1", strip, "\xFF\xD8\x01\xFF\xD9"}));
  EXPECT_TRUE(co_await local.link->files({"s1", {{{"b.mov", "movie", {}, "2026"}}, 7}}));
  const auto pins = co_await local.link->pins({"s1", 0});
  EXPECT_TRUE(pins && pins->pins && pins->pins->number == 3 &&
              pins->pins->pins == std::vector<MediaPin>({{"a.mp4", 17}}));
  const auto same = co_await local.link->pins({"s1", 3});
  EXPECT_TRUE(same && !same->pins);
  const auto plans = co_await local.link->plans({"s1"});
  const EpisodePlans two{{"Series", "E1", 240, {}}, {"Series", "E2", {}, 15'840}};
  EXPECT_TRUE(plans && *plans == two);
}

TEST_P(BothTransports, CarryEveryMessage) {
  Cloud cloud;
  Local local(url_of(cloud.port), GetParam());
  local.run(say_everything(local));
  const std::string messages =
      "hello s1; pull 800; push 12; applied 811; report 60; observed 61; offer 1; picture " +
      std::string(32, 'a') + "/strip 5; files 7; pins 0; pins 3; plans s1; ";
  const auto notes = cloud.service.notes();
  EXPECT_NE(notes.find(messages), std::string::npos) << notes;
}

Awaitable<void> push_what_fails(Local& local) {
  EXPECT_TRUE(co_await local.until([&] { return local.connections == 1; }));
  sync::Push push;
  push.store = "s1";
  push.number = 14;
  const auto conflict = co_await local.link->push(push);
  EXPECT_TRUE(!conflict && conflict.error().code == ErrorCode::conflict);
  EXPECT_EQ(conflict.error().what, "number 14 is known with another content");
  push.number = 13;
  const auto thrown = co_await local.link->push(push);
  EXPECT_TRUE(!thrown && thrown.error().code == ErrorCode::internal);
  push.number = 15;
  EXPECT_TRUE(co_await local.link->push(push)) << "the link goes on";
}

TEST_P(BothTransports, CarryErrors) {
  Cloud cloud;
  Local local(url_of(cloud.port), GetParam());
  local.run(push_what_fails(local));
}

Awaitable<void> lose_and_find(Local& local, Cloud& cloud) {
  EXPECT_TRUE(co_await local.until([&] { return local.connections == 1; }));
  cloud.stop();
  EXPECT_FALSE(co_await local.link->pull({"s1", 1, false}));
  EXPECT_TRUE(co_await local.until([&] { return !local.losses.empty(); }));
  EXPECT_FALSE(local.link->connected());
  cloud.start();
  EXPECT_TRUE(co_await local.until([&] { return local.connections >= 2; }));
  EXPECT_TRUE(co_await local.link->pull({"s1", 1, false}));
}

TEST_P(BothTransports, ComeBackAfterARestartOfTheCloud) {
  Cloud cloud;
  Local local(url_of(cloud.port), GetParam());
  local.run(lose_and_find(local, cloud));
}

Awaitable<http::Response> tunnel_page(http::Request) {
  co_return http::Response{502, "text/html", {}, "<html>ngrok</html>"};
}

Awaitable<void> wait_for_loss(Local& local, std::string* what) {
  EXPECT_TRUE(co_await local.until([&] { return !local.losses.empty(); }));
  if (!local.losses.empty()) *what = local.losses.front().what;
}

TEST_P(BothTransports, KnowATunnelsPage) {
  http::Router router;
  router.add("GET", "/:path*", tunnel_page);
  RunningServer server(std::move(router));
  Local local(url_of(server.port()), GetParam());
  std::string what;
  local.run(wait_for_loss(local, &what));
  EXPECT_EQ(what, "tunnel answers HTML");
  EXPECT_EQ(local.connections, 0);
}

INSTANTIATE_TEST_SUITE_P(Link, BothTransports, testing::Bool(),
                         [](const auto& info) { return info.param ? "http" : "socket"; });

TEST(SocketLink, SaysThatTheKeysDiffer) {
  Cloud cloud;
  Local local(url_of(cloud.port), false, "wrong");
  std::string what;
  local.run(wait_for_loss(local, &what));
  ASSERT_FALSE(local.losses.empty());
  EXPECT_EQ(local.losses.front().code, ErrorCode::unauthorized);
}

Awaitable<void> be_woken(Local& local, Cloud& cloud) {
  EXPECT_TRUE(co_await local.until([&] { return local.connections == 1; }));
  // The upgrade's answer may be here before the server has the channel in its list.
  EXPECT_TRUE(co_await local.link->pull({"s1", 1, false}));
  cloud.hint(813);
  EXPECT_TRUE(co_await local.until([&] { return !local.hints.empty(); }));
  EXPECT_EQ(local.hints.back(), 813);

  std::promise<Result<Observed>> observed;
  auto answer = observed.get_future();
  asio::co_spawn(
      *cloud.io, cloud.link->observe(seconds(10)),
      [&](std::exception_ptr, Result<Observed> value) { observed.set_value(std::move(value)); });
  EXPECT_TRUE(co_await local.until([&] { return !local.requests.empty(); }));
  Observed message;
  message.request = local.requests.back();
  message.rows = 60;
  EXPECT_TRUE(co_await local.link->observed(message));
  const auto seen = answer.get();
  EXPECT_TRUE(seen && seen->rows == 60);
}

TEST(SocketLink, BringsHintsAndQuestionsFromTheCloud) {
  Cloud cloud;
  Local local(url_of(cloud.port), false);
  local.run(be_woken(local, cloud));
}

TEST(LinkServer, SaysThatNobodyIsThereToLook) {
  Service service;
  const auto run = [&](std::function<void(std::string)> elsewhere) {
    return http::run_alone<Result<Observed>>([&](asio::any_io_executor executor) {
      return [](asio::any_io_executor on, Service& with,
                std::function<void(std::string)> ask) -> Awaitable<Result<Observed>> {
        LinkServer server(on, with);
        co_return co_await server.observe(milliseconds(20), ask);
      }(executor, service, elsewhere);
    });
  };
  EXPECT_EQ(run({}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(run([](const std::string&) {}).error().code, ErrorCode::timeout);
}

/// What the studio's end of a tunnel got.
struct Studio {
  std::mutex mutex;
  std::vector<http::Request> requests;
  std::vector<steady_clock::time_point> times;

  std::size_t count() {
    const std::lock_guard lock(mutex);
    return requests.size();
  }
};

Awaitable<http::Response> take_wake_up(Studio* studio, http::Request request) {
  {
    const std::lock_guard lock(studio->mutex);
    studio->requests.push_back(std::move(request));
    studio->times.push_back(steady_clock::now());
  }
  co_return http::json_response({{"success", true}, {"durationMs", 12}});
}

Awaitable<void> change_three_times(asio::any_io_executor executor, std::string url,
                                   Studio* studio) {
  WakeUpSettings settings;
  settings.local_url = url;
  settings.api_key = Secret("key");
  settings.webhook_secret = Secret("a long secret of the studio");
  settings.gather_time = milliseconds(300);
  WakeUps wake_ups(executor, settings);
  runtime::TaskGroup tasks(executor);
  tasks.start("wake ups", wake_ups.run());
  wake_ups.notify("create", {{"id", 17}, {"version", 1}});
  const auto deadline = steady_clock::now() + seconds(20);
  while (studio->count() < 1 && steady_clock::now() < deadline) {
    co_await runtime::sleep_for(milliseconds(2));
  }
  wake_ups.notify("update", {{"id", 17}, {"version", 2}});
  wake_ups.notify("update", {{"id", 17}, {"version", 3}});
  while (studio->count() < 2 && steady_clock::now() < deadline) {
    co_await runtime::sleep_for(milliseconds(2));
  }
  const auto data = co_await wake_ups.fetch_excel_data(seconds(5));
  EXPECT_TRUE(data && data->at("durationMs") == 12);
  EXPECT_EQ(wake_ups.problem(), "");
  (void)co_await tasks.stop(seconds(5));
}

TEST(WakeUps, SendTheFirstAtOnceAndTheRestTogether) {
  Studio studio;
  http::Router router;
  const auto take = [&studio](http::Request request) {
    return take_wake_up(&studio, std::move(request));
  };
  router.add("POST", "/api/sync/from-railway", take);
  router.add("GET", "/api/sync/excel-data", take);
  RunningServer server(std::move(router));
  const auto start = steady_clock::now();
  asio::io_context io;
  asio::co_spawn(io, change_three_times(io.get_executor(), url_of(server.port()), &studio),
                 [](std::exception_ptr error) { EXPECT_FALSE(error); });
  io.run();
  ASSERT_EQ(studio.count(), 3U);
  const auto body = [&](std::size_t i) {
    return boost::json::parse(studio.requests[i].body).as_object();
  };
  EXPECT_EQ(body(0).at("action"), "create");
  EXPECT_EQ(body(0).at("source"), "railway");
  EXPECT_EQ(body(0).at("data").at("version"), 1);
  EXPECT_EQ(body(1).at("data").at("version"), 3);
  EXPECT_EQ(body(1).at("changes"), 2);
  EXPECT_GE(studio.times[1] - start, milliseconds(300)) << "they waited to go together";
  const auto& first = studio.requests[0];
  EXPECT_EQ(first.header("X-API-Key"), "key");
  EXPECT_EQ(first.header("ngrok-skip-browser-warning"), "true");
  const std::array secrets{Secret("a long secret of the studio")};
  EXPECT_TRUE(verify_webhook(
      secrets, first.headers, first.body,
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now())));
}

}  // namespace
}  // namespace tracker::link

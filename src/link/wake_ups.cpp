#include "link/wake_ups.hpp"

#include <boost/json.hpp>
#include <random>

#include "core/log.hpp"
#include "core/time.hpp"
#include "link/json_answer.hpp"
#include "link/webhook.hpp"
#include "runtime/signal.hpp"

namespace tracker::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string random_message_id() {
  std::random_device random;
  std::string id = "msg_";
  for (int i = 0; i < 4; ++i) {
    char text[12];
    std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(random()));
    id += text;
  }
  return id;
}

Time wall_clock() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

struct WakeUps::State {
  State(asio::any_io_executor executor, WakeUpSettings given)
      : settings(std::move(given)), client(executor, settings.client), news(executor) {}

  WakeUpSettings settings;
  http::Client client;
  runtime::Signal news;
  std::string action;        ///< the newest change's
  boost::json::object data;  ///< the newest change's
  std::size_t waiting = 0;
  std::string problem;

  http::ClientRequest request_to(const std::string& path) const {
    http::ClientRequest request;
    request.url = settings.local_url + path;
    request.headers = {{"X-API-Key", settings.api_key.reveal()},
                       {"Accept", "application/json"},
                       {"ngrok-skip-browser-warning", "true"}};
    return request;
  }

  http::ClientRequest next_request() {
    const auto now = wall_clock();
    auto request = request_to("/api/sync/from-railway");
    request.method = "POST";
    request.headers.set("Content-Type", "application/json");
    request.body = boost::json::serialize(boost::json::object{{"action", action},
                                                              {"data", std::move(data)},
                                                              {"timestamp", format_rfc3339(now)},
                                                              {"source", "railway"},
                                                              {"changes", waiting}});
    data = {};
    waiting = 0;
    if (!settings.webhook_secret.empty()) {
      const auto signature =
          webhook_headers(settings.webhook_secret, random_message_id(), now, request.body);
      for (const auto& [name, value] : signature) request.headers.set(name, value);
    }
    return request;
  }

  Awaitable<Result<boost::json::object>> exchange(http::ClientRequest request) {
    const auto url = request.url;
    auto sent = co_await client.send(std::move(request));
    auto answer = sent ? json_answer(*sent, url)
                       : Result<boost::json::object>(std::unexpected<Error>(sent.error()));
    problem = answer ? std::string() : describe(answer.error());
    co_return answer;
  }
};

WakeUps::WakeUps(asio::any_io_executor executor, WakeUpSettings settings)
    : state_(std::make_shared<State>(std::move(executor), std::move(settings))) {}

WakeUps::~WakeUps() = default;

Awaitable<void> WakeUps::run() {
  const auto state = state_;
  auto earliest = steady_clock::now();
  while (true) {
    while (state->waiting == 0) co_await state->news.wait_for(std::chrono::seconds(60));
    const auto now = steady_clock::now();
    if (now < earliest) {
      co_await runtime::sleep_for(std::chrono::ceil<milliseconds>(earliest - now));
    }
    earliest = steady_clock::now() + state->settings.gather_time;
    log::info("🚀 CRITICAL: Notifying local server of Railway database change...");
    const auto answer = co_await state->exchange(state->next_request());
    if (answer) {
      log::info("✅ Local server notified of new Railway entry");
    } else {
      log::warning("the local server was not notified: {}", state->problem);
    }
  }
}

void WakeUps::notify(std::string action, boost::json::object data) {
  state_->action = std::move(action);
  state_->data = std::move(data);
  ++state_->waiting;
  state_->news.notify();
}

Awaitable<Result<boost::json::object>> WakeUps::fetch_excel_data(milliseconds limit) {
  const auto state = state_;
  auto request = state->request_to("/api/sync/excel-data");
  request.timeout = limit;
  co_return co_await state->exchange(std::move(request));
}

const std::string& WakeUps::problem() const { return state_->problem; }

}  // namespace tracker::link

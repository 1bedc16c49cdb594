// The webhook mode's transport: each message is one POST to the cloud.
#include <boost/json.hpp>

#include "http/channel.hpp"
#include "link/asking_link.hpp"
#include "link/backoff.hpp"
#include "link/frame.hpp"
#include "link/json_answer.hpp"
#include "runtime/signal.hpp"

namespace tracker::link {
namespace {

class HttpLink final : public AskingLink {
 public:
  HttpLink(asio::any_io_executor executor, LinkSettings settings, LinkEvents events)
      : settings_(std::move(settings)),
        events_(std::move(events)),
        backoff_(settings_.backoff_min, settings_.backoff_max),
        client_(executor, settings_.client),
        lost_(executor) {}

  /// Looks whether the cloud is there, whenever the last message did not get through.
  Awaitable<void> run() override {
    while (true) {
      while (connected_) co_await lost_.wait_for(std::chrono::seconds(60));
      auto health = co_await get_health();
      if (health) {
        connected_ = true;
        told_reason_.clear();
        if (events_.on_connected) events_.on_connected();
      } else {
        tell_loss(health.error());
        co_await runtime::sleep_for(backoff_.next());
      }
    }
  }

  bool connected() const override { return connected_; }

 private:
  http::ClientRequest request_to(const std::string& path) const {
    http::ClientRequest request;
    request.url = settings_.cloud_url + path;
    request.timeout = settings_.answer_time_max;
    request.answer_bytes_max = http::from_server_bytes_max;
    request.headers = {{"X-API-Key", settings_.api_key.reveal()},
                       {"Accept", "application/json"},
                       {"ngrok-skip-browser-warning", "true"}};
    return request;
  }

  void tell_loss(const Error& reason) {
    if (reason.what != told_reason_ && events_.on_disconnected) events_.on_disconnected(reason);
    told_reason_ = reason.what;
  }

  Awaitable<Status> get_health() {
    auto request = request_to("/api/health");
    const auto url = request.url;
    CO_TRY(const auto answer, co_await client_.send(std::move(request)));
    CO_CHECK_OK(json_answer(answer, url));
    co_return Status{};
  }

  Awaitable<Result<boost::json::value>> ask(std::string kind, boost::json::object body) override {
    auto request = request_to("/api/sync/link/" + kind);
    request.method = "POST";
    request.headers.set("Content-Type", "application/json");
    request.body = boost::json::serialize(body);
    const auto url = request.url;
    auto sent = co_await client_.send(std::move(request));
    auto answer = sent ? json_answer(*sent, url)
                       : Result<boost::json::object>(std::unexpected<Error>(sent.error()));
    if (answer) {
      backoff_.reset();
      co_return boost::json::value(std::move(*answer));
    }
    const auto code = answer.error().code;
    if (connected_ && (code == ErrorCode::unavailable || code == ErrorCode::timeout)) {
      connected_ = false;
      lost_.notify();
      tell_loss(answer.error());
    }
    co_return std::unexpected<Error>(std::move(answer.error()));
  }

  LinkSettings settings_;
  LinkEvents events_;
  Backoff backoff_;
  http::Client client_;
  runtime::Signal lost_;
  bool connected_ = false;
  std::string told_reason_;
};

}  // namespace

std::unique_ptr<CloudLink> make_http_link(asio::any_io_executor executor, LinkSettings settings,
                                          LinkEvents events) {
  return std::make_unique<HttpLink>(std::move(executor), std::move(settings), std::move(events));
}

}  // namespace tracker::link

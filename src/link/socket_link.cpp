// The dial-out transport: one WebSocket, questions and answers matched by number.
#include <boost/json.hpp>
#include <map>
#include <optional>

#include "http/web_socket.hpp"
#include "link/asking_link.hpp"
#include "link/backoff.hpp"
#include "link/frame.hpp"
#include "runtime/signal.hpp"
#include "runtime/with_timeout.hpp"

namespace tracker::link {
namespace {

/// Somebody who asked and waits; lives in the frame of ask().
struct Waiting {
  explicit Waiting(asio::any_io_executor executor) : answered(std::move(executor)) {}
  runtime::Signal answered;
  std::optional<Result<boost::json::value>> answer;

  void tell(Result<boost::json::value> value) {
    answer = std::move(value);
    answered.notify();
  }
};

Error not_connected() {
  return {ErrorCode::unavailable,
          "there is no connection to the cloud",
          "it is made again by itself",
          {}};
}

class SocketLink final : public AskingLink {
 public:
  SocketLink(asio::any_io_executor executor, LinkSettings settings, LinkEvents events)
      : executor_(std::move(executor)),
        settings_(std::move(settings)),
        events_(std::move(events)),
        backoff_(settings_.backoff_min, settings_.backoff_max) {}

  Awaitable<void> run() override {
    while (true) {
      const auto reason = co_await serve_one_connection();
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) co_return;  // we stop
      if (reason.what != told_reason_ && events_.on_disconnected) events_.on_disconnected(reason);
      told_reason_ = reason.what;
      co_await runtime::sleep_for(backoff_.next());
    }
  }

  bool connected() const override { return channel_ != nullptr; }

 private:
  /// The channel is everybody's only while this is in scope.
  struct Connected {
    SocketLink& link;
    ~Connected() {
      link.channel_.reset();
      const auto waiting = std::exchange(link.waiting_, {});
      for (const auto& [id, one] : waiting) one->tell(std::unexpected<Error>(not_connected()));
    }
  };

  Awaitable<Error> serve_one_connection() {
    http::Headers headers{{"X-API-Key", settings_.api_key.reveal()},
                          {"ngrok-skip-browser-warning", "true"}};
    auto dialed = co_await http::dial(settings_.cloud_url + "/api/sync/link", std::move(headers),
                                      settings_.client);
    if (!dialed) co_return std::move(dialed.error());
    const Connected connected{*this};
    const std::shared_ptr<http::Channel> channel = std::move(*dialed);
    channel_ = channel;
    told_reason_.clear();
    if (events_.on_connected) events_.on_connected();
    while (true) {
      auto text = co_await channel->receive();
      if (!text) co_return std::move(text.error());
      auto frame = parse_frame(*text);
      if (!frame) co_return std::move(frame.error());
      backoff_.reset();
      take(std::move(*frame));
    }
  }

  void take(Frame frame) {
    if (frame.type == "hint") {
      if (events_.on_hint) events_.on_hint(frame.head);
      return;
    }
    if (frame.type == "observe") {
      if (events_.on_observe_request) events_.on_observe_request(std::move(frame.request));
      return;
    }
    const auto place = waiting_.find(frame.id);
    if (place == waiting_.end()) return;  // asked by somebody who did not wait that long
    auto* const waiting = place->second;
    waiting_.erase(place);
    if (frame.type == "answer") {
      waiting->tell(std::move(frame.body));
    } else {
      waiting->tell(std::unexpected<Error>(std::move(frame.error)));
    }
  }

  Awaitable<Result<boost::json::value>> ask(std::string kind, boost::json::object body) override {
    const auto channel = channel_;
    if (!channel) co_return std::unexpected<Error>(not_connected());
    const auto id = ++last_id_;
    Waiting waiting(executor_);
    struct Place {
      SocketLink& link;
      std::int64_t id;
      ~Place() { link.waiting_.erase(id); }
    } place{*this, id};
    waiting_[id] = &waiting;
    const auto sent =
        co_await runtime::with_timeout(channel->send(request_frame(id, kind, std::move(body))),
                                       settings_.answer_time_max, "sending " + kind);
    if (!sent) co_return std::unexpected<Error>(sent.error());
    if (!waiting.answer) co_await waiting.answered.wait_for(settings_.answer_time_max);
    if (!waiting.answer) {
      co_return fail(ErrorCode::timeout, "the cloud did not answer " + kind + " in time");
    }
    co_return std::move(*waiting.answer);
  }

  asio::any_io_executor executor_;
  LinkSettings settings_;
  LinkEvents events_;
  Backoff backoff_;
  std::shared_ptr<http::Channel> channel_;
  std::map<std::int64_t, Waiting*> waiting_;
  std::int64_t last_id_ = 0;
  std::string told_reason_;
};

}  // namespace

std::unique_ptr<CloudLink> make_socket_link(asio::any_io_executor executor, LinkSettings settings,
                                            LinkEvents events) {
  return std::make_unique<SocketLink>(std::move(executor), std::move(settings), std::move(events));
}

}  // namespace tracker::link

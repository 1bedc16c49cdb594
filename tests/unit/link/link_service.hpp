// The cloud's side of the link for tests: a LinkService that only notes what it was told. notes()
// on any thread, the rest on the io thread.
#pragma once

#include <mutex>
#include <string>

#include "link/link_server.hpp"

namespace tracker::link {

/// Notes what arrives, and answers as the store would.
class Service final : public LinkService {
 public:
  Awaitable<Result<sync::HelloAnswer>> hello(sync::Hello message) override {
    note("hello " + message.store);
    sync::HelloAnswer answer;
    answer.epoch = 3;
    answer.head = 812;
    co_return answer;
  }
  Awaitable<Result<sync::PullAnswer>> pull(sync::Pull message) override {
    note("pull " + std::to_string(message.after));
    sync::PullAnswer answer;
    answer.after = message.after;
    answer.head = 812;
    co_return answer;
  }
  Awaitable<Result<sync::PushAnswer>> push(sync::Push message) override {
    note("push " + std::to_string(message.number));
    if (message.number == 13) throw std::runtime_error("the database fell over");
    if (message.number == 14) {
      co_return fail(ErrorCode::conflict, "number 14 is known with another content");
    }
    co_return sync::PushAnswer{message.number, sync::PushOutcome::applied, message.number};
  }
  Awaitable<Status> applied(sync::Applied message) override {
    note("applied " + std::to_string(message.seq));
    co_return Status{};
  }
  Awaitable<Status> decide(sync::Decide) override { co_return Status{}; }
  Awaitable<Status> report(sync::Report message) override {
    note("report " + std::to_string(message.rows));
    co_return Status{};
  }
  Awaitable<Result<sync::OfferAnswer>> offer(sync::Offer message) override {
    note("offer " + std::to_string(message.pictures.size()));
    co_return sync::OfferAnswer{std::move(message.pictures), {}};
  }
  Awaitable<Status> picture(sync::PictureSent message) override {
    note("picture " + to_string(message.name) + " " + std::to_string(message.jpeg.size()));
    co_return Status{};
  }
  Awaitable<Status> files(sync::FilesTold message) override {
    note("files " + std::to_string(message.files.total));
    co_return Status{};
  }
  Awaitable<Result<sync::PinsAnswer>> pins(sync::PinsAsked message) override {
    note("pins " + std::to_string(message.known));
    if (message.known == 3) co_return sync::PinsAnswer{};
    co_return sync::PinsAnswer{MediaPins{3, {{"a.mp4", 17}}}};
  }
  Awaitable<Result<EpisodePlans>> plans(sync::PlansAsked message) override {
    note("plans " + message.store);
    co_return EpisodePlans{{"Series", "E1", 240, {}}, {"Series", "E2", {}, 15'840}};
  }
  Awaitable<Status> observed(Observed message) override {
    note("observed " + std::to_string(message.rows));
    co_return Status{};
  }
  void connections_changed(std::size_t connected) override {
    note("connected " + std::to_string(connected));
  }

  std::string notes() {
    const std::lock_guard lock(mutex_);
    return notes_;
  }

 private:
  void note(const std::string& text) {
    const std::lock_guard lock(mutex_);
    notes_ += text + "; ";
  }
  std::mutex mutex_;
  std::string notes_;
};

}  // namespace tracker::link

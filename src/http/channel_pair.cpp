#include <boost/asio/post.hpp>
#include <deque>

#include "http/channel.hpp"
#include "runtime/signal.hpp"

namespace tracker::http {
namespace {

constexpr std::size_t messages_waiting_max = 1024;

/// One direction.
struct Pipe {
  explicit Pipe(asio::any_io_executor executor) : filled(executor), emptied(executor) {}
  std::deque<std::string> messages;
  runtime::Signal filled;
  runtime::Signal emptied;
  bool closed = false;
};

class MemoryChannel final : public Channel {
 public:
  MemoryChannel(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out)
      : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryChannel() override { end(); }

  Awaitable<Status> send(std::string message) override {
    const auto out = out_;
    while (!out->closed && out->messages.size() >= messages_waiting_max) {
      co_await out->emptied.wait_for(std::chrono::seconds(30));
    }
    if (out->closed) co_return fail(ErrorCode::unavailable, "the connection is closed");
    out->messages.push_back(std::move(message));
    out->filled.notify();
    co_return Status{};
  }

  Awaitable<Result<std::string>> receive() override {
    const auto in = in_;
    while (!in->closed && in->messages.empty()) {
      co_await in->filled.wait_for(std::chrono::seconds(60));
    }
    if (in->messages.empty()) co_return fail(ErrorCode::unavailable, "the connection is closed");
    auto message = std::move(in->messages.front());
    in->messages.pop_front();
    in->emptied.notify();
    co_return message;
  }

  Awaitable<void> close(CloseCode, std::string) override {
    end();
    co_return;
  }

  bool is_open() const override { return !out_->closed; }

 private:
  void end() {
    for (const auto& pipe : {in_, out_}) {
      pipe->closed = true;
      pipe->filled.notify();
      pipe->emptied.notify();
    }
  }

  std::shared_ptr<Pipe> in_;
  std::shared_ptr<Pipe> out_;
};

}  // namespace

std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> make_channel_pair(
    asio::any_io_executor executor) {
  auto one = std::make_shared<Pipe>(executor);
  auto other = std::make_shared<Pipe>(executor);
  return {std::make_unique<MemoryChannel>(one, other), std::make_unique<MemoryChannel>(other, one)};
}

}  // namespace tracker::http

// WebSocket, both sides ours, over loopback.
#include "http/web_socket.hpp"

#include "harness.hpp"
#include "runtime/with_timeout.hpp"

namespace tracker::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Awaitable<Response> say_hello(Request) { co_return text_response("hello"); }

Awaitable<Response> accept_with_key(Request request) {
  if (request.header("X-API-Key") != "right") co_return text_response("no", 401);
  co_return Response{101, "", {}, ""};
}

Awaitable<void> repeat(Request, std::unique_ptr<Channel> channel) {
  while (auto message = co_await channel->receive()) {
    if (*message == "close") {
      co_await channel->close(CloseCode::normal, "as you say");
      co_return;
    }
    if (!co_await channel->send("you said " + *message)) co_return;
  }
}

Router test_router() {
  Router router;
  router.add("GET", "/echo", say_hello);
  router.add_socket("/socket", {accept_with_key, repeat});
  return router;
}

Awaitable<Result<std::string>> talk(std::string url, std::string message) {
  CO_TRY(auto channel, co_await dial(url, {{"X-API-Key", "right"}}));
  CO_CHECK_OK(co_await channel->send(message));
  CO_TRY(auto answer, co_await channel->receive());
  CO_CHECK_OK(co_await channel->send("close"));
  const auto end = co_await channel->receive();
  if (end) co_return fail(ErrorCode::internal, "the channel did not end");
  co_return answer + " / " + end.error().what;
}

TEST(WebSocket, TalksBothWaysAndCloses) {
  RunningServer server(test_router());
  const auto run = [&](std::string message) {
    return run_alone<Result<std::string>>(
        [&](asio::any_io_executor) { return talk(server.url("/socket"), message); });
  };
  const auto answer = run("hello");
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(*answer, "you said hello / closed by the other side (1000)");
  const std::string large(7 * 1024 * 1024, 'x');
  const auto long_answer = run(large);
  ASSERT_TRUE(long_answer) << describe(long_answer.error());
  EXPECT_TRUE(long_answer->starts_with("you said " + large));
}

Awaitable<Result<std::string>> dial_only(std::string url, std::string key) {
  CO_TRY(auto channel, co_await dial(url, {{"X-API-Key", key}}, {}, seconds(5)));
  co_return "connected";
}

TEST(WebSocket, SaysWhyItWasRefused) {
  RunningServer server(test_router());
  const auto run = [&](std::string path, std::string key) {
    return run_alone<Result<std::string>>(
        [&](asio::any_io_executor) { return dial_only(server.url(path), key); });
  };
  EXPECT_TRUE(run("/socket", "right"));
  EXPECT_EQ(run("/socket", "wrong").error().code, ErrorCode::unauthorized);
  EXPECT_EQ(run("/echo", "right").error().code, ErrorCode::unsupported);
  RawClient plain(server.port());
  plain.send("GET /socket HTTP/1.1\r\nHost: a\r\nX-API-Key: right\r\n\r\n");
  EXPECT_EQ(status_in(plain.read_answer()), 426);
}

Awaitable<Result<std::string>> listen_until_closed(std::string url, std::promise<void>* connected) {
  CO_TRY(auto channel, co_await dial(url, {{"X-API-Key", "right"}}));
  connected->set_value();
  CO_TRY(auto message, co_await channel->receive());
  co_return message;
}

TEST(WebSocket, IsToldOfARestart) {
  RunningServer server(test_router());
  std::promise<void> connected;
  std::thread stopper([&] {
    connected.get_future().wait();
    server.stop();
  });
  const auto end = run_alone<Result<std::string>>([&](asio::any_io_executor) {
    return listen_until_closed(server.url("/socket"), &connected);
  });
  stopper.join();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().what, "closed by the other side (1012)");
}

Awaitable<bool> cancel_a_receive(asio::any_io_executor executor, std::string url) {
  auto channel = co_await dial(url, {{"X-API-Key", "right"}});
  if (!channel) co_return false;
  const auto nothing = co_await runtime::with_timeout((*channel)->receive(), milliseconds(50));
  if (nothing || nothing.error().code != ErrorCode::timeout) co_return false;
  runtime::TaskGroup group(executor);
  group.start("talk", [](std::string address) -> Awaitable<void> {
    auto other = co_await dial(address, {{"X-API-Key", "right"}});
    if (other) (void)co_await (*other)->receive();
  }(url));
  co_await runtime::sleep_for(milliseconds(50));
  co_return (co_await group.stop(seconds(5))).has_value();
}

TEST(WebSocket, LetsGoWhenItIsCancelled) {
  RunningServer server(test_router());
  EXPECT_TRUE(run_alone<bool>([&](asio::any_io_executor executor) {
    return cancel_a_receive(executor, server.url("/socket"));
  }));
}

Awaitable<std::string> send_from_many(asio::any_io_executor executor, std::string url) {
  auto channel = co_await dial(url, {{"X-API-Key", "right"}});
  if (!channel) co_return "not connected";
  runtime::TaskGroup group(executor);
  for (int i = 0; i < 50; ++i) {
    group.start("sender", [](Channel* to, int number) -> Awaitable<void> {
      (void)co_await to->send(std::to_string(number));
    }(channel->get(), i));
  }
  std::string all;
  for (int i = 0; i < 50; ++i) {
    auto message = co_await (*channel)->receive();
    if (!message) co_return describe(message.error());
    all += message->substr(9) + " ";
  }
  co_return all;
}

TEST(WebSocket, KeepsTheOrderOfManySenders) {
  RunningServer server(test_router());
  std::string expected;
  for (int i = 0; i < 50; ++i) expected += std::to_string(i) + " ";
  EXPECT_EQ(run_alone<std::string>([&](asio::any_io_executor executor) {
              return send_from_many(executor, server.url("/socket"));
            }),
            expected);
}

}  // namespace
}  // namespace tracker::http

// The client and WebSocket against our own server, and against peers that misbehave.
#include "http/client.hpp"

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>

#include "harness.hpp"
#include "http/web_socket.hpp"
#include "runtime/with_timeout.hpp"

namespace tracker::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

Result<ClientResponse> ask(ClientRequest request, ClientSettings settings = {}) {
  return run_alone<Result<ClientResponse>>(
      [&](asio::any_io_executor executor) -> Awaitable<Result<ClientResponse>> {
        Client client(executor, settings);
        co_return co_await client.send(request);
      });
}

Awaitable<Response> echo(Request request) {
  Response response = text_response(request.method + " " + request.target + " " + request.body);
  response.headers.set("X-Seen", std::string(request.header("X-Given").value_or("")));
  co_return response;
}

Awaitable<Response> redirect(Request) {
  co_return Response{302, "", {{"Location", "http://169.254.169.254/"}}, ""};
}

Awaitable<Response> never(Request) {
  co_await runtime::sleep_for(seconds(3600));
  co_return Response{};
}

Awaitable<Response> large(Request) { co_return text_response(std::string(100'000, 'x')); }

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
  for (const auto* method : {"GET", "POST", "PUT"}) {
    router.add(method, "/echo", echo, {8 * 1024 * 1024});
  }
  router.add("GET", "/redirect", redirect);
  router.add("GET", "/never", never);
  router.add("GET", "/large", large);
  router.add_socket("/socket", {accept_with_key, repeat});
  return router;
}

TEST(Client, SendsAndReceives) {
  RunningServer server(test_router());
  const auto answer = ask({"POST", server.url("/echo?a=b"), {{"X-Given", "17"}}, "hello"});
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /echo?a=b hello");
  EXPECT_EQ(answer->headers.find("x-seen"), "17");
  const auto redirected = ask({"GET", server.url("/redirect")});
  ASSERT_TRUE(redirected);
  EXPECT_EQ(redirected->status, 302) << "never followed";
}

TEST(Client, SaysWhatWentWrong) {
  RunningServer server(test_router());
  ClientRequest slow{"GET", server.url("/never")};
  slow.timeout = milliseconds(50);
  EXPECT_EQ(ask(slow).error().code, ErrorCode::timeout);
  ClientRequest much{"GET", server.url("/large")};
  much.answer_bytes_max = 1000;
  EXPECT_EQ(ask(much).error().code, ErrorCode::too_large);
  const auto closed_port = server.url("/");
  server.stop();
  EXPECT_EQ(ask({"GET", closed_port}).error().code, ErrorCode::unavailable);
  const auto unknown = ask({"GET", "http://no-such-host.invalid/"});
  EXPECT_EQ(unknown.error().code, ErrorCode::unavailable);
  EXPECT_NE(unknown.error().what.find("no-such-host.invalid can't be reached"), std::string::npos);
}

TEST(Client, RefusesOddAndForbiddenAddresses) {
  for (const auto* url : {"", "localhost:3000", "ftp://a/", "file:///etc/passwd", "http://",
                          "http://user:word@a/", "gopher://a", "http://a b/", "//a/"}) {
    const auto answer = ask({"GET", url});
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_input) << url;
  }
  for (const auto* url :
       {"http://169.254.169.254/latest/", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
        "http://[::ffff:169.254.169.254]/", "http://0.0.0.0/", "http://[::]/", "http://224.0.0.1/",
        "http://[ff02::1]/"}) {
    const auto answer = ask({"GET", url});
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().code, ErrorCode::forbidden) << url;
  }
}

TEST(Client, UsesAConnectionAgainAndSurvivesItsEnd) {
  auto server = std::make_unique<RunningServer>(test_router());
  const auto port = server->port();
  const auto url = server->url("/echo");
  asio::io_context io;
  Client client(io.get_executor());
  const auto send = [&] {
    std::optional<Result<ClientResponse>> answer;
    asio::co_spawn(
        io, client.send({"POST", url, {}, "x"}),
        [&](std::exception_ptr, Result<ClientResponse> value) { answer = std::move(value); });
    io.restart();
    io.run();
    return std::move(*answer);
  };
  ASSERT_TRUE(send());
  ASSERT_TRUE(send());
  EXPECT_EQ(server->counters().connections, 1U) << "kept alive";
  server.reset();
  EXPECT_FALSE(send());
  server = std::make_unique<RunningServer>(test_router(), ServerLimits{}, port);
  EXPECT_TRUE(send());
}

/// A certificate made now, by openssl, for `name`.
struct Certificate {
  std::filesystem::path folder;
  explicit Certificate(const std::string& name) {
    char pattern[] = "/tmp/tracker-tls-XXXXXX";
    folder = ::mkdtemp(pattern);
    const auto command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + name +
                         " -addext subjectAltName=" + name + " -keyout " + key() + " -out " +
                         file() + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl failed");
  }
  ~Certificate() { std::filesystem::remove_all(folder); }
  std::string key() const { return (folder / "key.pem").string(); }
  std::string file() const { return (folder / "certificate.pem").string(); }
};

/// Answers one TLS connection after the other with a fixed text.
class TlsServer {
 public:
  TlsServer(const Certificate& certificate, int version_max) {
    context_.use_certificate_chain_file(certificate.file());
    context_.use_private_key_file(certificate.key(), asio::ssl::context::pem);
    SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.native_handle(), version_max);
    SSL_CTX_set_security_level(context_.native_handle(), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    stopping_ = true;
    asio::ip::tcp::socket waker(io_);
    boost::system::error_code ignored;
    waker.connect(acceptor_.local_endpoint(), ignored);
    waker.close();
    thread_.join();
  }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }

 private:
  void serve() {
    while (!stopping_) {
      asio::ssl::stream<asio::ip::tcp::socket> stream(acceptor_.accept(), context_);
      boost::system::error_code error;
      stream.handshake(asio::ssl::stream_base::server, error);
      char bytes[1000];
      if (!error) stream.read_some(asio::buffer(bytes), error);
      if (!error) {
        asio::write(stream,
                    asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n"
                                             "\r\nsecure")),
                    error);
      }
    }
  }

  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_server};
  asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

TEST(ClientTls, AcceptsOnlyTheRightCertificate) {
  const Certificate certificate("DNS:localhost,IP:127.0.0.1");
  TlsServer server(certificate, TLS1_3_VERSION);
  ClientSettings trusting;
  trusting.ca_file = certificate.file();
  const auto good = ask({"GET", server.url("localhost")}, trusting);
  ASSERT_TRUE(good) << describe(good.error());
  EXPECT_EQ(good->body, "secure");
  EXPECT_TRUE(ask({"GET", server.url("127.0.0.1")}, trusting));

  const auto unknown_authority = ask({"GET", server.url("localhost")});
  ASSERT_FALSE(unknown_authority);
  EXPECT_EQ(unknown_authority.error().code, ErrorCode::forbidden);
  EXPECT_NE(unknown_authority.error().what.find("self-signed"), std::string::npos)
      << unknown_authority.error().what;
}

TEST(ClientTls, RefusesAnotherName) {
  const Certificate certificate("DNS:elsewhere.example");
  TlsServer server(certificate, TLS1_3_VERSION);
  ClientSettings trusting;
  trusting.ca_file = certificate.file();
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    const auto answer = ask({"GET", server.url(host)}, trusting);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::forbidden) << answer.error().what;
  }
}

TEST(ClientTls, RefusesOldVersions) {
  const Certificate certificate("DNS:localhost");
  TlsServer server(certificate, TLS1_1_VERSION);
  ClientSettings trusting;
  trusting.ca_file = certificate.file();
  EXPECT_FALSE(ask({"GET", server.url("localhost")}, trusting));
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

// The client against our own server, and against peers that misbehave.
#include "http/client.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>

#include "harness.hpp"

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

Router test_router() {
  Router router;
  for (const auto* method : {"GET", "POST", "PUT"}) {
    router.add(method, "/echo", echo, {8 * 1024 * 1024});
  }
  router.add("GET", "/redirect", redirect);
  router.add("GET", "/never", never);
  router.add("GET", "/large", large);
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

/// A proxy that takes one CONNECT and then only carries bytes.
class OneTimeProxy {
 public:
  explicit OneTimeProxy(bool allows) {
    thread_ = std::thread([this, allows] { serve(allows); });
  }
  ~OneTimeProxy() { thread_.join(); }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  std::string request;

 private:
  void serve(bool allows) {
    auto client = acceptor_.accept();
    asio::read_until(client, asio::dynamic_buffer(request), "\r\n\r\n");
    boost::system::error_code ended;
    if (!allows) {
      asio::write(client, asio::buffer("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", 46),
                  ended);
      return;
    }
    const auto port = request.substr(18, request.find(' ', 18) - 18);
    asio::ip::tcp::socket server(io_);
    server.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(port))});
    asio::write(client, asio::buffer("HTTP/1.1 200 Connection established\r\n\r\n", 39));
    std::thread back([&] { carry(server, client); });
    carry(client, server);
    back.join();
  }

  static void carry(asio::ip::tcp::socket& from, asio::ip::tcp::socket& to) {
    char bytes[4096];
    boost::system::error_code ended;
    while (!ended) {
      const auto size = from.read_some(asio::buffer(bytes), ended);
      if (!ended) asio::write(to, asio::buffer(bytes, size), ended);
    }
    to.shutdown(asio::ip::tcp::socket::shutdown_send, ended);
  }

  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::thread thread_;
};

TEST(ClientTls, GoesThroughAProxy) {
  const Certificate certificate("DNS:localhost");
  TlsServer server(certificate, TLS1_3_VERSION);
  ClientSettings settings;
  settings.ca_file = certificate.file();
  {
    OneTimeProxy proxy(true);
    settings.proxy = proxy.url();
    const auto answer = ask({"GET", server.url("localhost")}, settings);
    ASSERT_TRUE(answer) << describe(answer.error());
    EXPECT_EQ(answer->body, "secure");
    EXPECT_TRUE(proxy.request.starts_with("CONNECT localhost:")) << proxy.request;
  }
  OneTimeProxy proxy(false);
  settings.proxy = proxy.url();
  const auto refused = ask({"GET", server.url("localhost")}, settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the proxy refuses: HTTP/1.1 407 Proxy Authentication Required");
}

}  // namespace
}  // namespace tracker::http

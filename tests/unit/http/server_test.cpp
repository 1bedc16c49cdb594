// The server from outside, byte by byte.
#include "http/server.hpp"

#include <boost/json.hpp>

#include "harness.hpp"

namespace tracker::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

Awaitable<Response> echo(Request request) {
  boost::json::object answer{{"method", request.method},
                             {"path", request.path},
                             {"body", request.body},
                             {"remote", request.remote_address},
                             {"id", request.request_id}};
  for (const auto& [name, value] : request.query) answer["query_" + name] = value;
  for (const auto& [name, value] : request.path_parameters) answer["path_" + name] = value;
  co_return json_response(answer);
}

Awaitable<Response> throw_up(Request) {
  throw std::runtime_error("secret detail");
  co_return Response{};
}

Awaitable<Response> slow(Request request) {
  co_await runtime::sleep_for(milliseconds(300));
  co_return text_response("slept well " + request.path);
}

Awaitable<Response> count_up(Request request, EventStream& stream) {
  if (request.query_value("refuse")) co_return text_response("no", 403);
  for (int i = 1; i <= 3; ++i) {
    if (!co_await stream.write(event_text(std::to_string(i), "change", "line one\nline two")))
      break;
  }
  if (request.query_value("stay")) co_await runtime::sleep_for(seconds(3600));
  co_return Response{};
}

Router test_router() {
  Router router;
  router.add("GET", "/api/echo", echo);
  router.add("POST", "/api/echo", echo);
  router.add("POST", "/api/large", echo, {8 * 1024 * 1024});
  router.add("GET", "/api/things/:id", echo);
  router.add("PUT", "/api/things/:id", echo);
  router.add("GET", "/api/things/special", echo);
  router.add("GET", "/api/throw", throw_up);
  router.add("GET", "/api/slow", slow);
  router.add_stream("/api/events", count_up);
  return router;
}

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

boost::json::object json_of(const std::string& answer) {
  return boost::json::parse(answer.substr(answer.find("\r\n\r\n") + 4)).as_object();
}

TEST(Server, KeepsAliveAndAnswersPipelinedRequestsInOrder) {
  RunningServer server(test_router());
  RawClient client(server.port());
  client.send(get("/api/echo?a=1%20+2") + get("/api/things/17"));
  const auto first = json_of(client.read_answer());
  EXPECT_EQ(first.at("query_a"), "1  2");
  const auto second = json_of(client.read_answer());
  EXPECT_EQ(second.at("path_id"), "17");
  client.send(get("/api/echo", "Connection: close\r\n"));
  EXPECT_NE(client.read_all().find("Connection: close\r\n"), std::string::npos);
}

TEST(Server, GivesEveryAnswerAnIdAndTheSecurityHeaders) {
  RunningServer server(test_router());
  RawClient client(server.port());
  for (const auto* target : {"/api/echo", "/nothing", "/api/throw"}) {
    client.send(get(target));
    const auto answer = client.read_answer();
    EXPECT_NE(answer.find("X-Request-Id: "), std::string::npos) << target;
    EXPECT_NE(answer.find("Content-Security-Policy: default-src 'none';"), std::string::npos);
    EXPECT_NE(answer.find("X-Content-Type-Options: nosniff"), std::string::npos);
    EXPECT_NE(answer.find("Date: "), std::string::npos);
  }
  client.send(get("/api/echo", "X-Request-Id: abc-17\r\n"));
  EXPECT_NE(client.read_answer().find("X-Request-Id: abc-17\r\n"), std::string::npos);
  client.send(get("/api/echo", "X-Request-Id: <script>\r\n"));
  EXPECT_EQ(client.read_answer().find("<script>"), std::string::npos);
}

TEST(Server, RoutesByPathAndMethod) {
  RunningServer server(test_router());
  RawClient client(server.port());
  const auto ask = [&](const std::string& line) {
    client.send(line + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.read_answer();
  };
  EXPECT_EQ(status_in(ask("GET /api/nothing")), 404);
  EXPECT_EQ(json_of(ask("GET /api/nothing")).at("success"), false);
  const auto refused = ask("DELETE /api/things/17");
  EXPECT_EQ(status_in(refused), 405);
  EXPECT_NE(refused.find("Allow: GET, HEAD, PUT\r\n"), std::string::npos);
  EXPECT_EQ(json_of(ask("GET /api/things/special")).contains("path_id"), false);
  EXPECT_EQ(json_of(ask("GET /api/things/a%2Fb")).contains("path_id"), false) << "404";
  EXPECT_EQ(json_of(ask("GET /api/things/%C3%A4")).at("path_id"), "\xc3\xa4");
  EXPECT_EQ(status_in(ask("GET /api/things/")), 404);
  EXPECT_EQ(status_in(ask("PUT /api/things/special")), 405);
}

TEST(Server, AnswersHeadWithoutABody) {
  RunningServer server(test_router());
  RawClient client(server.port());
  client.send("HEAD /api/echo HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/api/echo"));
  const auto head = client.read_until("\r\n\r\n");
  EXPECT_EQ(status_in(head), 200);
  EXPECT_NE(head.find("Content-Length: "), std::string::npos);
  EXPECT_EQ(status_in(client.read_answer()), 200) << "the next answer follows at once";
}

TEST(Server, TellsNothingOfItsInside) {
  RunningServer server(test_router());
  const auto before = runtime::TaskGroup::exceptions_caught();
  RawClient client(server.port());
  client.send(get("/api/throw"));
  const auto answer = client.read_answer();
  EXPECT_EQ(status_in(answer), 500);
  EXPECT_EQ(answer.find("secret detail"), std::string::npos);
  EXPECT_EQ(runtime::TaskGroup::exceptions_caught(), before + 1);
}

TEST(Server, ReadsBodiesOfBothFramings) {
  RunningServer server(test_router());
  RawClient client(server.port());
  client.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(json_of(client.read_answer()).at("body"), "hello");
  client.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (const auto* part : {"5\r", "\nhel", "lo\r\n6;x=y\r\n", " world", "\r\n0\r\n", "\r\n"}) {
    client.send(part);
  }
  EXPECT_EQ(json_of(client.read_answer()).at("body"), "hello world");
  client.send(
      "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_EQ(json_of(client.read_answer()).at("body"), "hello");
}

TEST(Server, RefusesBodiesThatAreTooLarge) {
  RunningServer server(test_router());
  const std::string two_mib(2 * 1024 * 1024, 'x');
  const auto announced =
      "Host: a\r\nContent-Length: " + std::to_string(two_mib.size()) + "\r\n\r\n";
  {
    RawClient client(server.port());
    client.send("POST /api/echo HTTP/1.1\r\n" + announced);
    EXPECT_EQ(status_in(client.read_all()), 413) << "before the body came";
  }
  {
    RawClient client(server.port());
    client.send("POST /api/large HTTP/1.1\r\n" + announced + two_mib);
    EXPECT_EQ(json_of(client.read_answer()).at("body").as_string().size(), two_mib.size());
  }
  {
    RawClient client(server.port());
    client.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    for (int i = 0; i < 20; ++i) client.send(chunk);
    EXPECT_EQ(status_in(client.read_all()), 413);
  }
  {
    RawClient client(server.port());
    client.send("POST /nothing HTTP/1.1\r\n" + announced);
    EXPECT_EQ(status_in(client.read_all()), 404) << "a body for nobody is not read";
  }
}

TEST(Server, ClosesAfterWhatTheGateRefuses) {
  RunningServer server(test_router());
  const std::string smuggled = "GET /api/echo HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string& request :
       {"POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"
        "\r\n0\r\n\r\n" +
            smuggled,
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n" + smuggled,
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 37\r\n\r\n" +
            smuggled,
        "GET /api/echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + smuggled,
        "GET /api/echo HTTP/1.1\r\n\r\n" + smuggled,
        "GET /api/echo HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n" + smuggled,
        "GET http://a/api/echo HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled,
        "GET /api/echo HTTP/1.1\nHost: a\n\n" + smuggled,
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5x\r\n" + smuggled,
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" + smuggled,
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n" +
            smuggled}) {
    RawClient client(server.port());
    client.send(request);
    const auto answer = client.read_all();
    EXPECT_EQ(status_in(answer), 400) << request;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "one answer only: " << request;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  }
  EXPECT_EQ(server.counters().refused_by_gate, 8U);
}

TEST(Server, CutsSlowClients) {
  ServerLimits limits;
  limits.header_time_max = milliseconds(200);
  limits.idle_time_max = milliseconds(300);
  RunningServer server(test_router(), limits);
  const auto start = steady_clock::now();
  RawClient silent(server.port());
  RawClient half_header(server.port());
  half_header.send("GET / HTTP/1.1\r\nHos");
  RawClient half_body(server.port());
  half_body.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhe");
  EXPECT_EQ(half_header.read_all(), "");
  EXPECT_EQ(half_body.read_all(), "");
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_LT(steady_clock::now() - start, seconds(10));
}

TEST(Server, CutsReadersThatTakeNothing) {
  ServerLimits limits;
  limits.write_stall_max = milliseconds(300);
  Router router;
  router.add("GET", "/large", [](Request) -> Awaitable<Response> {
    co_return text_response(std::string(64 * 1024 * 1024, 'x'));
  });
  RunningServer server(std::move(router), limits);
  RawClient client(server.port());
  client.send(get("/large"));
  const auto deadline = steady_clock::now() + seconds(15);
  while (server.counters().requests == 0 && steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  while (server.counters().connections > 0 && steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(server.counters().connections, 0U);
}

TEST(Server, LimitsConnections) {
  ServerLimits limits;
  limits.connections_per_address_max = 2;
  limits.spare_private_addresses = false;
  RunningServer server(test_router(), limits);
  RawClient first(server.port());
  RawClient second(server.port());
  first.send(get("/api/echo"));
  second.send(get("/api/echo"));
  EXPECT_EQ(status_in(first.read_answer()), 200);
  EXPECT_EQ(status_in(second.read_answer()), 200);
  RawClient third(server.port());
  third.send(get("/api/echo"));
  EXPECT_EQ(third.read_all(), "");
  first.close();
  const auto deadline = steady_clock::now() + seconds(10);
  while (server.counters().connections > 1 && steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  RawClient fourth(server.port());
  fourth.send(get("/api/echo"));
  EXPECT_EQ(status_in(fourth.read_answer()), 200);
}

TEST(Server, StreamsEventsAsTheyAreWritten) {
  RunningServer server(test_router());
  RawClient client(server.port());
  client.send(get("/api/events?stay=1"));
  EXPECT_NE(client.read_until("\r\n\r\n").find("Content-Type: text/event-stream"),
            std::string::npos);
  for (int i = 1; i <= 3; ++i) {
    const auto text = client.read_until("\n\n");
    EXPECT_NE(text.find("id: " + std::to_string(i) +
                        "\nevent: change\ndata: line one\n"
                        "data: line two\n\n"),
              std::string::npos)
        << text;
  }
  client.close();
  const auto deadline = steady_clock::now() + seconds(10);
  while (server.counters().connections > 0 && steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(server.counters().connections, 0U) << "the handler ends with its reader";
}

TEST(Server, EndsOrRefusesAStream) {
  RunningServer server(test_router());
  RawClient client(server.port());
  client.send(get("/api/events?refuse=1"));
  EXPECT_EQ(status_in(client.read_answer()), 403);
  client.send(get("/api/events"));
  EXPECT_TRUE(client.read_all().ends_with("\r\n0\r\n\r\n"));
}

TEST(Server, FinishesRequestsWhenItStops) {
  auto server = std::make_unique<RunningServer>(test_router());
  RawClient idle(server->port());
  idle.send(get("/api/echo"));
  EXPECT_EQ(status_in(idle.read_answer()), 200);
  RawClient stream(server->port());
  stream.send(get("/api/events?stay=1"));
  stream.read_until("data: line two\n\n");
  RawClient busy(server->port());
  busy.send(get("/api/slow"));
  const auto deadline = steady_clock::now() + seconds(10);
  while (server->counters().requests < 3 && steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_LT(server->stop(), seconds(5));
  const auto answer = busy.read_all();
  EXPECT_EQ(status_in(answer), 200);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_EQ(idle.read_all(), "");
}

TEST(Server, SaysWhichPortIsTaken) {
  RunningServer server(test_router());
  asio::io_context io;
  Server second(io.get_executor(), {}, test_router());
  const auto status = second.start("127.0.0.1", server.port());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().what,
            "port " + std::to_string(server.port()) + " is taken by another program");
}

TEST(Server, BelievesAsManyProxiesAsItWasTold) {
  ServerLimits limits;
  limits.trusted_proxies = 1;
  RunningServer server(test_router(), limits);
  RawClient client(server.port());
  client.send(get("/api/echo", "X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\n"));
  EXPECT_EQ(json_of(client.read_answer()).at("remote"), "203.0.113.7");
  client.send(get("/api/echo"));
  EXPECT_EQ(json_of(client.read_answer()).at("remote"), "127.0.0.1");
}

}  // namespace
}  // namespace tracker::http

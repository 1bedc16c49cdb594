// What a browser meets: the page's files, and the filters before every route.
#include "harness.hpp"
#include "http/guards.hpp"
#include "http/static_assets.hpp"

namespace tracker::http {
namespace {

Awaitable<Response> say_hello(Request) { co_return text_response("hello"); }

Router test_router() {
  Router router;
  router.add("GET", "/api/echo", say_hello);
  router.add("POST", "/api/echo", say_hello);
  return router;
}

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

TEST(Guards, RefuseOtherSitesAndUnknownHosts) {
  auto router = test_router();
  router.add_filter(refuse_cross_site);
  router.add_filter(
      [](const Request& request) { return refuse_unknown_host(request, {"studio.example"}); });
  RunningServer server(std::move(router));
  const auto ask = [&](const std::string& method, const std::string& fields) {
    RawClient client(server.port());
    client.send(method + " /api/echo HTTP/1.1\r\nContent-Length: 0\r\n" + fields + "\r\n");
    return status_in(client.read_answer());
  };
  EXPECT_EQ(ask("POST", "Host: localhost\r\n"), 200);
  EXPECT_EQ(ask("POST", "Host: localhost\r\nSec-Fetch-Site: same-origin\r\n"), 200);
  EXPECT_EQ(ask("POST", "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(ask("POST", "Host: localhost\r\nSec-Fetch-Site: same-site\r\n"), 403);
  EXPECT_EQ(ask("POST", "Host: localhost:1\r\nOrigin: http://localhost:1\r\n"), 200);
  EXPECT_EQ(ask("POST", "Host: localhost:1\r\nOrigin: http://evil.example\r\n"), 403);
  EXPECT_EQ(ask("POST", "Host: localhost\r\nOrigin: null\r\n"), 403);
  EXPECT_EQ(ask("GET", "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"), 200);
  EXPECT_EQ(ask("GET", "Host: 127.0.0.1:3001\r\n"), 200);
  EXPECT_EQ(ask("GET", "Host: [::1]:3001\r\n"), 200);
  EXPECT_EQ(ask("GET", "Host: Studio.Example\r\n"), 200);
  EXPECT_EQ(ask("GET", "Host: rebound.example\r\n"), 403);
}

TEST(StaticAssets, ServeTheTable) {
  static constexpr Asset assets[] = {
      {"/index.html", "text/html; charset=utf-8", "\"i1\"", "<html>", "", "", false},
      {"/assets/a.js", "text/javascript", "\"a1\"", "plain", "GZIP", "BROTLI", true}};
  auto router = test_router();
  add_assets(router, assets);
  RunningServer server(std::move(router));
  RawClient client(server.port());
  const auto ask = [&](const std::string& target, const std::string& fields = "") {
    client.send(get(target, fields));
    return client.read_answer();
  };
  EXPECT_TRUE(ask("/").ends_with("\r\n\r\n<html>"));
  EXPECT_TRUE(ask("/summary").ends_with("\r\n\r\n<html>")) << "the page's own address";
  EXPECT_EQ(status_in(ask("/missing.js")), 404);
  EXPECT_EQ(status_in(ask("/api/missing")), 404);
  EXPECT_EQ(status_in(ask("/assets/../secret")), 200) << "the page, never a file";
  EXPECT_TRUE(ask("/assets/a.js").ends_with("plain"));
  EXPECT_TRUE(ask("/assets/a.js", "Accept-Encoding: gzip, br;q=0\r\n").ends_with("GZIP"));
  const auto brotli = ask("/assets/a.js", "Accept-Encoding: gzip, deflate, br\r\n");
  EXPECT_TRUE(brotli.ends_with("BROTLI"));
  EXPECT_NE(brotli.find("Content-Encoding: br\r\n"), std::string::npos);
  EXPECT_NE(brotli.find("immutable"), std::string::npos);
  client.send(get("/assets/a.js", "If-None-Match: W/\"a1\"\r\n"));
  EXPECT_EQ(status_in(client.read_until("\r\n\r\n")), 304);
  EXPECT_EQ(status_in(ask("/api/echo")), 200) << "304 had no body";
}

TEST(StaticAssets, ServeAFolder) {
  Router router;
  const auto status = add_assets_from_folder(router, TRACKER_SOURCE_DIR "/src/http");
  ASSERT_TRUE(status) << describe(status.error());
  RunningServer server(std::move(router));
  RawClient client(server.port());
  client.send(get("/CMakeLists.txt"));
  EXPECT_NE(client.read_answer().find("tracker_library(http"), std::string::npos);
  Router other;
  EXPECT_FALSE(add_assets_from_folder(other, "/no/such/folder"));
}

}  // namespace
}  // namespace tracker::http

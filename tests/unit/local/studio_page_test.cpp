// The studio's own page: who sees it, and what it says.
#include "local/studio_page.hpp"

#include <gtest/gtest.h>

namespace tracker::local {
namespace {

http::Request request_of(std::string address, std::string host) {
  http::Request request;
  request.remote_address = std::move(address);
  request.headers.set("Host", std::move(host));
  return request;
}

TEST(StudioPage, is_for_this_machine_under_its_own_names_and_through_no_proxy) {
  EXPECT_TRUE(is_this_machine(request_of("127.0.0.1", "127.0.0.1:3001")));
  EXPECT_TRUE(is_this_machine(request_of("127.0.0.1", "localhost")));
  EXPECT_TRUE(is_this_machine(request_of("::1", "[::1]:3001")));
  EXPECT_TRUE(is_this_machine(request_of("::1", "[::1]")));
  EXPECT_FALSE(is_this_machine(request_of("192.168.1.7", "127.0.0.1:3001")));
  EXPECT_FALSE(is_this_machine(request_of("127.0.0.1", "studio.ngrok.app")));
  EXPECT_FALSE(is_this_machine(request_of("127.0.0.1", "127.0.0.1.evil.example:3001")));
  EXPECT_FALSE(is_this_machine(request_of("127.0.0.1", "")));
  http::Request forwarded = request_of("127.0.0.1", "127.0.0.1:3001");
  forwarded.headers.set("X-Forwarded-For", "203.0.113.9");
  EXPECT_FALSE(is_this_machine(forwarded));
}

TEST(StudioPage, says_what_a_person_must_know_first) {
  StudioState state;
  state.workbook = "/mnt/show <1>.xlsx";
  state.cloud = "https://studio.example";
  EXPECT_TRUE(studio_html(state).contains("has not been read yet"));
  state.report.workbook_available = true;
  state.report.rows = 7;
  EXPECT_TRUE(studio_html(state).contains("The cloud does not answer"));
  state.connected = true;
  EXPECT_TRUE(studio_html(state).contains("At work"));
  state.at_rest = true;
  state.equal_as_of = "2026-01-05T10:32:07Z";
  EXPECT_TRUE(studio_html(state).contains("In sync 10:32 UTC"));
  state.report.open_by = "Anna";
  state.report.pending_to_workbook = 5;
  EXPECT_TRUE(studio_html(state).contains("Open by Anna: 5 wait until it is closed"));
  state.report.problem = "Excel file not available";
  state.report.quarantined.push_back({"Sheet1!C7", "a formula & more"});
  const std::string page = studio_html(state);
  EXPECT_TRUE(page.contains("state wrong\" role=\"status\">Excel file not available"));
  EXPECT_TRUE(page.contains("/mnt/show &lt;1>.xlsx, 7 rows"));
  EXPECT_TRUE(page.contains("Sheet1!C7: a formula &amp; more"));
}

TEST(StudioPage, offers_the_templates_that_names_follow) {
  StudioState state;
  EXPECT_FALSE(studio_html(state).contains("MEDIA_PATTERN"));
  state.pattern_offer = media::LearnedPattern{"{scene}/{shot}<_v{version}>.{ext}", 412, 430};
  const std::string page = studio_html(state);
  EXPECT_TRUE(page.contains("412 of 430 rows are named alike"));
  EXPECT_TRUE(page.contains("MEDIA_PATTERN='{scene}/{shot}&lt;_v{version}>.{ext}'"));
}

TEST(StudioPage, counts_what_is_wrong) {
  const std::string page =
      findings_html({{"cloud", Verdict::ok, "answers", ""},
                     {"free disk", Verdict::wrong, "1 MB", "free at least 200 MB"}});
  EXPECT_TRUE(page.contains("1 thing is wrong"));
  EXPECT_TRUE(page.contains("free at least 200 MB"));
  EXPECT_TRUE(findings_html({}).contains("Everything is well"));
}

}  // namespace
}  // namespace tracker::local

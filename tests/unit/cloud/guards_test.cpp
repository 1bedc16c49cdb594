// Passwords, rates, cookies, and reading of requests: the small parts that keep strangers out.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cloud/accounts.hpp"
#include "cloud/body.hpp"
#include "cloud/passwords.hpp"
#include "cloud/rate_limit.hpp"
#include "cloud/session_cookie.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

TEST(PasswordRules, TakeLengthBeforeOddSigns) {
  EXPECT_FALSE(problem_with_password(Secret("correct horse battery staple"), ""));
  EXPECT_FALSE(problem_with_password(Secret("zwölf Zeichen"), ""));
  EXPECT_TRUE(problem_with_password(Secret("Sh0rt!"), ""));
  EXPECT_TRUE(problem_with_password(Secret("PasswordPassword"), ""));
  EXPECT_TRUE(problem_with_password(Secret("xxxxxxxxxxxxxxxx"), ""));
  EXPECT_TRUE(problem_with_password(Secret("anna@studio.example"), "anna@studio.example"));
  EXPECT_TRUE(problem_with_password(Secret(std::string(2000, 'a') + "b"), ""));
}

TEST(PasswordHash, IsArgon2idWithEnoughMemory) {
  const auto hash = hash_password(Secret("correct horse battery staple"));
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,")) << *hash;
}

TEST(RandomSecret, HasAll256BitsAndNeverRepeats) {
  const std::string one = random_secret();
  EXPECT_EQ(one.size(), 64U);
  EXPECT_NE(one, random_secret());
}

TEST(BucketsTest, GiveWhatTheyHoldAndFillAgain) {
  Buckets buckets(3, 1);
  const Tick start{};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(buckets.take("a", start));
  EXPECT_FALSE(buckets.take("a", start));
  EXPECT_TRUE(buckets.take("b", start)) << "another address has its own";
  EXPECT_TRUE(buckets.take("a", start + 1s));
  EXPECT_FALSE(buckets.take("a", start + 1s));
}

TEST(GuessPausesTest, DoubleAfterThreeMistakesAndEndWithASuccess) {
  GuessPauses pauses;
  const Tick start{};
  pauses.failed("anna", start);
  pauses.failed("anna", start);
  EXPECT_FALSE(pauses.wait_for("anna", start));
  pauses.failed("anna", start);
  EXPECT_EQ(pauses.wait_for("anna", start), 1);
  pauses.failed("anna", start + 1s);
  EXPECT_EQ(pauses.wait_for("anna", start + 1s), 2);
  for (int i = 0; i < 20; ++i) pauses.failed("anna", start);
  EXPECT_EQ(pauses.wait_for("anna", start), 300) << "at most five minutes";
  EXPECT_FALSE(pauses.wait_for("ben", start));
  pauses.succeeded("anna");
  EXPECT_FALSE(pauses.wait_for("anna", start));
}

http::Request request_with(std::initializer_list<http::NamedText> headers) {
  http::Request request;
  request.headers = headers;
  return request;
}

TEST(SessionCookie, IsBoundToHttpsWhereThePageIs) {
  EXPECT_EQ(session_cookie("abc", true, 60),
            "__Host-at_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(session_cookie("abc", false, 60),
            "at_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
  EXPECT_TRUE(reached_by_https(request_with({{"X-Forwarded-Proto", "https"}}), false));
  EXPECT_FALSE(reached_by_https(request_with({{"X-Forwarded-Proto", "http"}}), true));
  EXPECT_TRUE(reached_by_https(request_with({}), true));
  EXPECT_FALSE(reached_by_https(request_with({}), false));
}

TEST(SessionCookie, WarnsWhereOthersCanReadAlong) {
  EXPECT_FALSE(address_warning(request_with({{"Host", "localhost:3000"}}), false));
  EXPECT_FALSE(address_warning(request_with({{"Host", "127.0.0.1:3000"}}), false));
  EXPECT_TRUE(address_warning(request_with({{"Host", "127.evil.example"}}), false));
  EXPECT_TRUE(address_warning(request_with({{"Host", "tracker.studio:3000"}}), false));
}

TEST(BearerToken, TakesTheSchemeInAnyCase) {
  EXPECT_EQ(bearer_token(request_with({{"Authorization", "bearer  abc"}})), "abc");
  EXPECT_FALSE(bearer_token(request_with({{"Authorization", "Basic abc"}})));
  EXPECT_FALSE(bearer_token(request_with({})));
}

TEST(IfMatch, IsAVersionInAnySpelling) {
  EXPECT_EQ(version_seen(request_with({{"If-Match", "\"812\""}})).value(), 812);
  EXPECT_EQ(version_seen(request_with({{"If-Match", "W/\"812\""}})).value(), 812);
  EXPECT_EQ(version_seen(request_with({{"If-Match", "812"}})).value(), 812);
  EXPECT_FALSE(version_seen(request_with({{"If-Match", "*"}})).value());
  EXPECT_FALSE(version_seen(request_with({{"If-Match", "\"old\""}})));
  EXPECT_FALSE(version_seen(request_with({{"If-Match", "-1"}})));
}

TEST(Bodies, NameTheFieldThatIsWrong) {
  const json::object body{{"name", 7}, {"flag", "yes"}, {"count", "12"}, {"list", "a"}};
  EXPECT_EQ(text_in(body, "name").error().where, "name");
  EXPECT_EQ(flag_in(body, "flag").error().where, "flag");
  EXPECT_EQ(integer_in(body, "count").error().where, "count");
  EXPECT_EQ(texts_in(body, "list").error().where, "list");
  EXPECT_FALSE(text_in(body, "missing").value());
}

TEST(Email, IsOneAddressInLowerCase) {
  EXPECT_EQ(clean_email(" Anna@Studio.Example ").value(), "anna@studio.example");
  for (const char* bad : {"", "anna", "@studio", "anna@", "a b@c", "a@b@c"}) {
    EXPECT_FALSE(clean_email(bad)) << bad;
  }
}

}  // namespace
}  // namespace tracker::cloud

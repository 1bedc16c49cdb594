// Standard Webhooks: the published vector, and every way of being wrong.
#include "link/webhook.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tracker::link {
namespace {

const Secret vector_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
constexpr std::string_view vector_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view vector_body = R"({"test": 2432232314})";
constexpr Time vector_time{std::chrono::seconds(1614265330)};

TEST(Webhook, SignsThePublishedVector) {
  EXPECT_EQ(webhook_signature(vector_secret, vector_id, vector_time, vector_body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

Status verify(http::Headers headers, std::string_view body = vector_body,
              std::chrono::seconds later = {}) {
  const std::array secrets{Secret("another secret"), vector_secret};
  return verify_webhook(secrets, headers, body, vector_time + later);
}

TEST(Webhook, VerifiesWhatIsGenuineAndFresh) {
  const auto headers = webhook_headers(vector_secret, vector_id, vector_time, vector_body);
  EXPECT_TRUE(is_signed(headers));
  EXPECT_TRUE(verify(headers));
  EXPECT_TRUE(verify(headers, vector_body, std::chrono::seconds(300)));
  EXPECT_TRUE(verify(headers, vector_body, std::chrono::seconds(-300)));
  EXPECT_FALSE(verify(headers, vector_body, std::chrono::seconds(301)));
  EXPECT_FALSE(verify(headers, vector_body, std::chrono::seconds(-301)));
  EXPECT_FALSE(verify(headers, "{}"));
  auto several = headers;
  several.set("webhook-signature", "v1,AAAA " + std::string(*headers.find("webhook-signature")));
  EXPECT_TRUE(verify(several)) << "a sender that rotates its secret signs twice";
}

TEST(Webhook, RefusesWhatIsMissingOrChanged) {
  for (const auto* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    auto headers = webhook_headers(vector_secret, vector_id, vector_time, vector_body);
    headers.set(name, "");
    EXPECT_EQ(verify(headers).error().code, ErrorCode::unauthorized) << name;
    headers.set(name, "1614265331");
    EXPECT_FALSE(verify(headers)) << name;
  }
  EXPECT_FALSE(verify({}));
  EXPECT_FALSE(is_signed({}));
}

TEST(Webhook, TakesASecretOfAnyForm) {
  const Secret plain("a long secret of the studio");
  const std::array secrets{plain};
  const auto headers = webhook_headers(plain, "msg_1", vector_time, "{}");
  EXPECT_TRUE(verify_webhook(secrets, headers, "{}", vector_time));
}

}  // namespace
}  // namespace tracker::link

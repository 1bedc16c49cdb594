#include "link/webhook.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/base64.hpp"
#include "core/digest.hpp"

namespace tracker::link {
namespace {

std::string key_of(const Secret& secret) {
  constexpr std::string_view prefix = "whsec_";
  const std::string_view text = secret.reveal();
  if (!text.starts_with(prefix)) return std::string(text);
  auto bytes = from_base64(text.substr(prefix.size()));
  return bytes.empty() ? std::string(text) : bytes;
}

std::int64_t seconds_of(Time at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

Status refuse(std::string what, std::string hint = {}) {
  return fail(ErrorCode::unauthorized, std::move(what), std::move(hint));
}

}  // namespace

std::string webhook_signature(const Secret& secret, std::string_view id, Time at,
                              std::string_view body) {
  std::string signed_text(id);
  signed_text += "." + std::to_string(seconds_of(at)) + ".";
  signed_text += body;
  const auto digest = hmac_sha256(key_of(secret), signed_text);
  return "v1," + base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

http::Headers webhook_headers(const Secret& secret, std::string_view id, Time at,
                              std::string_view body) {
  return {{"webhook-id", std::string(id)},
          {"webhook-timestamp", std::to_string(seconds_of(at))},
          {"webhook-signature", webhook_signature(secret, id, at, body)}};
}

bool is_signed(const http::Headers& headers) {
  return headers.find("webhook-id") || headers.find("webhook-timestamp") ||
         headers.find("webhook-signature");
}

Status verify_webhook(std::span<const Secret> secrets, const http::Headers& headers,
                      std::string_view body, Time now) {
  const auto id = headers.find("webhook-id");
  const auto timestamp = headers.find("webhook-timestamp");
  const auto signatures = headers.find("webhook-signature");
  if (!id || !timestamp || !signatures || id->empty()) {
    return refuse("a signed request needs webhook-id, webhook-timestamp and webhook-signature");
  }
  std::int64_t sent = 0;
  const auto* const end = timestamp->data() + timestamp->size();
  const auto parsed = std::from_chars(timestamp->data(), end, sent);
  if (parsed.ec != std::errc() || parsed.ptr != end || timestamp->size() > 12) {
    return refuse("webhook-timestamp is not a number of seconds");
  }
  const auto age = seconds_of(now) - sent;
  if (age > webhook_age_max.count() || age < -webhook_age_max.count()) {
    return refuse("the signature is " + std::to_string(age) + " s old",
                  "compare the clocks of both machines");
  }
  bool genuine = false;
  for (const auto& secret : secrets) {
    const auto expected = webhook_signature(secret, *id, Time(std::chrono::seconds(sent)), body);
    auto rest = *signatures;
    while (!rest.empty()) {
      const auto size = std::min(rest.find(' '), rest.size());
      genuine = equal_in_constant_time(rest.substr(0, size), expected) || genuine;
      rest.remove_prefix(std::min(size + 1, rest.size()));
    }
  }
  if (genuine) return {};
  return refuse("the signature is not ours", "compare WEBHOOK_SECRET on both sides");
}

}  // namespace tracker::link

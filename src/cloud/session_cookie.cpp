#include "cloud/session_cookie.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace tracker::cloud {
namespace {

bool starts_without_case(std::string_view text, std::string_view start) {
  if (text.size() < start.size()) return false;
  return std::equal(start.begin(), start.end(), text.begin(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

bool is_loopback(std::string_view host) {
  if (host.starts_with("[::1]")) return true;
  const std::string_view name = host.substr(0, host.find(':'));
  const bool address = name.find_first_not_of("0123456789.") == std::string_view::npos;
  return name == "localhost" || (address && name.starts_with("127."));
}

}  // namespace

bool reached_by_https(const http::Request& request, bool production) {
  const auto protocol = request.header("X-Forwarded-Proto");
  return protocol ? starts_without_case(*protocol, "https") : production;
}

std::optional<std::string_view> session_of(const http::Request& request) {
  const auto secure = request.cookie(secure_cookie_name);
  return secure ? secure : request.cookie(plain_cookie_name);
}

std::string session_cookie(std::string_view session, bool secure, long long seconds_max) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}",
                     secure ? secure_cookie_name : plain_cookie_name, session, seconds_max,
                     secure ? "; Secure" : "");
}

std::optional<std::string> address_warning(const http::Request& request, bool production) {
  const bool safe =
      reached_by_https(request, production) || is_loopback(request.header("Host").value_or(""));
  if (safe) return std::nullopt;
  return "This address is http: everybody on the network can read along. Use the https address.";
}

std::optional<std::string_view> bearer_token(const http::Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  auto text = request.header("Authorization");
  if (!text || text->size() <= scheme.size() || !starts_without_case(*text, scheme)) {
    return std::nullopt;
  }
  text->remove_prefix(scheme.size());
  while (text->starts_with(' ')) text->remove_prefix(1);
  return text;
}

}  // namespace tracker::cloud

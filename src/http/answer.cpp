#include "http/answer.hpp"

#include <algorithm>

#include "http/names.hpp"

namespace tracker::http {
namespace {

// The page loads its own scripts, styles, images and fonts and nothing else, talks to this server
// only, stands in no frame, and may turn no text into code. An answer that has a policy of its own
// keeps that one alone: of two a browser obeys both.
constexpr std::string_view page_policy =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'\r\n";
constexpr std::string_view security_headers =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

void add_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  for (char c : value) head += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  head += "\r\n";
}

bool allows_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

bool has_body(const Response& response, const AnswerContext& context) {
  return allows_body(response.status) && !context.head_only;
}

std::string answer_head(const Response& response, const AnswerContext& context) {
  std::string head;
  head.reserve(1024);
  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += reason_of(response.status);
  head += "\r\nServer: animation-tracker\r\nDate: ";
  head += context.date;
  head += "\r\n";
  add_field(head, "X-Request-Id", context.request_id);
  if (allows_body(response.status)) {
    if (!response.content_type.empty()) add_field(head, "Content-Type", response.content_type);
    if (context.framing == BodyFraming::sized) {
      add_field(head, "Content-Length", std::to_string(response.body.size()));
    } else if (context.framing == BodyFraming::chunked) {
      head += "Transfer-Encoding: chunked\r\n";
    }
  }
  for (const auto& [name, value] : response.headers) add_field(head, name, value);
  if (!response.headers.find("Cache-Control")) head += "Cache-Control: no-store\r\n";
  if (!response.headers.find("Content-Security-Policy")) head += page_policy;
  head += security_headers;
  head += context.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

std::string http_date(std::time_t now) {
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  const auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, size};
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

}  // namespace tracker::http

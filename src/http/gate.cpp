#include "http/gate.hpp"

#include <algorithm>
#include <array>

#include "http/names.hpp"

namespace tracker::http {
namespace {

constexpr std::array<std::string_view, 7> known_methods{"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_token_character(char c) {
  return is_digit(c) || is_letter(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto address = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    return std::ranges::all_of(address,
                               [](char c) {
                                 return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f') ||
                                        c == ':' || c == '.';
                               }) &&
           (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
  }
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  if (name.empty() || name.size() > 255) return false;
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  return std::ranges::all_of(
      name, [](char c) { return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_'; });
}

GateVerdict refuse(int status, std::string_view reason) {
  GateVerdict verdict;
  verdict.status = status;
  verdict.reason = reason;
  return verdict;
}

GateVerdict inspect_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return refuse(400, "the request line is not METHOD TARGET VERSION");
  }
  GateVerdict verdict;
  verdict.method = line.substr(0, first);
  verdict.target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(version.starts_with("HTTP/") ? 505 : 400, "only HTTP/1.1 is spoken here");
  }
  verdict.version_minor = version.back() - '0';
  if (verdict.method.empty() || !std::ranges::all_of(verdict.method, is_token_character)) {
    return refuse(400, "the method is not a word");
  }
  if (std::ranges::find(known_methods, verdict.method) == known_methods.end()) {
    return refuse(501, "this method is not known here");
  }
  if (!verdict.target.starts_with('/')) {
    return refuse(400, "the target must be a path that starts with /");
  }
  const bool printable = std::ranges::all_of(
      verdict.target, [](char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '\\'; });
  if (!printable) return refuse(400, "the target holds a character that must be escaped");
  return verdict;
}

/// What the fields that decide about the message's length and place said so far.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
};

/// Nothing, or why the field is refused.
std::string_view take_field(std::string_view name, std::string_view value, GateVerdict& verdict,
                            Framing& framing) {
  if (same_name(name, "Host")) {
    if (++framing.hosts > 1) return "there is more than one Host";
    if (!is_host(value)) return "Host is not a name or address";
  } else if (same_name(name, "Content-Length")) {
    if (++framing.lengths > 1) return "there is more than one Content-Length";
    if (value.empty() || value.size() > 15 || !std::ranges::all_of(value, is_digit)) {
      return "Content-Length is not a number";
    }
    for (char c : value) {
      verdict.content_length = verdict.content_length * 10 + static_cast<std::uint64_t>(c - '0');
    }
  } else if (same_name(name, "Transfer-Encoding")) {
    if (++framing.encodings > 1) return "there is more than one Transfer-Encoding";
    if (value != "chunked") return "Transfer-Encoding other than chunked is not spoken here";
    if (verdict.version_minor == 0) return "HTTP/1.0 has no Transfer-Encoding";
    verdict.chunked = true;
  } else if (same_name(name, "Expect")) {
    if (!same_name(value, "100-continue")) verdict.status = 417;
    verdict.expects_continue = verdict.version_minor == 1;
  }
  return {};
}

std::string_view inspect_field(std::string_view line, GateVerdict& verdict, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') return "a header field is folded over lines";
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return "a header field has no name";
  const auto name = line.substr(0, colon);
  if (!std::ranges::all_of(name, is_token_character)) return "a header field's name is not a word";
  const auto value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value)) return "a header field holds a control character";
  return take_field(name, value, verdict, framing);
}

}  // namespace

HeaderEnd find_header_end(std::string_view bytes, const GateLimits& limits) {
  const auto window = bytes.substr(0, limits.header_bytes_max);
  std::size_t line_start = 0;
  while (true) {
    const auto feed = window.find('\n', line_start);
    if (feed == std::string_view::npos) break;
    if (feed == line_start || window[feed - 1] != '\r') {
      return {0, 400, "a header line must end with CR LF"};
    }
    if (feed == line_start + 1) {
      if (line_start == 0) return {0, 400, "the request starts with an empty line"};
      return {feed + 1, 0, {}};
    }
    line_start = feed + 1;
  }
  if (bytes.size() >= limits.header_bytes_max) return {0, 431, "the header is too large"};
  return {};
}

GateVerdict inspect_header(std::string_view header, const GateLimits& limits) {
  auto rest = header;
  const auto next_line = [&rest] {
    const auto end = std::min(rest.find("\r\n"), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    return line;
  };
  const auto request_line = next_line();
  if (request_line.find('\r') != std::string_view::npos) return refuse(400, "a CR stands alone");
  GateVerdict verdict = inspect_request_line(request_line);
  if (verdict.status != 0) return verdict;

  Framing framing;
  std::size_t fields = 0;
  while (!rest.empty()) {
    const auto line = next_line();
    if (line.empty()) break;
    if (++fields > limits.fields_max) return refuse(431, "there are too many header fields");
    const auto problem = inspect_field(line, verdict, framing);
    if (!problem.empty()) return refuse(400, problem);
  }
  if (framing.hosts != 1) return refuse(400, "there is no Host");
  if (framing.encodings > 0 && framing.lengths > 0) {
    return refuse(400, "Transfer-Encoding and Content-Length stand together");
  }
  if (verdict.status == 417) return refuse(417, "Expect can only be 100-continue");
  return verdict;
}

}  // namespace tracker::http

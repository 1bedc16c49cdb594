#include "http/message.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/json_text.hpp"
#include "http/names.hpp"

namespace tracker::http {

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [field_name, value] : fields_) {
    if (same_name(field_name, name)) return value;
  }
  return std::nullopt;
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [name](const NamedText& field) { return same_name(field.first, name); });
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

const std::string& Request::path_parameter(std::string_view name) const {
  static const std::string none;
  for (const auto& [key, value] : path_parameters) {
    if (key == name) return value;
  }
  return none;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const auto& [field_name, value] : headers) {
    if (!same_name(field_name, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return pair.substr(equals + 1);
      }
    }
  }
  return std::nullopt;
}

Response json_response(const boost::json::value& json, int status) {
  return {status, "application/json; charset=utf-8", {}, json_text(json)};
}

Response text_response(std::string text, int status) {
  return {status, "text/plain; charset=utf-8", {}, std::move(text)};
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
    case ErrorCode::unsupported:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::unauthorized:
      return 401;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::busy:
      return 429;
    case ErrorCode::corrupt:
      return 422;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::timeout:
      return 504;
    case ErrorCode::io:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

Response error_response(const Error& error) { return error_response(error, status_of(error.code)); }

Response error_response(const Error& error, int status) {
  const bool ours = error.code == ErrorCode::internal || error.code == ErrorCode::io;
  std::string message = ours ? "something went wrong inside; the log has the details" : error.what;
  if (!ours && !error.hint.empty()) message += ": " + error.hint;
  boost::json::object inner{{"code", name_of(error.code)}, {"message", std::move(message)}};
  if (!error.where.empty() && !ours) inner["field"] = error.where;
  return json_response({{"success", false}, {"error", std::move(inner)}}, status);
}

std::string_view reason_of(int status) {
  static constexpr std::pair<int, std::string_view> reasons[] = {
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {423, "Locked"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"}};
  const auto found = std::ranges::find(reasons, status, &std::pair<int, std::string_view>::first);
  return found == std::end(reasons) ? std::string_view{} : found->second;
}

Result<boost::json::value> parse_json_body(const Request& request) {
  const auto type = request.header("Content-Type").value_or("");
  if (!same_name(trimmed(type.substr(0, type.find(';'))), "application/json")) {
    return fail(ErrorCode::unsupported, "the body must be JSON",
                "send it with Content-Type: application/json", "Content-Type");
  }
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code problem;
  auto json = boost::json::parse(request.body, problem, {}, options);
  if (problem) {
    return fail(ErrorCode::invalid_input, "the body is not well-formed JSON: " + problem.message());
  }
  return json;
}

}  // namespace tracker::http

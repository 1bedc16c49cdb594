#include "link/json_answer.hpp"

#include <boost/json.hpp>

#include "link/frame.hpp"

namespace tracker::link {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unauthorized;
    case 403:
      return ErrorCode::forbidden;
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 413:
      return ErrorCode::too_large;
    case 429:
      return ErrorCode::busy;
    default:
      return status >= 500 ? ErrorCode::unavailable : ErrorCode::invalid_input;
  }
}

Error not_json(const http::ClientResponse& answer, const std::string& url) {
  const auto type = answer.headers.find("Content-Type").value_or("no type");
  std::string text = url + " answered " + std::to_string(answer.status) + " with " +
                     std::string(type.substr(0, 100)) + " instead of JSON";
  if (const auto code = answer.headers.find("Ngrok-Error-Code")) {
    text += " (" + std::string(code->substr(0, 40)) + ": the tunnel is up, the server is not)";
  }
  return {ErrorCode::unavailable,
          "tunnel answers HTML",
          text + "; check the address and that the server behind it runs",
          {}};
}

}  // namespace

Result<boost::json::object> json_answer(const http::ClientResponse& answer,
                                        const std::string& url) {
  const auto type = answer.headers.find("Content-Type").value_or("");
  if (!type.contains("json")) return std::unexpected<Error>(not_json(answer, url));
  auto parsed = parse_json(answer.body);
  if (!parsed || !parsed->is_object()) return std::unexpected<Error>(not_json(answer, url));
  auto& object = parsed->get_object();
  if (answer.status >= 200 && answer.status < 300) return std::move(object);
  const auto* inner = object.if_contains("error");
  auto error =
      parse_error(inner != nullptr ? *inner : boost::json::value(), code_of(answer.status));
  if (error.what.empty()) error.what = url + " answered " + std::to_string(answer.status);
  if (const auto* detail = object.if_contains("detail"); detail != nullptr && detail->is_string()) {
    error.hint = detail->get_string();
  }
  return std::unexpected<Error>(std::move(error));
}

}  // namespace tracker::link

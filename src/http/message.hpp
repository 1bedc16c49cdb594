// Request and Response as handlers see them: plain text values, no Beast, no views.
//
// The server fills a Request after the gate and the parser let it through: the path is decoded,
// query values are decoded, header names compare without case. Plain values; pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace tracker::http {

using NamedText = std::pair<std::string, std::string>;

/// Header fields in their order; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<NamedText> fields) : fields_(fields) {}

  /// The first field of that name, or nothing. The view lives as long as this object is unchanged.
  std::optional<std::string_view> find(std::string_view name) const;
  /// Replaces all fields of that name.
  void set(std::string_view name, std::string value);
  /// Adds one more (Set-Cookie).
  void add(std::string name, std::string value);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<NamedText> fields_;
};

struct Request {
  std::string method;  ///< "GET"; HEAD reaches GET handlers as "HEAD"
  std::string path;    ///< decoded, without the query
  std::string target;  ///< as it came, with the query
  std::vector<NamedText> query;
  std::vector<NamedText> path_parameters;  ///< "id" of "/api/production-data/:id"
  Headers headers = {};
  std::string body = {};
  std::string remote_address;  ///< the peer's, or a trusted proxy's word for it
  std::string request_id;      ///< what stands in the answer's X-Request-Id

  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  std::optional<std::string_view> query_value(std::string_view name) const;
  /// REQUIRES: the route has a parameter of that name.
  const std::string& path_parameter(std::string_view name) const;
  /// Value of a cookie, or nothing.
  std::optional<std::string_view> cookie(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = {};  ///< '' = none
  Headers headers = {};
  std::string body = {};
};

Response json_response(const boost::json::value& json, int status = 200);
Response text_response(std::string text, int status = 200);

/// `{"success":false,"error":{"code","message","field"}}` with status_of(error.code). `message` is
/// what and hint; Error internal and io say nothing of their inside.
Response error_response(const Error& error);
Response error_response(const Error& error, int status);
int status_of(ErrorCode code);

/// "Not Found"; "" for a status we never send.
std::string_view reason_of(int status);

/// The body as JSON: depth <= 32, Content-Type application/json, else an error (400, 415).
Result<boost::json::value> parse_json_body(const Request& request);

}  // namespace tracker::http

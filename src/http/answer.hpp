// The head of an answer as bytes: status line, framing, the headers that every answer has.
// Pure functions but for the clock that the caller asks.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace tracker::http {

enum class BodyFraming { sized, chunked, until_close };

struct AnswerContext {
  std::string_view request_id;
  std::string_view date;  ///< http_date()
  bool keep_alive = true;
  bool head_only = false;  ///< the request was HEAD
  BodyFraming framing = BodyFraming::sized;
};

/// Everything up to the empty line. Control characters in values become blanks.
std::string answer_head(const Response& response, const AnswerContext& context);

/// True if this answer's body goes over the wire at all.
bool has_body(const Response& response, const AnswerContext& context);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::time_t now);

/// True for 1 to 64 letters, digits, '-', '_' and '.': a request id from outside that we keep.
bool is_request_id(std::string_view text);

}  // namespace tracker::http

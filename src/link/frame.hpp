// Frames: how messages stand on a WebSocket. One JSON text each:
//   {"id":7,"type":"push","body":{…}}       local asks
//   {"id":7,"type":"answer","body":{…}}     the cloud answers
//   {"id":7,"type":"error","error":{…}}     or says why not
//   {"type":"hint","head":812}              the cloud: there is news; 0 = whatever you know
//   {"type":"observe","request":"a1b2"}     the cloud: look at the workbook now
// Pure functions; any bytes are safe input (depth <= 32).
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "domain/entry.hpp"

namespace tracker::link {

struct Frame {
  std::int64_t id = 0;
  std::string type;
  boost::json::value body;
  Error error;  ///< type "error"
  ChangeNumber head = 0;
  std::string request;
};

std::string request_frame(std::int64_t id, std::string_view type, boost::json::object body);
std::string answer_frame(std::int64_t id, boost::json::object body);
std::string error_frame(std::int64_t id, const Error& error);
std::string hint_frame(ChangeNumber head);
std::string observe_frame(std::string_view request);

Result<Frame> parse_frame(std::string_view text);

/// {"code","message","field"} as in every answer of ours; unknown codes become `otherwise`.
Error parse_error(const boost::json::value& json, ErrorCode otherwise);

/// JSON of bounded depth, or Error invalid_input.
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace tracker::link

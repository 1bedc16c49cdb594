// What came back over HTTP, as JSON of ours or as an Error in plain words. Pure functions.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "core/result.hpp"
#include "http/client.hpp"

namespace tracker::link {

/// The object of a 2xx answer. `url` is where it came from, for the sentence. Anything but JSON is
/// Error unavailable "tunnel answers HTML": a tunnel, a proxy or a host's own page spoke.
Result<boost::json::object> json_answer(const http::ClientResponse& answer, const std::string& url);

}  // namespace tracker::link

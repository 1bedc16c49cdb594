// Reading requests: JSON bodies, numbers in paths, versions in headers. Errors name the field.
// Pure functions.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/entry.hpp"
#include "http/message.hpp"

namespace tracker::cloud {

/// The path's ":id". Error not_found: no entry has such a name.
Result<std::int64_t> id_of(const http::Request& request);

/// The body as an object; {} if there is none and `may_be_empty`.
Result<boost::json::object> object_body(const http::Request& request, bool may_be_empty = false);

/// A text of a JSON object; nothing if it is missing or null, an error if it is no text or longer
/// than `length_max` bytes.
Result<std::optional<std::string>> text_in(const boost::json::object& object, std::string_view key,
                                           std::size_t length_max = 1024);
Result<std::optional<std::int64_t>> integer_in(const boost::json::object& object,
                                               std::string_view key);
Result<std::optional<bool>> flag_in(const boost::json::object& object, std::string_view key);
Result<std::optional<std::vector<std::string>>> texts_in(const boost::json::object& object,
                                                         std::string_view key);

/// A query parameter as a number between `least` and `most`; `otherwise` if it is missing.
Result<std::int64_t> number_in_query(const http::Request& request, std::string_view name,
                                     std::int64_t least, std::int64_t most, std::int64_t otherwise);

/// If-Match: "812", W/"812" or 812; nothing if it is missing or *.
Result<std::optional<ChangeNumber>> version_seen(const http::Request& request);

}  // namespace tracker::cloud

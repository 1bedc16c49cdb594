// Bytes as text for JSON and headers (RFC 4648 §4, padded, without line breaks). Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace tracker {

std::string base64(std::string_view bytes);

/// The way back; '' for what is no Base64.
std::string from_base64(std::string_view text);

}  // namespace tracker

// UTF-16 parts, as a few writers make them: read through UTF-8, never written. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tracker::workbook {

/// By byte order mark, or by "<?" in two bytes each.
bool is_utf16(std::string_view bytes);

/// REQUIRES: is_utf16(bytes). Lone surrogates become U+FFFD.
std::string utf8_from_utf16(std::string_view bytes);

}  // namespace tracker::workbook

// Texts as they stand in cells: "_xHHHH_" escapes, blanks that must be kept. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace tracker::workbook {

inline constexpr std::size_t cell_length_max = 32767;  ///< UTF-16 units, Excel's limit

/// "a_x000D_b" to "a\rb". Surrogate pairs join; a lone one becomes U+FFFD.
std::string decode_escapes(std::string_view text);

/// What XML can't hold becomes "_xHHHH_"; a text that looks like an escape is escaped itself.
std::string encode_escapes(std::string_view text);

/// True if <t> needs xml:space="preserve".
bool needs_preserve(std::string_view text);

/// "<t>…</t>" with prefix, escapes and entities.
std::string text_element(std::string_view prefix, std::string_view text);

std::size_t length_in_utf16(std::string_view text);

}  // namespace tracker::workbook

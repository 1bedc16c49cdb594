// Texts that others wrote and nobody checks cell by cell (who saved, columns of the studio's own),
// made fit to be stored: what they break is dropped, and nothing is refused for ever because of
// them. Pure functions; safe on any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tracker {

/// Of who saved the workbook; a longer name is cut.
inline constexpr std::size_t author_bytes_max = 200;

/// Without control characters but tab and line feed: a database refuses U+0000, and nobody means
/// the others.
std::string without_control_characters(std::string_view text);

/// The longest beginning of at most `bytes_max` bytes that ends between two characters.
std::string_view beginning(std::string_view text, std::size_t bytes_max);

}  // namespace tracker

// Text as both sides of the sync hold it: canonical UTF-8.
//
// The law behind it (design/sync.md §1): what a person typed on the page, written into a cell by
// us, loaded and saved by a spreadsheet program and read back gives the same canonical text. So the
// canonical form drops only what those programs cannot keep: CR, outer spaces, and the difference
// between composed and decomposed letters. Pure functions; safe on any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tracker {

/// True if `text` is well-formed UTF-8 without lone surrogates.
bool is_utf8(std::string_view text);

/// Canonical text: CR and CR LF become LF, NFC, no outer blanks (space, tab, LF). Ill-formed bytes
/// become U+FFFD. Everything else stays exactly ("001", "=1+1").
std::string canonical(std::string_view text);

/// Length in Unicode code points, as PostgreSQL counts VARCHAR(n). REQUIRES: is_utf8(text).
std::size_t length_in_characters(std::string_view text);

/// Case folded NFKC with runs of blanks, '_' and '-' as one space: for comparing header texts.
std::string folded(std::string_view text);

/// The first control character other than those in `allowed`, or npos.
std::size_t find_control_character(std::string_view text, std::string_view allowed);

}  // namespace tracker

// The format of .env files: NAME=value, one a line, as the guide shows them.
//
// `export NAME=value`, blank lines and # comments are understood; a value may stand in single
// quotes (exactly as written) or double quotes (\n, \t, \", \\ and \$ are escapes); without quotes
// it ends before blanks and a #. Nothing is expanded. Pure functions; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace tracker::cli {

inline constexpr std::size_t dotenv_bytes_max = 64 * 1024;

/// The last line of a name wins. `file` is the name for errors, which also name the line.
Result<std::map<std::string, std::string>> parse_dotenv(std::string_view text,
                                                        std::string_view file);

/// Text that parse_dotenv reads back as `values`, sorted by name.
std::string format_dotenv(const std::map<std::string, std::string>& values);

}  // namespace tracker::cli

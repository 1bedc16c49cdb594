// The log that a producer reads: one line an event, text on a terminal, JSON lines otherwise.
//
// Promises: control characters in any value are escaped, a line is written whole, secrets have no
// way in (see core/secret.hpp). Only shells log; pure cores return what they have to say. Safe on
// any thread once init() returned.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace tracker::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

/// Call once, before the first line. `role` stands in every line ("cloud", "local").
void init(Format format, Level level, std::string_view role);

void write(Level level, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::debug, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::info, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::warning, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::error, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace tracker::log

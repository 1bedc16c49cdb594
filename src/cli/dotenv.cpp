#include "cli/dotenv.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tracker::cli {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

char unescaped(char c) {
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  return c;
}

/// The value of a quoted text that starts at `text[0]`; nothing if its quote is not closed or
/// something other than a comment follows.
Result<std::string> quoted_value(std::string_view text, const std::string& where) {
  const char quote = text[0];
  std::string value;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != quote; ++i) {
    if (quote == '"' && text[i] == '\\' && i + 1 < text.size()) {
      value += unescaped(text[++i]);
    } else {
      value += text[i];
    }
  }
  if (i >= text.size()) {
    return fail(ErrorCode::invalid_input, fmt::format("the quote {} is not closed", quote),
                "end the value with the same quote on the same line", where);
  }
  const std::string_view rest = trimmed(text.substr(i + 1));
  if (!rest.empty() && rest[0] != '#') {
    return fail(ErrorCode::invalid_input, "text follows the closing quote",
                "put the whole value inside the quotes", where);
  }
  return value;
}

std::string plain_value(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#' && (i == 0 || blanks.contains(text[i - 1]))) {
      return std::string(trimmed(text.substr(0, i)));
    }
  }
  return std::string(text);
}

}  // namespace

Result<std::map<std::string, std::string>> parse_dotenv(std::string_view text,
                                                        std::string_view file) {
  if (text.size() > dotenv_bytes_max) {
    return fail(ErrorCode::too_large, "the settings file is larger than 64 KiB",
                "keep only lines NAME=value in it", std::string(file));
  }
  std::map<std::string, std::string> values;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::string where = fmt::format("{} line {}", file, number);
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    const std::size_t equals = line.find('=');
    const std::string_view name = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(name)) {
      return fail(ErrorCode::invalid_input, "a line of the settings file is not understood",
                  "expected NAME=value", where);
    }
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (!value.empty() && (value[0] == '"' || value[0] == '\'')) {
      TRY(values[std::string(name)], quoted_value(value, where));
    } else {
      values[std::string(name)] = plain_value(value);
    }
  }
  return values;
}

std::string format_dotenv(const std::map<std::string, std::string>& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    text += name + "=\"";
    for (char c : value) {
      if (c == '\n') {
        text += "\\n";
      } else {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
      }
    }
    text += "\"\n";
  }
  return text;
}

}  // namespace tracker::cli

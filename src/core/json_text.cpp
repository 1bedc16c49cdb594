#include "core/json_text.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

namespace tracker {
namespace {

namespace json = boost::json;

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      break;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case json::kind::int64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_int64());
      break;
    case json::kind::uint64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_uint64());
      break;
    case json::kind::double_:
      fmt::format_to(std::back_inserter(out), "{}", value.get_double());
      break;
    case json::kind::string:
      append_string(out, value.get_string());
      break;
    case json::kind::array: {
      char separator = '[';
      for (const json::value& one : value.get_array()) {
        out += separator;
        append(out, one);
        separator = ',';
      }
      out += separator == '[' ? "[]" : "]";
      break;
    }
    case json::kind::object: {
      char separator = '{';
      for (const auto& [key, member] : value.get_object()) {
        out += separator;
        append_string(out, key);
        out += ':';
        append(out, member);
        separator = ',';
      }
      out += separator == '{' ? "{}" : "}";
      break;
    }
  }
}

}  // namespace

std::string json_text(const json::value& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace tracker

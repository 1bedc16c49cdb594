#include "http/event_stream.hpp"

namespace tracker::http {
namespace {

/// A line break would end the field and start another.
std::string without_breaks(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != '\n' && c != '\r' && c != '\0') out += c;
  }
  return out;
}

}  // namespace

std::string event_text(std::string_view id, std::string_view event, std::string_view data) {
  std::string text;
  text.reserve(data.size() + id.size() + event.size() + 32);
  if (!id.empty()) text += "id: " + without_breaks(id) + "\n";
  if (!event.empty()) text += "event: " + without_breaks(event) + "\n";
  std::size_t start = 0;
  while (true) {
    const auto feed = data.find('\n', start);
    text += "data: ";
    text += without_breaks(data.substr(start, feed - start));
    text += '\n';
    if (feed == std::string_view::npos) break;
    start = feed + 1;
  }
  text += '\n';
  return text;
}

std::string comment_text(std::string_view text) { return ": " + without_breaks(text) + "\n\n"; }

}  // namespace tracker::http

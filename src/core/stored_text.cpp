#include "core/stored_text.hpp"

#include "core/text.hpp"

namespace tracker {

std::string without_control_characters(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t at = find_control_character(text, "\t\n");
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + (text[at] == '\xC2' ? 2 : 1));
  }
}

std::string_view beginning(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  while (bytes_max > 0 && continues(text[bytes_max])) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace tracker

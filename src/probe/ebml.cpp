#include "probe/ebml.hpp"

#include <algorithm>
#include <bit>

namespace tracker::probe {
namespace {

constexpr std::uint64_t element_head_max = 4 + 8;
constexpr std::uint64_t string_size_max = 64;

/// Length of the number in bytes, from its first one's leading zeros; 0 = none.
std::size_t length_of(Cursor cursor, std::size_t length_max) {
  const auto first = static_cast<unsigned char>(cursor.big(1));
  const auto length = static_cast<std::size_t>(std::countl_zero(first)) + 1;
  return cursor.ok() && length <= length_max ? length : 0;
}

}  // namespace

VariableNumber read_variable(Cursor& cursor) {
  const std::size_t length = length_of(cursor, 8);
  if (length == 0) {
    cursor.skip(cursor.left() + 1);
    return {};
  }
  const std::uint64_t mask = (std::uint64_t{1} << (7 * length)) - 1;
  const std::uint64_t value = cursor.big(length) & mask;
  return {value, value == mask};
}

std::optional<Element> read_element(FileBytes& bytes, std::uint64_t at) {
  if (at >= bytes.size()) return std::nullopt;
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size() - at, element_head_max));
  const auto window = bytes.window(at, count);
  if (!window) return std::nullopt;
  Cursor cursor(*window);
  const std::size_t id_length = length_of(cursor, 4);
  if (id_length == 0) return std::nullopt;
  Element element;
  element.id = cursor.big(id_length);
  const VariableNumber size = read_variable(cursor);
  if (!cursor.ok()) return std::nullopt;
  element.begin = at + cursor.position();
  element.end = size.unknown || size.value > UINT64_MAX - 1 - element.begin
                    ? UINT64_MAX
                    : element.begin + size.value;
  return element;
}

std::uint64_t read_unsigned(FileBytes& bytes, const Element& element) {
  const std::uint64_t size = element.end - element.begin;
  if (size > 8) return 0;
  const auto window = bytes.window(element.begin, static_cast<std::size_t>(size));
  return window ? Cursor(*window).big(window->size()) : 0;
}

std::string read_string(FileBytes& bytes, const Element& element) {
  const std::uint64_t size = element.end - element.begin;
  if (size > string_size_max) return {};
  const auto window = bytes.window(element.begin, static_cast<std::size_t>(size));
  if (!window) return {};
  std::string text(tag(*window));
  return text.substr(0, text.find('\0'));
}

}  // namespace tracker::probe

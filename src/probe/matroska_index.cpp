#include "probe/matroska_index.hpp"

#include <bit>
#include <optional>

namespace tracker::probe {
namespace {

constexpr std::uint64_t segment_id = 0x18538067;

struct Element {
  std::uint64_t id = 0;
  std::uint64_t data = 0;             ///< offset of its content
  std::optional<std::uint64_t> size;  ///< nothing = unknown
};

/// A number whose length stands in its first byte's leading zeros. `keep_marker`: as ids do.
std::optional<std::uint64_t> read_number(FileBytes& bytes, std::uint64_t& at, bool keep_marker,
                                         bool& all_ones) {
  const auto first = bytes.window(at, 1);
  if (!first || (*first)[0] == 0) return std::nullopt;
  const auto length = static_cast<std::size_t>(std::countl_zero((*first)[0])) + 1;
  const auto whole = bytes.window(at, length);
  if (!whole) return std::nullopt;
  at += length;
  const std::uint64_t value = big_endian(*whole);
  const std::uint64_t marker = std::uint64_t{1} << (7 * length);
  all_ones = (value & (marker - 1)) == marker - 1;
  return keep_marker ? value : value & (marker - 1);
}

std::optional<Element> read_element(FileBytes& bytes, std::uint64_t at) {
  Element element;
  bool all_ones = false;
  const auto id = read_number(bytes, at, true, all_ones);
  if (!id) return std::nullopt;
  const auto size = read_number(bytes, at, false, all_ones);
  if (!size) return std::nullopt;
  element.id = *id;
  element.data = at;
  if (!all_ones) element.size = *size;
  return element;
}

}  // namespace

bool matroska_is_cut(FileBytes& bytes) {
  const auto head = read_element(bytes, 0);
  if (!head || !head->size || *head->size > bytes.size()) return true;
  const auto segment = read_element(bytes, head->data + *head->size);
  if (!segment || segment->id != segment_id || !segment->size) return false;
  return *segment->size > bytes.size() - segment->data;
}

}  // namespace tracker::probe

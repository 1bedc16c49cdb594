// Elements of EBML (RFC 8794): an id, a size that may be unknown, and content. Blocking reads
// through FileBytes; nothing is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "probe/cursor.hpp"
#include "probe/file_bytes.hpp"

namespace tracker::probe {

struct Element {
  std::uint64_t id = 0;     ///< with its length marker, as the specification writes it
  std::uint64_t begin = 0;  ///< of the content
  std::uint64_t end = 0;    ///< behind it; UINT64_MAX = unknown, as live writers leave it
  bool size_is_unknown() const { return end == UINT64_MAX; }
};

/// A variable-length number (a size, a track number). `unknown`: all its bits are set.
/// The cursor fails if there is none.
struct VariableNumber {
  std::uint64_t value = 0;
  bool unknown = false;
};
VariableNumber read_variable(Cursor& cursor);

/// The element that begins at `at`; nothing at the file's end or where none can begin.
std::optional<Element> read_element(FileBytes& bytes, std::uint64_t at);

/// Contents; 0 or '' for what is too long or outside of the file. REQUIRES: a known size.
std::uint64_t read_unsigned(FileBytes& bytes, const Element& element);
std::string read_string(FileBytes& bytes, const Element& element);

}  // namespace tracker::probe

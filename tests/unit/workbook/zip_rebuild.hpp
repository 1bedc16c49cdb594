// The same zip archive as another program would have written it: every member's local header and
// its line of the directory, changed by the test, with all offsets right again.
#pragma once

#include <string>

#include "workbook/zip_directory.hpp"
#include "workbook/zip_layout.hpp"

namespace tracker::workbook {

/// `change(entry, place, local, line)`: `local` is the member from its header on, `line` its line
/// of the directory, which names `place`, where the member will stand.
template <class Change>
std::string rebuilt(const std::string& bytes, Change change) {
  const auto directory = parse_zip(bytes);
  std::string out;
  std::string lines;
  for (const ZipEntry& entry : directory->entries) {
    const std::uint64_t place = out.size();
    std::string local = bytes.substr(entry.local_offset, entry.span_end - entry.local_offset);
    std::string line = bytes.substr(entry.central_offset, entry.central_length);
    zip::put(line, 42, static_cast<std::uint32_t>(place));
    change(entry, place, local, line);
    out += local;
    lines += line;
  }
  std::string end = bytes.substr(directory->end_offset);
  zip::put(end, 12, static_cast<std::uint32_t>(lines.size()));
  zip::put(end, 16, static_cast<std::uint32_t>(out.size()));
  return out + lines + end;
}

}  // namespace tracker::workbook

// The directory of a zip archive, read with distrust: every offset is checked, entries may not
// overlap, and nothing is inflated that breaks a bound (design/security.md).
//
// Each entry's raw span reaches from its local header to the next local header (or the directory),
// so copying spans keeps data descriptors, extra fields and gaps byte for byte. Offsets are into
// the file's bytes. Pure; safe on any thread. Errors: corrupt, unsupported, too_large.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tracker::workbook {

inline constexpr std::size_t entries_max = 5000;
inline constexpr std::uint64_t inflated_total_max = 512ULL << 20U;
inline constexpr std::uint64_t ratio_max = 200;
inline constexpr std::uint64_t ratio_free_size = 1ULL << 20U;

enum class ZipMethod : std::uint16_t { stored = 0, deflated = 8 };

struct ZipEntry {
  std::string name;  ///< as it stands
  std::string key;   ///< lower case, '/' between folders: how parts are looked up
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::size_t local_offset = 0;
  std::size_t data_offset = 0;
  std::size_t span_end = 0;
  std::size_t central_offset = 0;
  std::size_t central_length = 0;
};

struct ZipDirectory {
  std::vector<ZipEntry> entries;      ///< in the directory's order
  std::vector<std::size_t> physical;  ///< indexes of `entries` by local offset
  std::size_t first_local = 0;        ///< bytes before it are a prefix, kept as it is
  std::size_t directory_offset = 0;
  std::size_t directory_end = 0;
  std::size_t end_offset = 0;        ///< of the end record
  std::uint64_t declared_shift = 0;  ///< real position minus declared one (a prefix was put before)
  std::optional<std::size_t> end64_offset;  ///< of the zip64 end record, where there is one
};

/// Lower case ASCII and '/' for '\'.
std::string part_key(std::string_view name);

Result<ZipDirectory> parse_zip(std::string_view bytes);

/// The raw bytes of an entry as they are stored.
inline std::string_view stored_bytes(std::string_view bytes, const ZipEntry& entry) {
  return bytes.substr(entry.data_offset, entry.compressed_size);
}

/// Inflated and compared with its checksum.
Result<std::string> read_entry(std::string_view bytes, const ZipEntry& entry);

}  // namespace tracker::workbook

#include "workbook/zip_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "workbook/deflate.hpp"
#include "workbook/zip_layout.hpp"

namespace tracker::workbook {
namespace {

using namespace zip;

constexpr std::size_t comment_max = 0xFFFF;
constexpr std::string_view ole_magic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
constexpr const char* wait_hint = "the file may still be being saved; it is read again soon";

struct End {
  std::uint64_t count = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::size_t position = 0;         ///< of the end record
  std::size_t directory_limit = 0;  ///< the directory ends here
  bool zip64 = false;
};

std::unexpected<Error> broken(std::string what) {
  return fail(ErrorCode::corrupt, "the workbook is not a whole zip file: " + std::move(what),
              wait_hint);
}

Result<End> find_end(std::string_view bytes) {
  if (bytes.size() < end_size) return broken("too short");
  const std::size_t lowest =
      bytes.size() > end_size + comment_max ? bytes.size() - end_size - comment_max : 0;
  for (std::size_t at = bytes.size() - end_size + 1; at-- > lowest;) {
    if (get<std::uint32_t>(bytes, at) != end_signature) continue;
    const auto comment = get<std::uint16_t>(bytes, at + 20);
    if (at + end_size + comment > bytes.size()) continue;
    End end;
    end.count = get<std::uint16_t>(bytes, at + 10);
    end.size = get<std::uint32_t>(bytes, at + 12);
    end.offset = get<std::uint32_t>(bytes, at + 16);
    end.position = end.directory_limit = at;
    if (get<std::uint16_t>(bytes, at + 4) != 0 && end.offset != in_zip64) {
      return fail(ErrorCode::unsupported, "the zip file is split into several volumes");
    }
    return end;
  }
  return broken("its end record is missing");
}

/// Z3: the 64-bit end record, where a locator stands right before the end record.
Status widen_by_zip64(std::string_view bytes, End& end) {
  if (end.position < locator64_size) return {};
  const std::size_t locator = end.position - locator64_size;
  if (get<std::uint32_t>(bytes, locator) != locator64_signature) return {};
  // The record's declared place may be off by a prefix; it ends where the locator begins.
  std::size_t at = get<std::uint64_t>(bytes, locator + 8);
  if (at > bytes.size() || at + end64_size > locator ||
      get<std::uint32_t>(bytes, at) != end64_signature) {
    if (locator < end64_size) return broken("its zip64 end record is missing");
    at = locator - end64_size;
    if (get<std::uint32_t>(bytes, at) != end64_signature) {
      return broken("its zip64 end record is missing");
    }
  }
  end.count = get<std::uint64_t>(bytes, at + 32);
  end.size = get<std::uint64_t>(bytes, at + 40);
  end.offset = get<std::uint64_t>(bytes, at + 48);
  end.directory_limit = at;
  end.zip64 = true;
  return {};
}

/// Sizes and offset of a directory line whose 32-bit fields say "see the extra field".
Status read_zip64_extra(std::string_view extra, ZipEntry& entry, std::uint64_t& offset) {
  const bool wants_size = entry.size == in_zip64;
  const bool wants_compressed = entry.compressed_size == in_zip64;
  const bool wants_offset = offset == in_zip64;
  if (!wants_size && !wants_compressed && !wants_offset) return {};
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const auto id = get<std::uint16_t>(extra, at);
    const std::size_t length = get<std::uint16_t>(extra, at + 2);
    at += 4;
    if (length > extra.size() - at) break;
    if (id == zip64_extra) {
      std::string_view field = extra.substr(at, length);
      auto take = [&field](bool wanted, std::uint64_t& value) {
        if (!wanted) return true;
        if (field.size() < 8) return false;
        value = get<std::uint64_t>(field, 0);
        field.remove_prefix(8);
        return true;
      };
      if (take(wants_size, entry.size) && take(wants_compressed, entry.compressed_size) &&
          take(wants_offset, offset)) {
        return {};
      }
      return broken("a zip64 field is too short");
    }
    at += length;
  }
  return broken("a zip64 field is missing");
}

Status check_method(std::string_view bytes, std::size_t at, const ZipEntry& entry) {
  if ((get<std::uint16_t>(bytes, at + 8) & flag_encrypted) != 0) {
    return fail(ErrorCode::unsupported, "the zip file is encrypted", {}, entry.name);
  }
  const auto method = get<std::uint16_t>(bytes, at + 10);
  if (method != 0 && method != 8) {
    return fail(ErrorCode::unsupported,
                fmt::format("compression method {} is not one of spreadsheet programs", method), {},
                entry.name);
  }
  return {};
}

Status check_bounds(const ZipEntry& entry, std::uint64_t& total) {
  total += entry.size;
  if (entry.size > inflated_total_max || total > inflated_total_max) {
    return fail(ErrorCode::too_large, "the workbook's parts are larger than 512 MiB in all", {},
                entry.name);
  }
  if (entry.size > ratio_free_size &&
      entry.size / ratio_max > std::max<std::uint64_t>(entry.compressed_size, 1)) {
    return fail(ErrorCode::too_large,
                "a part inflates to more than 200 times its size: this looks like a zip bomb", {},
                entry.name);
  }
  if (entry.method == ZipMethod::stored && entry.size != entry.compressed_size) {
    return broken("a stored part has two sizes");
  }
  return {};
}

Result<ZipEntry> read_line(std::string_view bytes, const End& end, std::size_t at,
                           std::uint64_t shift, std::uint64_t& total) {
  if (at + central_size > end.directory_limit ||
      get<std::uint32_t>(bytes, at) != central_signature) {
    return broken("its directory is cut off");
  }
  ZipEntry entry;
  const std::size_t name_length = get<std::uint16_t>(bytes, at + 28);
  const std::size_t extra_length = get<std::uint16_t>(bytes, at + 30);
  const std::size_t comment_length = get<std::uint16_t>(bytes, at + 32);
  entry.central_offset = at;
  entry.central_length = central_size + name_length + extra_length + comment_length;
  if (at + entry.central_length > end.directory_limit) return broken("its directory is cut off");
  entry.name = bytes.substr(at + central_size, name_length);
  entry.key = part_key(entry.name);
  CHECK_OK(check_method(bytes, at, entry));
  entry.method = ZipMethod{get<std::uint16_t>(bytes, at + 10)};
  entry.crc = get<std::uint32_t>(bytes, at + 16);
  entry.compressed_size = get<std::uint32_t>(bytes, at + 20);
  entry.size = get<std::uint32_t>(bytes, at + 24);
  std::uint64_t offset = get<std::uint32_t>(bytes, at + 42);
  CHECK_OK(
      read_zip64_extra(bytes.substr(at + central_size + name_length, extra_length), entry, offset));
  CHECK_OK(check_bounds(entry, total));
  offset += shift;
  if (offset > end.directory_limit || offset + local_size > end.directory_limit ||
      get<std::uint32_t>(bytes, offset) != local_signature) {
    return broken("a local header is missing");
  }
  entry.local_offset = offset;
  entry.data_offset = offset + local_size + get<std::uint16_t>(bytes, offset + 26) +
                      get<std::uint16_t>(bytes, offset + 28);
  return entry;
}

Status order_and_check_overlaps(ZipDirectory& directory) {
  for (std::size_t i = 0; i < directory.entries.size(); ++i) directory.physical.push_back(i);
  std::ranges::sort(directory.physical, {},
                    [&](std::size_t i) { return directory.entries[i].local_offset; });
  directory.first_local = directory.directory_offset;
  std::size_t limit = directory.directory_offset;
  for (std::size_t n = directory.physical.size(); n-- > 0;) {
    ZipEntry& entry = directory.entries[directory.physical[n]];
    entry.span_end = limit;
    if (entry.data_offset > limit || entry.compressed_size > limit - entry.data_offset) {
      return broken("its parts overlap or are cut off");
    }
    limit = directory.first_local = entry.local_offset;
  }
  return {};
}

}  // namespace

std::string part_key(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c == '\\') c = '/';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return key;
}

Result<ZipDirectory> parse_zip(std::string_view bytes) {
  if (bytes.starts_with(ole_magic)) {
    return fail(ErrorCode::unsupported,
                "the workbook is password-protected or an old .xls file named .xlsx",
                "remove the password, or save it as .xlsx");
  }
  TRY(End end, find_end(bytes));
  CHECK_OK(widen_by_zip64(bytes, end));
  if (end.count > entries_max) {
    return fail(ErrorCode::too_large,
                fmt::format("the workbook has more than {} parts", entries_max));
  }
  if (end.size > end.directory_limit) return broken("its directory is cut off");
  ZipDirectory directory;
  directory.directory_offset = end.directory_limit - end.size;
  if (end.offset > directory.directory_offset) return broken("its beginning is missing");
  directory.declared_shift = directory.directory_offset - end.offset;
  directory.end_offset = end.position;
  if (end.zip64) directory.end64_offset = end.directory_limit;
  std::size_t at = directory.directory_offset;
  std::uint64_t total = 0;
  std::set<std::string_view> keys;
  directory.entries.reserve(end.count);
  for (std::uint64_t i = 0; i < end.count; ++i) {
    TRY(ZipEntry entry, read_line(bytes, end, at, directory.declared_shift, total));
    at += entry.central_length;
    directory.entries.push_back(std::move(entry));
    if (!keys.insert(directory.entries.back().key).second) {
      return fail(ErrorCode::unsupported, "two parts of the workbook have the same name", {},
                  directory.entries.back().name);
    }
  }
  directory.directory_end = at;
  CHECK_OK(order_and_check_overlaps(directory));
  return directory;
}

Result<std::string> read_entry(std::string_view bytes, const ZipEntry& entry) {
  if (entry.size == 0 && entry.crc == 0) return std::string();  // some writers store no stream
  const std::string_view stored = stored_bytes(bytes, entry);
  Result<std::string> content = entry.method == ZipMethod::stored
                                    ? Result<std::string>(std::string(stored))
                                    : inflate(stored, entry.size);
  if (!content || crc32(*content) != entry.crc) {
    return fail(ErrorCode::corrupt, "a part of the workbook is damaged", wait_hint, entry.name);
  }
  return content;
}

}  // namespace tracker::workbook

#include "workbook/zip_rewrite.hpp"

#include "core/large_memory.hpp"
#include "workbook/deflate.hpp"
#include "workbook/zip_layout.hpp"

namespace tracker::workbook {
namespace {

using namespace zip;

/// What the directory must say about a member now.
struct Placed {
  bool removed = false;
  bool changed = false;
  std::uint32_t crc = 0;
  std::uint32_t compressed_size = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;
};

/// An extra field list without its zip64 field: the sizes of a changed part are 32-bit.
std::string without_zip64(std::string_view extra) {
  std::string kept;
  std::size_t at = 0;
  while (at + 4 <= extra.size()) {
    const std::size_t length = get<std::uint16_t>(extra, at + 2);
    if (length > extra.size() - at - 4) break;
    if (get<std::uint16_t>(extra, at) != zip64_extra) kept += extra.substr(at, 4 + length);
    at += 4 + length;
  }
  kept += extra.substr(at);
  return kept;
}

/// Header and body at the end of `out`; the header's numbers are known when the body stands there.
Placed write_changed(std::string& out, std::string_view bytes, const ZipEntry& entry,
                     const ZipChange& change, std::vector<DeflatedPiece>& pieces) {
  Placed placed;
  placed.changed = true;
  for (const std::string_view chunk : *change.content) {
    placed.size += static_cast<std::uint32_t>(chunk.size());
  }
  const std::size_t name_length = get<std::uint16_t>(bytes, entry.local_offset + 26);
  std::string header(bytes.substr(entry.local_offset, local_size + name_length));
  const std::string extra = without_zip64(bytes.substr(
      entry.local_offset + header.size(), get<std::uint16_t>(bytes, entry.local_offset + 28)));
  const auto flags = get<std::uint16_t>(header, 6);
  put(header, 6, static_cast<std::uint16_t>(flags & ~flag_descriptor));
  put(header, 28, static_cast<std::uint16_t>(extra.size()));
  const std::size_t header_begin = out.size();
  out += header;
  out += extra;
  const std::size_t body_begin = out.size();
  if (entry.method == ZipMethod::stored) {
    for (const std::string_view chunk : *change.content) out += chunk;
    placed.crc = crc32(std::string_view(out).substr(body_begin));
  } else {
    Deflated data = deflate(out, *change.content, change.before);
    pieces = std::move(data.pieces);
    placed.crc = data.crc;
  }
  placed.compressed_size = static_cast<std::uint32_t>(out.size() - body_begin);
  put(out, header_begin + 14, placed.crc);
  put(out, header_begin + 18, placed.compressed_size);
  put(out, header_begin + 22, placed.size);
  return placed;
}

/// A directory line of an untouched member whose local header moved.
std::string moved_line(std::string_view bytes, const ZipEntry& entry, std::uint64_t offset) {
  std::string line(bytes.substr(entry.central_offset, entry.central_length));
  if (get<std::uint32_t>(line, 42) != in_zip64) {
    put(line, 42, static_cast<std::uint32_t>(offset));
    return line;
  }
  std::size_t at = central_size + get<std::uint16_t>(line, 28);
  const std::size_t end = at + get<std::uint16_t>(line, 30);
  while (at + 4 <= end) {
    if (get<std::uint16_t>(line, at) == zip64_extra) {
      // size and compressed size stand before the offset, each only if its short field is full
      const std::size_t before = (get<std::uint32_t>(line, 24) == in_zip64 ? 8U : 0U) +
                                 (get<std::uint32_t>(line, 20) == in_zip64 ? 8U : 0U);
      put(line, at + 4 + before, offset);
      break;
    }
    at += 4U + get<std::uint16_t>(line, at + 2);
  }
  return line;
}

std::string changed_line(std::string_view bytes, const ZipEntry& entry, const Placed& placed) {
  const std::string_view old = bytes.substr(entry.central_offset, entry.central_length);
  const std::size_t name_length = get<std::uint16_t>(old, 28);
  const std::size_t extra_length = get<std::uint16_t>(old, 30);
  std::string line(old.substr(0, central_size + name_length));
  const std::string extra = without_zip64(old.substr(line.size(), extra_length));
  put(line, 8, static_cast<std::uint16_t>(get<std::uint16_t>(line, 8) & ~flag_descriptor));
  put(line, 16, placed.crc);
  put(line, 20, placed.compressed_size);
  put(line, 24, placed.size);
  put(line, 30, static_cast<std::uint16_t>(extra.size()));
  put(line, 42, static_cast<std::uint32_t>(placed.offset));
  line += extra;
  line += old.substr(central_size + name_length + extra_length);
  return line;
}

/// A member that was not there before; returns its directory line. Time stamp: 1980-01-01, as
/// Excel writes it.
std::string add_member(std::string& out, const ZipAddition& addition, std::uint64_t shift) {
  constexpr std::uint16_t version = 20;
  constexpr std::uint16_t first_day = 0x0021;
  const std::string_view content = addition.content;
  std::string body;
  const Deflated data = deflate(body, {&content, 1});
  const auto offset = static_cast<std::uint32_t>(out.size() - shift);
  std::string common;  // version needed … extra length: the same in both headers
  add(common, version);
  add(common, std::uint16_t{0});
  add(common, std::uint16_t{8});
  add(common, std::uint16_t{0});
  add(common, first_day);
  add(common, data.crc);
  add(common, static_cast<std::uint32_t>(body.size()));
  add(common, static_cast<std::uint32_t>(addition.content.size()));
  add(common, static_cast<std::uint16_t>(addition.name.size()));
  add(common, std::uint16_t{0});
  add(out, local_signature);
  out += common;
  out += addition.name;
  out += body;
  std::string line;
  add(line, central_signature);
  add(line, version);
  line += common;
  line.append(10, '\0');  // comment length, disk, both attributes
  add(line, offset);
  line += addition.name;
  return line;
}

void add_end(std::string& out, std::string_view bytes, const ZipDirectory& directory,
             std::uint64_t offset, std::uint64_t count) {
  const std::uint64_t size = out.size() - offset;
  const std::uint64_t declared_offset = offset - directory.declared_shift;
  std::string end(bytes.substr(directory.end_offset));
  if (directory.end64_offset) {
    std::string middle(
        bytes.substr(*directory.end64_offset, directory.end_offset - *directory.end64_offset));
    const std::size_t locator = middle.size() - locator64_size;
    put(middle, locator + 8, std::uint64_t{out.size() - directory.declared_shift});
    put(middle, 24, count);
    put(middle, 32, count);
    put(middle, 40, size);
    put(middle, 48, declared_offset);
    out += middle;
  }
  auto replace = [&end](std::size_t at, std::uint64_t value, auto full) {
    using Number = decltype(full);
    // a full field points to the zip64 record: it stays full
    if (get<Number>(end, at) != full) put(end, at, static_cast<Number>(value));
  };
  constexpr std::uint16_t full16 = 0xFFFF;
  replace(8, count, full16);
  replace(10, count, full16);
  replace(12, size, in_zip64);
  replace(16, declared_offset, in_zip64);
  out += end;
}

/// About as long as the new archive gets: it is written without being moved.
std::size_t size_guess(std::string_view bytes, const std::vector<ZipChange>& changes) {
  std::size_t size = bytes.size() + bytes.size() / 8;
  for (const ZipChange& change : changes) {
    if (!change.content || change.before.pieces != nullptr) continue;  // of about the same size
    for (const std::string_view chunk : *change.content) size += deflated_size_guess(chunk.size());
  }
  return size;
}

}  // namespace

RewrittenZip rewrite_zip(std::string_view bytes, const ZipDirectory& directory,
                         const std::vector<ZipChange>& changes,
                         const std::vector<ZipAddition>& additions) {
  std::vector<const ZipChange*> change_of(directory.entries.size(), nullptr);
  for (const ZipChange& change : changes) change_of[change.entry] = &change;
  std::vector<Placed> placed(directory.entries.size());
  RewrittenZip result;
  result.pieces.resize(changes.size());
  std::string& out = result.bytes;
  reserve_large(out, size_guess(bytes, changes));
  out += bytes.substr(0, directory.first_local);
  for (std::size_t index : directory.physical) {
    const ZipEntry& entry = directory.entries[index];
    const ZipChange* change = change_of[index];
    const std::uint64_t offset = out.size();
    if (change == nullptr) {
      out += bytes.substr(entry.local_offset, entry.span_end - entry.local_offset);
    } else if (change->content) {
      std::vector<DeflatedPiece>& pieces =
          result.pieces[static_cast<std::size_t>(change - changes.data())];
      placed[index] = write_changed(out, bytes, entry, *change, pieces);
    } else {
      placed[index].removed = true;
    }
    placed[index].offset = offset;
  }
  std::string added_lines;
  for (const ZipAddition& addition : additions) {
    added_lines += add_member(out, addition, directory.declared_shift);
  }
  const std::uint64_t directory_offset = out.size();
  std::uint64_t count = additions.size();
  for (std::size_t i = 0; i < directory.entries.size(); ++i) {
    if (placed[i].removed) continue;
    ++count;
    // Offsets are declared as before: relative to where the archive says it begins.
    placed[i].offset -= directory.declared_shift;
    out += placed[i].changed ? changed_line(bytes, directory.entries[i], placed[i])
                             : moved_line(bytes, directory.entries[i], placed[i].offset);
  }
  out += added_lines;
  add_end(out, bytes, directory, directory_offset, count);
  return result;
}

}  // namespace tracker::workbook

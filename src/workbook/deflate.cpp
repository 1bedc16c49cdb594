#include "workbook/deflate.hpp"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <unordered_map>

#include "core/large_memory.hpp"

namespace tracker::workbook {
namespace {

constexpr std::size_t piece_size = 64U << 10U;
/// How far from where it is looked for a piece may stand: a longer insertion costs compressing.
constexpr std::size_t search_distance = 4096;
constexpr std::size_t search_key_length = 64;
constexpr std::string_view empty_last_block("\x03\x00", 2);

using Decompressor =
    std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>;

/// A few writers leave the last block open; zlib gives what there is, libdeflate nothing.
bool inflate_open_ended(std::string_view compressed, std::string& out, std::size_t size) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
  out.resize(size);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  const int outcome = ::inflate(&stream, Z_SYNC_FLUSH);
  const bool whole = (outcome == Z_OK || outcome == Z_STREAM_END || outcome == Z_BUF_ERROR) &&
                     stream.avail_out == 0;
  inflateEnd(&stream);
  return whole;
}

class Deflater {
 public:
  explicit Deflater(std::string& out) : out_(out), tables_(new std::uint8_t[tables_size]) {}

  void begin_chunk() { first_piece_ = result_.pieces.size(); }

  /// Compresses text[from, to) of the chunk in pieces of about the same size. A crumb joins the
  /// piece before it, or a text that grows at its end would fall into crumbs.
  void add(std::string_view text, std::size_t from, std::size_t to) {
    if (from < to && to - from < piece_size / 2 && result_.pieces.size() > first_piece_) {
      from -= result_.pieces.back().size;
      out_.resize(out_.size() - result_.pieces.back().stored_size);
      result_.pieces.pop_back();
    }
    std::size_t left = std::max<std::size_t>((to - from + piece_size / 2) / piece_size, 1);
    for (; from < to; --left) {
      const std::string_view part = text.substr(from, (to - from) / left);
      from += part.size();
      const std::size_t before = out_.size();
      compress(part);
      result_.pieces.push_back({static_cast<std::uint32_t>(part.size()),
                                static_cast<std::uint32_t>(out_.size() - before), crc32(part)});
    }
  }

  void copy_all(std::span<const DeflatedPiece> pieces, std::string_view compressed) {
    out_ += compressed;
    result_.pieces.insert(result_.pieces.end(), pieces.begin(), pieces.end());
  }

  Deflated finish() {
    out_ += empty_last_block;
    for (const DeflatedPiece& piece : result_.pieces) {
      result_.crc = static_cast<std::uint32_t>(::crc32_combine(result_.crc, piece.crc, piece.size));
    }
    return std::move(result_);
  }

 private:
  static constexpr std::size_t tables_size = ISAL_DEF_LVL1_DEFAULT;

  void compress(std::string_view part) {
    const std::size_t before = out_.size();
    const std::size_t bound = part.size() + part.size() / 1024 + 1024;  // stored blocks at worst
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.level = 1;
    stream.level_buf = tables_.get();
    stream.level_buf_size = tables_size;
    stream.flush = FULL_FLUSH;
    stream.end_of_stream = 0;
    stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(part.data()));
    stream.avail_in = static_cast<std::uint32_t>(part.size());
    out_.resize_and_overwrite(before + bound, [&](char* target, std::size_t) {
      stream.next_out = reinterpret_cast<std::uint8_t*>(target) + before;
      stream.avail_out = static_cast<std::uint32_t>(bound);
      // every argument is ours and the room suffices: an error would be a bug in one of the two
      if (isal_deflate_stateless(&stream) != COMP_OK || stream.avail_in != 0) std::abort();
      return before + stream.total_out;
    });
  }

  std::string& out_;
  std::unique_ptr<std::uint8_t[]> tables_;
  Deflated result_;
  std::size_t first_piece_ = 0;  // of the chunk
};

/// A chunk as it was deflated before.
struct OldChunk {
  std::string_view text;
  std::span<const DeflatedPiece> pieces;
  std::string_view bytes;
};

std::vector<OldChunk> chunks_of(const DeflatedBefore& before) {
  std::vector<OldChunk> chunks;
  if (before.pieces == nullptr) return chunks;
  std::span<const DeflatedPiece> pieces = *before.pieces;
  std::string_view bytes = before.bytes;
  for (const std::string_view text : before.chunks) {
    std::size_t count = 0;
    std::size_t stored = 0;
    for (std::size_t size = 0; size < text.size() && count < pieces.size(); ++count) {
      size += pieces[count].size;
      stored += pieces[count].stored_size;
    }
    chunks.push_back({text, pieces.first(count), bytes.substr(0, stored)});
    pieces = pieces.subspan(count);
    bytes.remove_prefix(stored);
  }
  return chunks;
}

/// Where `piece` stands in `text`, near `expected` and not before `at`; npos if nowhere.
std::size_t find_near(std::string_view text, std::string_view piece, std::size_t at,
                      std::size_t expected) {
  if (expected + piece.size() <= text.size() && text.substr(expected, piece.size()) == piece) {
    return expected;
  }
  const std::string_view key = piece.substr(0, search_key_length);
  const std::size_t end = std::min(expected + search_distance, text.size());
  std::size_t from = std::max(at, expected - std::min(expected, search_distance));
  while (from < end) {
    const std::size_t found = text.substr(0, end).find(key, from);
    if (found == std::string_view::npos) break;
    if (text.substr(found, piece.size()) == piece) return found;
    from = found + 1;
  }
  return std::string_view::npos;
}

/// Copies the pieces of the old chunk that the text still holds.
void add_changed(Deflater& out, std::string_view text, const OldChunk& old) {
  std::size_t at = 0;  // `text` is done up to here
  std::size_t expected = 0;
  std::size_t old_at = 0;
  std::size_t stored_at = 0;
  for (const DeflatedPiece& piece : old.pieces) {
    const std::size_t found = find_near(text, old.text.substr(old_at, piece.size), at, expected);
    if (found != std::string_view::npos) {
      out.add(text, at, found);
      out.copy_all({&piece, 1}, old.bytes.substr(stored_at, piece.stored_size));
      at = expected = found;
      at += piece.size;
    }
    expected += piece.size;
    old_at += piece.size;
    stored_at += piece.stored_size;
  }
  out.add(text, at, text.size());
}

}  // namespace

Result<std::string> inflate(std::string_view compressed, std::size_t size) {
  const Decompressor engine(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (!engine) return fail(ErrorCode::busy, "no memory to inflate");
  std::string out;
  libdeflate_result outcome = LIBDEFLATE_BAD_DATA;
  out.resize_and_overwrite(size, [&](char* target, std::size_t room) {
    prefer_large_pages(target, room);
    outcome = libdeflate_deflate_decompress(engine.get(), compressed.data(), compressed.size(),
                                            target, room, nullptr);
    return outcome == LIBDEFLATE_SUCCESS ? room : 0;
  });
  if (outcome != LIBDEFLATE_SUCCESS && !inflate_open_ended(compressed, out, size)) {
    return fail(ErrorCode::corrupt, "compressed data is broken");
  }
  return out;
}

Deflated deflate(std::string& target, Chunks chunks, const DeflatedBefore& before) {
  Deflater out(target);
  const std::vector<OldChunk> old = chunks_of(before);
  std::unordered_map<const char*, const OldChunk*> by_place;
  for (const OldChunk& chunk : old) by_place[chunk.text.data()] = &chunk;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const std::string_view text = chunks[i];
    out.begin_chunk();
    const auto same = by_place.find(text.data());
    if (same != by_place.end() && same->second->text.size() == text.size()) {
      out.copy_all(same->second->pieces, same->second->bytes);
    } else if (!old.empty() && (i == 0 || i + 1 == chunks.size())) {
      add_changed(out, text, i == 0 ? old.front() : old.back());
    } else {
      out.add(text, 0, text.size());
    }
  }
  return out.finish();
}

std::uint32_t crc32(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace tracker::workbook

#include "workbook/deflate.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <memory>

namespace tracker::workbook {
namespace {

constexpr int fast_level = 1;

using Decompressor =
    std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>;
using Compressor = std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)>;

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

}  // namespace

Result<std::string> inflate(std::string_view compressed, std::size_t size) {
  const Decompressor engine(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (!engine) return fail(ErrorCode::busy, "no memory to inflate");
  std::string out;
  libdeflate_result outcome = LIBDEFLATE_BAD_DATA;
  out.resize_and_overwrite(size, [&](char* target, std::size_t room) {
    outcome = libdeflate_deflate_decompress(engine.get(), compressed.data(), compressed.size(),
                                            target, room, nullptr);
    return outcome == LIBDEFLATE_SUCCESS ? room : 0;
  });
  if (outcome != LIBDEFLATE_SUCCESS && !inflate_open_ended(compressed, out, size)) {
    return fail(ErrorCode::corrupt, "compressed data is broken");
  }
  return out;
}

std::string deflate(std::string_view bytes) {
  const Compressor engine(libdeflate_alloc_compressor(fast_level), &libdeflate_free_compressor);
  std::string out;
  if (!engine) return out;
  out.resize_and_overwrite(libdeflate_deflate_compress_bound(engine.get(), bytes.size()),
                           [&](char* target, std::size_t room) {
                             return libdeflate_deflate_compress(engine.get(), bytes.data(),
                                                                bytes.size(), target, room);
                           });
  return out;
}

std::uint32_t crc32(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace tracker::workbook

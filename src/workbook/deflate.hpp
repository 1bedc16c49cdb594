// Deflate, inflate and CRC-32 of whole buffers. Inflating is libdeflate's; deflating is ISA-L's, in
// pieces that stand alone (a full flush ends each), so that a text of which little changed costs
// little: pieces that are the same are copied, only the others are compressed anew. Pure; safe on
// any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tracker::workbook {

/// Exactly `size` bytes, or `corrupt`: a stream that lies about its length never gets more memory.
Result<std::string> inflate(std::string_view compressed, std::size_t size);

/// A part of a text that was deflated by itself.
struct DeflatedPiece {
  std::uint32_t size = 0;         ///< of the text
  std::uint32_t stored_size = 0;  ///< of its compressed bytes
  std::uint32_t crc = 0;
};

struct Deflated {
  std::vector<DeflatedPiece> pieces;  ///< all of the text
  std::uint32_t crc = 0;              ///< of the text
};

/// A text stands in chunks, one after another; no piece reaches across them.
using Chunks = std::span<const std::string_view>;

/// An earlier text and what deflate() made of it; without pieces if somebody else deflated it.
struct DeflatedBefore {
  std::vector<std::string_view> chunks;
  std::string_view bytes;
  const std::vector<DeflatedPiece>* pieces = nullptr;
};

/// Raw deflate at a level where a patch need not wait for it: the pieces in order, and an empty
/// last block, at the end of `out`. Chunks that are the same memory as one before are copied
/// without a look; the first and the last are compared with those before.
Deflated deflate(std::string& out, Chunks chunks, const DeflatedBefore& before = {});

/// About as many bytes as deflate() makes of a text of this size.
constexpr std::size_t deflated_size_guess(std::size_t size) { return size / 4 + 1024; }

std::uint32_t crc32(std::string_view bytes);

}  // namespace tracker::workbook

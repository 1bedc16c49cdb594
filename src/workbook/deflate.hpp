// Deflate, inflate and CRC-32 of whole buffers through libdeflate. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace tracker::workbook {

/// Exactly `size` bytes, or `corrupt`: a stream that lies about its length never gets more memory.
Result<std::string> inflate(std::string_view compressed, std::size_t size);

/// Raw deflate at level 1: the hot path waits for it.
std::string deflate(std::string_view bytes);

std::uint32_t crc32(std::string_view bytes);

}  // namespace tracker::workbook

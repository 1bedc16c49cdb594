// Digests: SHA-256 where somebody might cheat (chain, push hash, signatures), XXH3-128 where only
// chance is the enemy (file versions, media). Pure functions; safe on any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tracker {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

/// Lower-case hexadecimal.
std::string hex(std::string_view bytes);
std::string hex(const Sha256& digest);

/// XXH3-128 of a file's bytes, as 32 hexadecimal digits.
std::string content_digest(std::string_view bytes);

/// True if both are equal, in a time that depends only on `given`'s length.
bool equal_in_constant_time(std::string_view given, std::string_view expected);

}  // namespace tracker

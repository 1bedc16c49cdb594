#include "core/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

namespace tracker {

Sha256 sha256(std::string_view bytes) {
  Sha256 out{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, EVP_sha256(), nullptr);
  return out;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256 out{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &length);
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char c : bytes) {
    out += digits[c >> 4U];
    out += digits[c & 15U];
  }
  return out;
}

std::string hex(const Sha256& digest) {
  return hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string content_digest(std::string_view bytes) {
  XXH128_canonical_t canonical_form;
  XXH128_canonicalFromHash(&canonical_form, XXH3_128bits(bytes.data(), bytes.size()));
  return hex(std::string_view(reinterpret_cast<const char*>(canonical_form.digest),
                              sizeof canonical_form.digest));
}

bool equal_in_constant_time(std::string_view given, std::string_view expected) {
  const Sha256 a = sha256(given);
  const Sha256 b = sha256(expected);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tracker

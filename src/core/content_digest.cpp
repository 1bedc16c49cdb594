// Apart from digest.cpp, so that who needs this one only is not linked to OpenSSL.
#include <xxhash.h>

#include "core/digest.hpp"

namespace tracker {

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

std::string content_digest(std::string_view bytes) {
  XXH128_canonical_t canonical_form;
  XXH128_canonicalFromHash(&canonical_form, XXH3_128bits(bytes.data(), bytes.size()));
  return hex(std::string_view(reinterpret_cast<const char*>(canonical_form.digest),
                              sizeof canonical_form.digest));
}

}  // namespace tracker

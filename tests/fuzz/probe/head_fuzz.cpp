// Any bytes as the head of an EXR or DPX picture: what rate it states, if any.
// Seeds: tests/fuzz/probe/seeds/head, and the pictures of the media tree of bench/media_tree.sh.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "probe/picture_head.hpp"

namespace {

using namespace tracker;

/// What no head may ever say.
void check(Rational rate) {
  const bool is_exact = rate.denominator > 0 && reduced(rate.numerator, rate.denominator) == rate;
  if (is_exact && rate.value() >= 1 && rate.value() <= 1000) return;
  std::fprintf(stderr, "no head may say this: %s\n", to_string(rate).c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("head", MFD_CLOEXEC);
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, data, size, 0) < 0) std::abort();
  probe::FileBytes bytes(file);
  const auto rate = probe::stated_rate(bytes);
  if (rate) check(*rate);
  return 0;
}

#include "cli/large_pages.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace tracker::cli {

void expect_memory(std::size_t bytes) {
  constexpr std::size_t most = 1U << 30U;
  constexpr std::size_t page_size = 2U << 20U;
  ::mallopt(M_MMAP_MAX, 0);  // everything comes from the heap …
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TOP_PAD, static_cast<int>(std::min(bytes, most)));  // … which grows by so much
  void* const first = std::malloc(page_size);
  const auto begin = (reinterpret_cast<std::uintptr_t>(first) + page_size - 1) & ~(page_size - 1);
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  if (first != nullptr && begin < end) {
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  }
  std::free(first);
}

}  // namespace tracker::cli

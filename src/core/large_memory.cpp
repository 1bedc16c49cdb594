#include "core/large_memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>

namespace tracker {

void prefer_large_pages(const void* begin, std::size_t size) {
  constexpr std::size_t worth_it = 2U << 20U;  // a large page
  constexpr std::uintptr_t page = 4096;  // another one: the advice is refused, and that is all
  if (size < worth_it) return;
  const std::uintptr_t first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) & ~(page - 1);
  const std::uintptr_t last = (reinterpret_cast<std::uintptr_t>(begin) + size) & ~(page - 1);
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

void give_back_free_memory() {
  constexpr std::size_t worth_it = 64U << 20U;
  if (mallinfo2().fordblks > worth_it) malloc_trim(0);
}

void share_one_heap() { mallopt(M_ARENA_MAX, 1); }

}  // namespace tracker

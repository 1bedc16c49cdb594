#include "core/large_memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

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

void prepare_heap() {
  constexpr std::size_t own_mapping = 31U << 20U;
  constexpr std::size_t room = 16U << 20U;
  mallopt(M_ARENA_MAX, 1);
  // Once a block of this size was freed, smaller ones come from the heap and what is free at its
  // end is kept: as it is after the first large workbook, and what makes the next block heap.
  void* volatile block = std::malloc(own_mapping);
  std::free(block);
  block = std::malloc(room);
  if (block != nullptr) prefer_large_pages(block, room);
  std::free(block);
}

}  // namespace tracker

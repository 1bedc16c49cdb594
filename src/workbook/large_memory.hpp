// Room for the few large buffers of a workbook. Where the system can, a buffer of megabytes gets
// large pages: the first touch of each page of 4 KiB costs more than inflating it. Advice only:
// what it cannot do is left as it is. Pure but for that; safe on any thread.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace tracker::workbook {

/// REQUIRES: `size` bytes at `begin` are allocated; best before they are touched.
inline void prefer_large_pages(const void* begin, std::size_t size) {
  constexpr std::size_t worth_it = 2U << 20U;
  constexpr std::uintptr_t page = 4096;
  if (size < worth_it) return;
  const std::uintptr_t first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) & ~(page - 1);
  const std::uintptr_t last = (reinterpret_cast<std::uintptr_t>(begin) + size) & ~(page - 1);
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

/// Reserves in a string or vector that is empty so far.
template <class Container>
void reserve_large(Container& container, std::size_t count) {
  container.reserve(count);
  prefer_large_pages(container.data(), container.capacity() * sizeof(*container.data()));
}

}  // namespace tracker::workbook

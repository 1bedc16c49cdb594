// Room for the few large buffers of a program, and what to do with it afterwards. Where the system
// can, a buffer of megabytes gets large pages: the first touch of each small one costs more than
// inflating what is put there.
// Advice only: nothing changes but the time it takes. Safe on any thread.
#pragma once

#include <cstddef>

namespace tracker {

/// REQUIRES: `size` bytes at `begin` are allocated; best before they are touched.
void prefer_large_pages(const void* begin, std::size_t size);

/// What was freed and is kept for the next turn goes back to the system, if it is much. Costs
/// milliseconds, and the next turn more: for a moment in which nobody waits.
void give_back_free_memory();

/// For a program that soon keeps megabytes in small blocks: all threads take them from one heap,
/// and its next 16 MiB are to be large pages. A heap of a thread's own grows by a single page at a
/// time in glibc 2.36, with a system call for each; a fault for each page then costs as much again.
/// Call before the first thread starts.
void prepare_heap();

/// Reserves in a string or vector that is empty so far.
template <class Container>
void reserve_large(Container& container, std::size_t count) {
  container.reserve(count);
  prefer_large_pages(container.data(), container.capacity() * sizeof(*container.data()));
}

}  // namespace tracker

// Memory for a run that is over in milliseconds: page faults of 4 KiB each were a third of the time
// that patching a workbook of 10,000 rows takes, so the heap grows once, in pages of 2 MiB.
//
// Advice to the kernel only: where it does not help, nothing changes. Call it once, before anything
// large is allocated, from a program that ends soon: memory is not given back before the end.
#pragma once

#include <cstddef>

namespace tracker::cli {

/// About so much will be needed; at most 1 GiB is asked for.
void expect_memory(std::size_t bytes);

}  // namespace tracker::cli

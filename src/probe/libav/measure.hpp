// Measures one open file: sniff, the container's own index where we read it, else libavformat.
// Runs inside the worker only. Blocking; any garbage gives an Answer that says what is wrong.
#pragma once

#include "probe/answer.hpp"

namespace tracker::probe::libav {

/// REQUIRES: `fd` is a regular file, open for reading. The descriptor stays the caller's.
Answer measure(int fd);

}  // namespace tracker::probe::libav

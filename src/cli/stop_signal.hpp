// SIGINT, SIGTERM and SIGHUP as something to wait for, for a command that supervises others and has
// no io_context. Also SIGCHLD, so that the end of a child wakes the wait. The signals are blocked
// from construction on, in this thread; children get their own mask (cli/process.hpp). Main thread
// only, one object at a time.
#pragma once

#include <chrono>

namespace tracker::cli {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// True once somebody asked us to stop; waits for that at most `limit`. The end of a child ends
  /// the wait early.
  bool wait(std::chrono::milliseconds limit);
  bool asked() { return wait(std::chrono::milliseconds(0)); }

 private:
  int handle_ = -1;
  bool asked_ = false;
};

}  // namespace tracker::cli

// Takes from this process what measuring does not need: files, network, new processes, memory and
// time without end. What a hostile file can then take over is a process that can answer us, and
// nothing else.
#pragma once

#include <string>

namespace tracker::probe::libav {

/// Which of the walls stand. A kernel without landlock or seccomp is no error: the limits, the
/// whitelists and the passed descriptor still hold.
struct Walls {
  bool limits = false;
  bool landlock = false;
  bool seccomp = false;
};

/// Cannot be undone. Call it once, after everything is loaded, with one thread running.
Walls enter_sandbox();

/// Tries what must fail: opening a file, making a socket, starting a process. '' = all refused;
/// else what was possible.
std::string escape_routes();

}  // namespace tracker::probe::libav

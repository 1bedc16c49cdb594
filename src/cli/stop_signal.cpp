#include "cli/stop_signal.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace tracker::cli {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&set, signal);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = watched();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  handle_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

StopSignal::~StopSignal() {
  if (handle_ >= 0) close(handle_);
  const sigset_t set = watched();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

bool StopSignal::wait(std::chrono::milliseconds limit) {
  if (asked_) return true;
  pollfd readable{handle_, POLLIN, 0};
  if (poll(&readable, 1, static_cast<int>(limit.count())) <= 0) return false;
  signalfd_siginfo info{};
  while (read(handle_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo != SIGCHLD) asked_ = true;
  }
  return asked_;
}

}  // namespace tracker::cli

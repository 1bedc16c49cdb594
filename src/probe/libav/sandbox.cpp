#include "probe/libav/sandbox.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <initializer_list>

namespace tracker::probe::libav {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TRACKER_SHADOW_MEMORY 1
#endif
#endif
#ifdef TRACKER_SHADOW_MEMORY
constexpr bool has_shadow_memory = true;
#else
constexpr bool has_shadow_memory = false;
#endif

constexpr rlim_t memory_max = rlim_t{512} << 20;
constexpr rlim_t cpu_seconds_max = 60;

bool limit(__rlimit_resource what, rlim_t most) {
  const rlimit both{most, most};
  return ::setrlimit(what, &both) == 0;
}

bool set_limits() {
  bool ok = limit(RLIMIT_CPU, cpu_seconds_max) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) &&
            limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, 16);
  if (!has_shadow_memory) ok = limit(RLIMIT_AS, memory_max) && ok;
  return ok;
}

/// A ruleset that handles every file access and allows none.
bool enter_landlock() {
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // everything of the first ABI
  const long descriptor = ::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (descriptor < 0) return false;
  const bool entered = ::syscall(SYS_landlock_restrict_self, descriptor, 0) == 0;
  ::close(static_cast<int>(descriptor));
  return entered;
}

bool enter_seccomp() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return false;
  bool ok = true;
  const auto allow = [&](std::initializer_list<int> calls) {
    for (int call : calls) ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0 && ok;
  };
  allow({SCMP_SYS(read),
         SCMP_SYS(pread64),
         SCMP_SYS(lseek),
         SCMP_SYS(fstat),
         SCMP_SYS(newfstatat),
         SCMP_SYS(close),
         SCMP_SYS(recvmsg),
         SCMP_SYS(sendmsg),
         SCMP_SYS(mmap),
         SCMP_SYS(munmap),
         SCMP_SYS(mremap),
         SCMP_SYS(mprotect),
         SCMP_SYS(madvise),
         SCMP_SYS(brk),
         SCMP_SYS(futex),
         SCMP_SYS(clock_gettime),
         SCMP_SYS(gettimeofday),
         SCMP_SYS(getrandom),
         SCMP_SYS(getpid),
         SCMP_SYS(gettid),
         SCMP_SYS(tgkill),
         SCMP_SYS(sched_yield),
         SCMP_SYS(sched_getaffinity),
         SCMP_SYS(rt_sigprocmask),
         SCMP_SYS(rt_sigreturn),
         SCMP_SYS(exit),
         SCMP_SYS(exit_group)});
  if (has_shadow_memory) {
    allow({SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction), SCMP_SYS(write), SCMP_SYS(prctl)});
  }
  ok = ok && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return ok;
}

}  // namespace

Walls enter_sandbox() {
  ::tzset();  // reads a file, once
  Walls walls;
  walls.limits = set_limits();
  ::prctl(PR_SET_DUMPABLE, 0);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return walls;
  walls.landlock = enter_landlock();
  walls.seccomp = enter_seccomp();
  return walls;
}

std::string escape_routes() {
  std::string routes;
  if (const int file = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC); file >= 0) {
    routes += "opened a file; ";
    ::close(file);
  }
  if (const int net = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); net >= 0) {
    routes += "made a socket; ";
    ::close(net);
  }
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  if (child > 0) {
    routes += "started a process; ";
    ::waitpid(child, nullptr, 0);
  }
  return routes;
}

}  // namespace tracker::probe::libav

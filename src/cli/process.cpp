#include "cli/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

namespace tracker::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Exit codes of children that were reaped while somebody else waited.
std::map<pid_t, int>& exit_codes() {
  static std::map<pid_t, int> codes;
  return codes;
}

void reap(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, WNOHANG) != pid) return;
  exit_codes()[pid] = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

/// In the child, before it becomes another program: all that can fail gives its errno.
int prepare_child(const Command& command, pid_t parent, int output) {
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  if (output >= 0 && (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)) {
    return errno;
  }
  if (command.user) {
    const SystemUser& user = *command.user;
    if (initgroups(user.name.c_str(), user.gid) != 0 || setgid(user.gid) != 0 ||
        setuid(user.uid) != 0) {
      return errno;
    }
  }
  if (!command.working_directory.empty() && chdir(command.working_directory.c_str()) != 0) {
    return errno;
  }
  // After the change of user, which would forget it; and the parent may be gone already.
  prctl(PR_SET_PDEATHSIG, command.parent_death_signal);
  return getppid() == parent ? 0 : ESRCH;
}

[[noreturn]] void become(const Command& command, pid_t parent, int output, int complaint) {
  int problem = prepare_child(command, parent, output);
  if (problem == 0) {
    const auto words = pointers(command.words);
    if (command.environment.empty()) {
      execv(words[0], words.data());
    } else {
      execve(words[0], words.data(), pointers(command.environment).data());
    }
    problem = errno;
  }
  [[maybe_unused]] const ssize_t told = ::write(complaint, &problem, sizeof problem);
  _exit(127);
}

Result<pid_t> start_with_output(const Command& command, int output) {
  std::array<int, 2> complaint{};
  if (pipe2(complaint.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::io, fmt::format("no pipe: {}", std::strerror(errno)));
  }
  const int null_input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    dup2(null_input, STDIN_FILENO);
    become(command, parent, output, complaint[1]);
  }
  const int fork_problem = errno;
  close(complaint[1]);
  close(null_input);
  int problem = child < 0 ? fork_problem : 0;
  if (child > 0 && ::read(complaint[0], &problem, sizeof problem) > 0) waitpid(child, nullptr, 0);
  close(complaint[0]);
  if (problem != 0) {
    return fail(ErrorCode::io,
                fmt::format("{} cannot be started: {}", command.words[0], std::strerror(problem)));
  }
  return child;
}

}  // namespace

Result<pid_t> start_process(const Command& command) {
  if (command.log.empty()) return start_with_output(command, -1);
  const int log = open(command.log.c_str(),
                       O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (log < 0) {
    return fail(ErrorCode::io, fmt::format("the log cannot be written: {}", std::strerror(errno)),
                "check the folder's rights and the free space", command.log.string());
  }
  auto started = start_with_output(command, log);
  close(log);
  return started;
}

Result<Finished> run_process(const Command& command, std::chrono::seconds limit) {
  std::array<int, 2> output{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::io, fmt::format("no pipe: {}", std::strerror(errno)));
  }
  const auto child = start_with_output(command, output[1]);
  close(output[1]);
  if (!child) {
    close(output[0]);
    return std::unexpected(child.error());
  }
  constexpr std::size_t output_bytes_max = 64 * 1024;
  Finished finished;
  const auto deadline = Clock::now() + limit;
  std::array<char, 4096> buffer{};
  bool in_time = true;
  while (in_time) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd readable{output[0], POLLIN, 0};
    if (left.count() <= 0) in_time = false;
    if (!in_time || poll(&readable, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t got = ::read(output[0], buffer.data(), buffer.size());
    if (got <= 0) break;
    const std::size_t room = output_bytes_max - finished.output.size();
    finished.output.append(buffer.data(), std::min(static_cast<std::size_t>(got), room));
  }
  close(output[0]);
  const bool ended = in_time && wait_for_end(*child, std::chrono::seconds(5));
  if (!ended) stop_process(*child, SIGKILL, std::chrono::seconds(5));
  if (!in_time) {
    return fail(ErrorCode::timeout,
                fmt::format("{} did not end within {} s", command.words[0], limit.count()));
  }
  finished.exit_code = take_exit_code(*child).value_or(0);
  return finished;
}

bool is_running(pid_t pid) {
  if (pid <= 0) return false;
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(stat, line)) return false;
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= line.size()) return false;
  const char state = line[name_end + 2];
  return state != 'Z' && state != 'X';
}

bool wait_for_end(pid_t pid, std::chrono::milliseconds limit) {
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (handle >= 0) {
    const auto deadline = Clock::now() + limit;
    int ended = 0;
    do {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      pollfd readable{handle, POLLIN, 0};
      ended = poll(&readable, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    } while (ended < 0 && errno == EINTR);
    close(handle);
  }
  reap(pid);
  return !is_running(pid);
}

std::optional<int> take_exit_code(pid_t pid) {
  reap(pid);
  const auto known = exit_codes().find(pid);
  if (known == exit_codes().end()) return std::nullopt;
  const int code = known->second;
  exit_codes().erase(known);
  return code;
}

bool stop_process(pid_t pid, int signal, std::chrono::milliseconds limit) {
  if (pid <= 0 || !is_running(pid)) {
    reap(pid);
    return true;
  }
  kill(pid, signal);
  if (wait_for_end(pid, limit)) return true;
  kill(pid, SIGKILL);
  wait_for_end(pid, std::chrono::seconds(5));
  return false;
}

std::optional<SystemUser> find_user(const std::string& name) {
  const passwd* found = getpwnam(name.c_str());
  if (found == nullptr) return std::nullopt;
  return SystemUser{name, found->pw_uid, found->pw_gid};
}

}  // namespace tracker::cli

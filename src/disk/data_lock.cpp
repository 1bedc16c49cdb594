#include "disk/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

namespace tracker::disk {
namespace {

constexpr auto end_time_max = std::chrono::seconds(2);
constexpr auto pause = std::chrono::milliseconds(20);

/// A holder that was killed is gone for its parent before all of its threads have ended and the
/// system has closed its files: whoever starts at once in its place waits for that.
bool lock_in_time(int file) {
  const auto deadline = std::chrono::steady_clock::now() + end_time_max;
  while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

}  // namespace

Result<Descriptor> lock_data_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "local.lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return system_error("can't open the lock file", path, errno);
  if (!lock_in_time(file.number())) {
    std::array<char, 32> holder{};
    const ssize_t length = ::pread(file.number(), holder.data(), holder.size() - 1, 0);
    return fail(ErrorCode::busy,
                "another local server (pid " +
                    std::string(holder.data(), length > 0 ? static_cast<std::size_t>(length) : 0) +
                    ") uses this data folder",
                "stop it, or give this one another DATA_DIR", folder.string());
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(file.number(), 0) != 0 ||
      ::pwrite(file.number(), pid.data(), pid.size(), 0) < 0) {
    return system_error("can't write the lock file", path, errno);
  }
  return file;
}

}  // namespace tracker::disk

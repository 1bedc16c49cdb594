#include "disk/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace tracker::disk {

Result<Descriptor> lock_data_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "local.lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return system_error("can't open the lock file", path, errno);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
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

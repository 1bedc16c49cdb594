#include "cli/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tracker::cli {
namespace {

std::unexpected<Error> io_failure(const std::filesystem::path& path, std::string_view what) {
  const int code = errno;
  if (code == ENOSPC || code == EDQUOT) {
    return fail(ErrorCode::io, "there is no disk space left",
                "free some space, or choose another folder with --data", path.string());
  }
  return fail(ErrorCode::io, fmt::format("{}: {}", what, std::strerror(code)),
              "check the rights of the folder", path.string());
}

bool write_all(int handle, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(handle, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return fsync(handle) == 0;
}

/// The pid that the holder of the lock wrote, or "?".
std::string holder_of(int handle) {
  char text[32] = {};
  const ssize_t got = pread(handle, text, sizeof text - 1, 0);
  std::string pid = got > 0 ? std::string(text, static_cast<std::size_t>(got)) : "?";
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid;
}

}  // namespace

Status write_private_file(const std::filesystem::path& file, const std::string& text) {
  std::string fresh = file.string() + ".XXXXXX";
  const int handle = mkostemp(fresh.data(), O_CLOEXEC);  // mode 0600, O_EXCL
  if (handle < 0) return io_failure(file, "the file cannot be written");
  const bool written = write_all(handle, text);
  const int problem = errno;
  close(handle);
  errno = problem;
  if (!written || rename(fresh.c_str(), file.c_str()) != 0) {
    auto failure = io_failure(file, "the file cannot be written");
    unlink(fresh.c_str());
    return failure;
  }
  const int folder = open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max) {
  const int handle = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0 && errno == ENOENT) {
    return fail(ErrorCode::not_found, "there is no such file", {}, file.string());
  }
  if (handle < 0) return io_failure(file, "the file cannot be read");
  std::string text(bytes_max + 1, '\0');
  std::size_t size = 0;
  ssize_t got = 0;
  do {
    got = ::read(handle, text.data() + size, text.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
  } while ((got > 0 && size < text.size()) || (got < 0 && errno == EINTR));
  close(handle);
  if (got < 0) return io_failure(file, "the file cannot be read");
  if (size > bytes_max)
    return fail(ErrorCode::too_large, "the file is too large", {}, file.string());
  text.resize(size);
  return text;
}

Result<std::filesystem::path> open_data_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  struct stat facts{};
  if (failed || stat(folder.c_str(), &facts) != 0) {
    errno = failed ? failed.value() : errno;
    return io_failure(folder, "the data folder cannot be made");
  }
  if (!S_ISDIR(facts.st_mode)) {
    return fail(ErrorCode::invalid_input, "the data folder is a file",
                "choose another folder with --data", folder.string());
  }
  if (geteuid() != 0 && facts.st_uid != geteuid()) {
    return fail(ErrorCode::forbidden, "the data folder belongs to another user",
                "choose another folder with --data", folder.string());
  }
  if (chmod(folder.c_str(), geteuid() == 0 ? 0711 : 0700) != 0) {
    return io_failure(folder, "the data folder's mode cannot be set");
  }
  const auto canonical = std::filesystem::canonical(folder, failed);
  if (failed) return fail(ErrorCode::io, failed.message(), {}, folder.string());
  return canonical;
}

Status check_free_space(const std::filesystem::path& folder, std::uint64_t bytes) {
  struct statvfs disk{};
  if (statvfs(folder.c_str(), &disk) != 0) return io_failure(folder, "the disk cannot be asked");
  const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free_bytes >= bytes) return {};
  constexpr std::uint64_t megabyte = 1024 * 1024;
  return fail(ErrorCode::io,
              fmt::format("only {} MB are free on the disk, {} MB are needed",
                          free_bytes / megabyte, bytes / megabyte),
              "free some space, or choose another folder with --data", folder.string());
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const auto file = folder / "demo.lock";
  const int handle = open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (handle < 0) return io_failure(file, "the lock cannot be made");
  FolderLock lock(handle);
  if (flock(handle, LOCK_EX | LOCK_NB) != 0) {
    const std::string pid = holder_of(handle);
    return fail(ErrorCode::busy,
                fmt::format("a demo (process {}) already runs on this folder", pid),
                fmt::format("stop it with: kill {}, or choose another folder with --data", pid),
                folder.string());
  }
  const std::string pid = fmt::format("{}\n", getpid());
  if (ftruncate(handle, 0) != 0 || pwrite(handle, pid.data(), pid.size(), 0) < 0) {
    return io_failure(file, "the lock cannot be written");
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

FolderLock::~FolderLock() {
  if (handle_ >= 0) close(handle_);
}

std::filesystem::path role_file(const std::filesystem::path& folder, const std::string& role) {
  return folder / (role + ".env");
}

}  // namespace tracker::cli

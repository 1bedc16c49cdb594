#include "disk/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tracker::disk {
namespace {

FileStamp stamp_from(const struct stat& facts) {
  const auto ns = [](const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  };
  return {facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size), ns(facts.st_mtim),
          ns(facts.st_ctim)};
}

std::string hint_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "free some disk space";
    case EACCES:
    case EPERM:
      return "give this program's user the right to read and write there";
    case EROFS:
      return "the file system is read-only";
    case ENOENT:
      return "check the path";
    default:
      return {};
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) ::close(number_);
    number_ = other.release();
  }
  return *this;
}

int Descriptor::release() { return std::exchange(number_, -1); }

std::unexpected<Error> system_error(std::string_view doing, const std::filesystem::path& path,
                                    int error_number) {
  const ErrorCode code = error_number == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  return fail(code, fmt::format("{}: {}", doing, std::strerror(error_number)),
              hint_for(error_number), path.string());
}

std::optional<FileStamp> stamp_of(const std::filesystem::path& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  return stamp_from(facts);
}

Result<FileContent> read_file(const std::filesystem::path& path, std::uint64_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return system_error("can't open", path, errno);
  struct stat before{};
  if (::fstat(file.number(), &before) != 0) return system_error("can't look at", path, errno);
  if (!S_ISREG(before.st_mode)) {
    return fail(ErrorCode::unsupported, "this is not a file", "check the path", path.string());
  }
  const auto size = static_cast<std::uint64_t>(before.st_size);
  if (size > bytes_max) {
    return fail(ErrorCode::too_large, fmt::format("{} bytes, at most {} are read", size, bytes_max),
                {}, path.string());
  }
  FileContent content;
  content.bytes.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count =
        ::pread(file.number(), content.bytes.data() + done, size - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("can't read", path, errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  struct stat after{};
  if (::fstat(file.number(), &after) != 0) return system_error("can't look at", path, errno);
  content.stamp = stamp_from(after);
  if (done != size || !(stamp_from(before) == content.stamp)) {
    return fail(ErrorCode::busy, "the file changed while it was read", "it is read again shortly",
                path.string());
  }
  return content;
}

Status write_new_file(const std::filesystem::path& path, std::string_view bytes) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return system_error("can't create", path, errno);
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int problem = errno;
      ::unlink(path.c_str());
      return system_error("can't write", path, problem);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.number()) != 0) {
    const int problem = errno;
    ::unlink(path.c_str());
    return system_error("can't write", path, problem);
  }
  return {};
}

Status replace_file(const std::filesystem::path& path, std::string_view bytes) {
  const std::string beside = fmt::format("{}.new{}", path.string(), ::getpid());
  ::unlink(beside.c_str());  // of a process that died
  CHECK_OK(write_new_file(beside, bytes));
  if (::rename(beside.c_str(), path.c_str()) == 0) return {};
  const int problem = errno;
  ::unlink(beside.c_str());
  return system_error("can't write", path, problem);
}

Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return system_error("can't open", folder, errno);
  if (::fsync(directory.number()) != 0) return system_error("can't sync", folder, errno);
  return {};
}

}  // namespace tracker::disk

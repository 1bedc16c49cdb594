#include "disk/media_watch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tracker::disk {
namespace {

constexpr std::uint32_t interesting = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO |
                                      IN_DELETE | IN_ONLYDIR | IN_EXCL_UNLINK;

}  // namespace

bool needs_polling(int folder) {
  struct statfs facts{};
  if (::fstatfs(folder, &facts) != 0) return true;
  static constexpr std::array<std::uint32_t, 8> remote{0x6969,       // NFS
                                                       0x517B,       // SMB
                                                       0xFF534D42,   // CIFS
                                                       0xFE534D42,   // SMB2
                                                       0x65735546,   // FUSE
                                                       0x01021997,   // 9p
                                                       0x00C36400,   // Ceph
                                                       0x5346414F};  // AFS
  return std::ranges::find(remote, static_cast<std::uint32_t>(facts.f_type)) != remote.end();
}

bool is_on_its_own_disk(int folder) {
  struct stat here{};
  struct stat system{};
  return ::fstat(folder, &here) == 0 && ::stat("/", &system) == 0 && here.st_dev != system.st_dev;
}

Result<MediaWatch> MediaWatch::open() {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) {
    return fail(ErrorCode::io, std::string("folders cannot be watched: ") + std::strerror(errno),
                "raise fs.inotify.max_user_instances");
  }
  return MediaWatch(descriptor, false);
}

MediaWatch::~MediaWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

MediaWatch::MediaWatch(MediaWatch&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      is_whole_(other.is_whole_),
      folders_(std::move(other.folders_)),
      handles_(std::move(other.handles_)),
      marked_(std::move(other.marked_)) {}

Status MediaWatch::add(int root, const std::string& folder) {
  if (is_whole_) return add_whole(root, folder);
  const std::string path = fmt::format("/proc/self/fd/{}/{}", root, folder);
  const int watch = ::inotify_add_watch(descriptor_, path.c_str(), interesting);
  if (watch >= 0) {
    folders_[watch] = folder;
    return {};
  }
  if (errno == ENOENT || errno == ENOTDIR) return {};  // gone again: its parent tells
  if (errno == ENOSPC) {
    return fail(ErrorCode::too_large, "the system allows no more folder watches",
                "sysctl fs.inotify.max_user_watches=524288", folder);
  }
  return fail(ErrorCode::io, std::string("cannot watch the folder: ") + std::strerror(errno), {},
              folder);
}

void MediaWatch::note(const std::string& folder, std::string_view name, Happening what,
                      Events& events) {
  std::string path = folder;
  if (!path.empty()) path += '/';
  path += name;
  if (what.is_folder) {
    (what.appeared ? events.gone_folders : events.new_folders).erase(path);
    (what.appeared ? events.new_folders : events.gone_folders).insert(path);
    return;
  }
  events.changed.insert(folder);
  if (what.finished) {
    events.opened.erase(path);
    events.finished.insert(std::move(path));
  } else {
    events.finished.erase(path);
    events.opened.insert(std::move(path));
  }
}

void MediaWatch::take_inotify(std::string_view bytes, Events& events) {
  while (bytes.size() >= sizeof(inotify_event)) {
    inotify_event event{};
    std::memcpy(&event, bytes.data(), sizeof event);
    const char* text = bytes.data() + sizeof event;
    const std::string_view name(text, event.len == 0 ? 0 : ::strnlen(text, event.len));
    bytes.remove_prefix(sizeof event + event.len);
    if ((event.mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0) events.lost = true;
    const auto folder = folders_.find(event.wd);
    if (folder == folders_.end()) continue;
    if ((event.mask & IN_IGNORED) != 0) {
      folders_.erase(folder);
      continue;
    }
    Happening what;
    what.is_folder = (event.mask & IN_ISDIR) != 0;
    what.appeared = (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    what.finished = (event.mask & IN_CREATE) == 0;
    note(folder->second, name, what, events);
  }
}

MediaWatch::Events MediaWatch::read() {
  Events events;
  alignas(std::uint64_t) std::array<char, 65536> buffer;
  while (true) {
    const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return events;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (is_whole_) {
      take_fanotify(bytes, events);
    } else {
      take_inotify(bytes, events);
    }
  }
}

}  // namespace tracker::disk

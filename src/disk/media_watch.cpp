#include "disk/media_watch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
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

Result<MediaWatch> MediaWatch::open() {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) {
    return fail(ErrorCode::io, std::string("folders cannot be watched: ") + std::strerror(errno),
                "raise fs.inotify.max_user_instances");
  }
  return MediaWatch(descriptor);
}

MediaWatch::~MediaWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

MediaWatch::MediaWatch(MediaWatch&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), folders_(std::move(other.folders_)) {}

Status MediaWatch::add(int root, const std::string& folder) {
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

void MediaWatch::add_event(const void* raw, std::string_view name, Events& events) {
  const auto& event = *static_cast<const inotify_event*>(raw);
  if ((event.mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0) events.lost = true;
  const auto folder = folders_.find(event.wd);
  if (folder == folders_.end()) return;
  if ((event.mask & IN_IGNORED) != 0) {
    folders_.erase(folder);
    return;
  }
  std::string path = folder->second;
  if (!path.empty()) path += '/';
  path += name;
  if ((event.mask & IN_ISDIR) != 0) {
    const bool appeared = (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    (appeared ? events.gone_folders : events.new_folders).erase(path);
    (appeared ? events.new_folders : events.gone_folders).insert(path);
    return;
  }
  events.changed.insert(folder->second);
  if ((event.mask & IN_CREATE) != 0) {
    events.opened.insert(path);
    events.finished.erase(path);
  } else {  // closed, moved or deleted: nobody writes it here any more
    events.finished.insert(path);
    events.opened.erase(path);
  }
}

MediaWatch::Events MediaWatch::read() {
  Events events;
  alignas(inotify_event) std::array<char, 65536> buffer;
  while (true) {
    const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return events;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      add_event(&event, {name, event.len == 0 ? 0 : ::strnlen(name, event.len)}, events);
      at += sizeof event + event.len;
    }
  }
}

}  // namespace tracker::disk

// The part of MediaWatch that marks whole file systems (fanotify(7), FAN_REPORT_DFID_NAME): an
// event names its folder by a handle, which name_to_handle_at() gave us when the folder was added.
// What happens in other folders of that file system is read and forgotten.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/fanotify.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "disk/media_watch.hpp"

namespace tracker::disk {
namespace {

constexpr std::uint64_t interesting =
    FAN_CREATE | FAN_CLOSE_WRITE | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_DELETE | FAN_ONDIR;

template <class T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// A file handle with room for the largest there is.
struct Handle {
  file_handle head;
  std::array<unsigned char, MAX_HANDLE_SZ> bytes;
};

std::unexpected<Error> cannot(const char* what, const std::string& folder) {
  return fail(ErrorCode::unsupported, std::string(what) + ": " + std::strerror(errno), {}, folder);
}

}  // namespace

Result<MediaWatch> MediaWatch::open_whole(int root) {
  const int descriptor = ::fanotify_init(
      FAN_CLASS_NOTIF | FAN_REPORT_DFID_NAME | FAN_NONBLOCK | FAN_CLOEXEC, O_RDONLY);
  if (descriptor < 0) return cannot("a file system cannot be watched as a whole", {});
  MediaWatch watch(descriptor, true);
  CHECK_OK(watch.add(root, {}));
  return watch;
}

Status MediaWatch::add_whole(int root, const std::string& folder) {
  const std::string path = fmt::format("/proc/self/fd/{}/{}", root, folder);
  struct statfs facts{};
  Handle handle{};
  handle.head.handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  const bool known =
      ::statfs(path.c_str(), &facts) == 0 &&
      ::name_to_handle_at(AT_FDCWD, path.c_str(), &handle.head, &mount, AT_SYMLINK_FOLLOW) == 0;
  if (!known && (errno == ENOENT || errno == ENOTDIR)) return {};  // gone again: its parent tells
  if (!known) return cannot("cannot watch the folder", folder);
  const std::string file_system = bytes_of(facts.f_fsid);
  if (marked_.insert(file_system).second &&
      ::fanotify_mark(descriptor_, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, interesting, AT_FDCWD,
                      path.c_str()) != 0) {
    marked_.erase(file_system);
    return cannot("cannot watch the file system of the folder", folder);
  }
  const char* bytes = reinterpret_cast<const char*>(handle.bytes.data());
  handles_[file_system + bytes_of(handle.head.handle_type) +
           std::string(bytes, handle.head.handle_bytes)] = folder;
  return {};
}

/// `record`: a fanotify_event_info_fid: head, file system, handle of the folder, name.
void MediaWatch::take_name_event(std::string_view record, std::uint64_t mask, Events& events) {
  constexpr std::size_t handle_at = sizeof(fanotify_event_info_fid);
  file_handle head{};
  if (record.size() < handle_at + sizeof head) return;
  std::memcpy(&head, record.data() + handle_at, sizeof head);
  const std::size_t name_at = handle_at + sizeof head + head.handle_bytes;
  if (head.handle_bytes > MAX_HANDLE_SZ || record.size() <= name_at) return;
  const std::string_view file_system =
      record.substr(sizeof(fanotify_event_info_header), sizeof(fsid_t));
  const auto folder =
      handles_.find(std::string(file_system) + bytes_of(head.handle_type) +
                    std::string(record.substr(handle_at + sizeof head, head.handle_bytes)));
  if (folder == handles_.end()) return;
  const std::string_view name(record.data() + name_at,
                              ::strnlen(record.data() + name_at, record.size() - name_at));
  Happening what;
  what.is_folder = (mask & FAN_ONDIR) != 0;
  what.appeared = (mask & (FAN_CREATE | FAN_MOVED_TO)) != 0;
  what.finished = (mask & ~std::uint64_t{FAN_CREATE | FAN_ONDIR}) != 0;
  const std::string gone =
      folder->second.empty() ? std::string(name) : folder->second + "/" + std::string(name);
  note(folder->second, name, what, events);
  if (what.is_folder && !what.appeared) {
    std::erase_if(handles_, [&gone](const auto& one) { return one.second == gone; });
  }
}

void MediaWatch::take_fanotify(std::string_view bytes, Events& events) {
  while (bytes.size() >= sizeof(fanotify_event_metadata)) {
    fanotify_event_metadata event{};
    std::memcpy(&event, bytes.data(), sizeof event);
    if (event.event_len < sizeof event || event.event_len > bytes.size()) return;
    if (event.vers != FANOTIFY_METADATA_VERSION || (event.mask & FAN_Q_OVERFLOW) != 0) {
      events.lost = true;
    }
    std::string_view records =
        bytes.substr(event.metadata_len, event.event_len - event.metadata_len);
    bytes.remove_prefix(event.event_len);
    fanotify_event_info_header head{};
    while (records.size() >= sizeof head) {
      std::memcpy(&head, records.data(), sizeof head);
      if (head.len < sizeof head || head.len > records.size()) break;
      if (head.info_type == FAN_EVENT_INFO_TYPE_DFID_NAME) {
        take_name_event(records.substr(0, head.len), event.mask, events);
      }
      records.remove_prefix(head.len);
    }
  }
}

}  // namespace tracker::disk

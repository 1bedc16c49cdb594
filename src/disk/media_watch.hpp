// Tells which folders of a media tree changed: through inotify, one watch a folder, or through
// fanotify, one mark for a whole file system, whatever the number of folders (CAP_SYS_ADMIN). The
// mark hears of every file that anybody closes there: right for a disk of renders, noise on a
// system disk.
//
// Neither ever tells what another machine writes to a network file system: see needs_polling().
// After an overflow, or where a watch could not be set, only a new scan knows the truth; both are
// said. One thread; nothing blocks. A watch is set by the folder's path below the root.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tracker::disk {

/// True for NFS, SMB, FUSE, 9p: writes of other machines raise no event there.
bool needs_polling(int folder);

/// True if the folder lies on another file system than "/": a disk, or a volume, of its own.
bool is_on_its_own_disk(int folder);

class MediaWatch {
 public:
  static Result<MediaWatch> open();
  /// By a mark on every file system that an added folder lies on. `unsupported` where the process
  /// may not do that, or the kernel (before 5.9) or the file system of `root` cannot.
  static Result<MediaWatch> open_whole(int root);
  ~MediaWatch();
  MediaWatch(MediaWatch&& other) noexcept;
  MediaWatch& operator=(MediaWatch&&) = delete;

  /// Readable when there are events.
  int descriptor() const { return descriptor_; }

  /// `root`: descriptor of the media root. A folder that is watched already keeps its watch under
  /// the new path. Fails with `too_large` when the system allows no more watches.
  Status add(int root, const std::string& folder);

  struct Events {
    std::set<std::string> changed;      ///< folders whose names or files changed
    std::set<std::string> new_folders;  ///< appeared: to be scanned with all below
    std::set<std::string> gone_folders;
    std::set<std::string> opened;    ///< files that appeared and are not closed yet
    std::set<std::string> finished;  ///< files that a writer closed, or that were moved here
    bool lost = false;               ///< events were lost: scan everything
  };
  /// Everything that happened since the last call.
  Events read();

 private:
  MediaWatch(int descriptor, bool is_whole) : descriptor_(descriptor), is_whole_(is_whole) {}
  /// What happened to one name; several at once where the kernel put them together.
  struct Happening {
    bool is_folder = false;
    bool appeared = false;  ///< created or moved here
    bool finished = false;  ///< closed by a writer, moved or deleted
  };
  static void note(const std::string& folder, std::string_view name, Happening what,
                   Events& events);
  void take_inotify(std::string_view bytes, Events& events);
  void take_fanotify(std::string_view bytes, Events& events);
  void take_name_event(std::string_view record, std::uint64_t mask, Events& events);
  Status add_whole(int root, const std::string& folder);

  int descriptor_ = -1;
  bool is_whole_ = false;
  std::map<int, std::string> folders_;          ///< inotify: by watch
  std::map<std::string, std::string> handles_;  ///< fanotify: by file system and handle
  std::set<std::string> marked_;                ///< fanotify: file systems
};

}  // namespace tracker::disk

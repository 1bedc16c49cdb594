// Tells which folders of a media tree changed, through inotify.
//
// inotify never tells what another machine writes to a network file system: see needs_polling().
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

class MediaWatch {
 public:
  static Result<MediaWatch> open();
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
  explicit MediaWatch(int descriptor) : descriptor_(descriptor) {}
  void add_event(const void* event, std::string_view name, Events& events);

  int descriptor_ = -1;
  std::map<int, std::string> folders_;
};

}  // namespace tracker::disk

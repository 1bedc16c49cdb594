// Lists a media tree: names, sizes and times of everything that may be media. No file is opened.
//
// Links are followed only to what lies below the root (openat2, RESOLVE_BENEATH); a folder that
// was visited already (same device and inode) is not visited again, so loops end, and a folder
// that links lead to as well counts under its own path. FIFOs, sockets and devices are left out.
// Junk names (media::is_junk) are skipped, folders included. A folder that cannot be read is left
// out and named in `problems`: one locked folder does not stop the rest. Blocking: not for the io
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "media/sequence.hpp"

namespace tracker::disk {

/// The folder part of a path below the root; '' for the root itself.
inline std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

inline constexpr std::size_t media_folders_max = 200'000;
inline constexpr std::size_t media_files_max = 5'000'000;
inline constexpr int media_depth_max = 40;

/// What tells one state of a file from another, beside its size and mtime.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t ctime_ns = 0;
  bool operator==(const FileIdentity&) const = default;
};

struct MediaFolder {
  std::string path;  ///< below the root, '/' between, '' = the root
  FileIdentity identity;
  std::int64_t mtime_ns = 0;
  std::vector<media::FileFact> files;    ///< media by name, and names without extension
  std::vector<FileIdentity> identities;  ///< of files, same order; none where names were asked for
  std::vector<std::string> subfolders;   ///< names
  std::vector<std::unique_ptr<char[]>> names;  ///< what the names of `files` point into
};

struct MediaTree {
  std::vector<MediaFolder> folders;  ///< parents before children
  std::vector<std::string> problems;
};

struct ScanOptions {
  /// Called with each folder before it is read (a watch that is set here misses nothing); false =
  /// do not enter it.
  using Enter = std::function<bool(const std::string& folder, const FileIdentity& identity)>;
  Enter enter = {};
  /// Given each folder when it is read, before those below it; the tree holds none then. What is
  /// not kept of one folder is room for the next.
  std::function<void(MediaFolder folder)> take = {};
  bool deep = true;         ///< with everything below
  bool names_only = false;  ///< sizes and times stay 0: a call of the kernel less for each file
};

/// The root, opened once; everything else is opened beneath it.
class MediaRoot {
 public:
  static Result<MediaRoot> open(const std::filesystem::path& path);
  ~MediaRoot();
  MediaRoot(MediaRoot&& other) noexcept;
  MediaRoot& operator=(MediaRoot&& other) noexcept;

  /// A folder below the root ("" = the root).
  Result<MediaTree> scan(const std::string& folder = {}, const ScanOptions& options = {}) const;

  /// The folder's own facts, without reading it.
  Result<MediaFolder> look_at(const std::string& folder) const;

  /// A regular file's facts now; its name is a part of `path`.
  Result<std::pair<media::FileFact, FileIdentity>> look_at_file(const std::string& path) const;

  /// A regular file for reading, never waiting for a FIFO. The caller closes it.
  Result<int> open_file(const std::string& path) const;

  /// False once the path stands for another folder than was opened (mounted, renamed, gone).
  bool is_still(const std::filesystem::path& path) const;

  int descriptor() const { return descriptor_; }

 private:
  explicit MediaRoot(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace tracker::disk

#include "disk/media_scan.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace tracker::disk {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileIdentity identity_of(const struct stat& facts) {
  return {facts.st_dev, facts.st_ino, nanoseconds(facts.st_ctim)};
}

/// Opens below `root` and nowhere else. -1 and errno as open().
int open_beneath(int root, const char* path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

bool has_extension(std::string_view name) { return name.rfind('.') != std::string_view::npos; }

/// Type and facts of one name; a link stands for what it points to, if that is below the root.
std::optional<struct stat> facts_of(int root, int folder, const std::string& folder_path,
                                    const dirent& entry) {
  struct stat facts{};
  if (entry.d_type != DT_LNK) {
    if (::fstatat(folder, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    if (!S_ISLNK(facts.st_mode)) return facts;
  }
  const std::string path =
      folder_path.empty() ? std::string(entry.d_name) : folder_path + "/" + entry.d_name;
  const int target = open_beneath(root, path.c_str(), O_PATH);
  if (target < 0) return std::nullopt;
  const bool known = ::fstat(target, &facts) == 0;
  ::close(target);
  return known ? std::optional(facts) : std::nullopt;
}

bool may_be_skipped_unseen(const dirent& entry) {
  if (media::is_junk(entry.d_name)) return true;
  if (entry.d_type == DT_REG) {
    return has_extension(entry.d_name) && !media::is_media_name(entry.d_name);
  }
  return entry.d_type != DT_DIR && entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN;
}

void add_entry(int root, int descriptor, const dirent& entry, MediaFolder& folder) {
  if (may_be_skipped_unseen(entry)) return;
  if (entry.d_type == DT_DIR) {
    folder.subfolders.emplace_back(entry.d_name);
    return;
  }
  const auto facts = facts_of(root, descriptor, folder.path, entry);
  if (!facts) return;
  const bool named =
      entry.d_type == DT_REG || media::is_media_name(entry.d_name) || !has_extension(entry.d_name);
  if (S_ISDIR(facts->st_mode)) {
    folder.subfolders.emplace_back(entry.d_name);
  } else if (S_ISREG(facts->st_mode) && named) {
    folder.files.push_back({entry.d_name, static_cast<std::uint64_t>(facts->st_size),
                            nanoseconds(facts->st_mtim), false});
    folder.identities.push_back(identity_of(*facts));
  }
}

/// Nothing if `may_enter` says so.
Result<std::optional<MediaFolder>> read_folder(
    int root, const std::string& path, const std::function<bool(const FileIdentity&)>& may_enter) {
  const char* name = path.empty() ? "." : path.c_str();
  const int descriptor = open_beneath(root, name, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) {
    const ErrorCode code =
        errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
    return fail(code, std::string("cannot read the folder: ") + std::strerror(errno), {}, path);
  }
  const OpenFolder open(::fdopendir(descriptor));
  if (!open) {
    ::close(descriptor);
    return fail(ErrorCode::io, "cannot read the folder", {}, path);
  }
  MediaFolder folder;
  folder.path = path;
  struct stat facts{};
  if (::fstat(descriptor, &facts) == 0) {
    folder.identity = identity_of(facts);
    folder.mtime_ns = nanoseconds(facts.st_mtim);
  }
  if (!may_enter(folder.identity)) return std::nullopt;
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    add_entry(root, descriptor, *entry, folder);
    errno = 0;
  }
  if (errno != 0) {
    return fail(ErrorCode::io, std::string("cannot read the folder: ") + std::strerror(errno), {},
                path);
  }
  return folder;
}

}  // namespace

Result<MediaRoot> MediaRoot::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                std::string("the media folder cannot be read: ") + std::strerror(errno),
                "check MEDIA_ROOT, and that its disk is mounted", path.string());
  }
  return MediaRoot(descriptor);
}

MediaRoot::~MediaRoot() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

MediaRoot::MediaRoot(MediaRoot&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

MediaRoot& MediaRoot::operator=(MediaRoot&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Result<MediaTree> MediaRoot::scan(const std::string& folder, bool deep, const Enter& enter) const {
  struct Waiting {
    std::string path;
    int depth;
  };
  MediaTree tree;
  std::deque<Waiting> waiting{{folder, 0}};
  std::set<std::pair<std::uint64_t, std::uint64_t>> visited;
  std::size_t files = 0;
  while (!waiting.empty()) {
    const Waiting next = std::move(waiting.front());
    waiting.pop_front();
    const auto may_enter = [&](const FileIdentity& identity) {
      return visited.insert({identity.device, identity.inode}).second &&
             (!enter || enter(next.path, identity));
    };
    auto read = read_folder(descriptor_, next.path, may_enter);
    if (!read) {
      if (next.depth == 0) return std::unexpected(std::move(read.error()));
      tree.problems.push_back(describe(read.error()));
      continue;
    }
    if (!*read) continue;
    MediaFolder& folder_read = **read;
    files += folder_read.files.size();
    if (tree.folders.size() >= media_folders_max || files > media_files_max) {
      tree.problems.push_back("the media folder holds too many files; the rest is not looked at");
      break;
    }
    if (deep && next.depth < media_depth_max) {
      for (const std::string& name : folder_read.subfolders) {
        waiting.push_back({next.path.empty() ? name : next.path + "/" + name, next.depth + 1});
      }
    }
    tree.folders.push_back(std::move(folder_read));
  }
  return tree;
}

Result<MediaFolder> MediaRoot::look_at(const std::string& folder) const {
  const char* name = folder.empty() ? "." : folder.c_str();
  struct stat facts{};
  if (::fstatat(descriptor_, name, &facts, 0) != 0) {
    return fail(ErrorCode::not_found, "the folder is gone", {}, folder);
  }
  MediaFolder out;
  out.path = folder;
  out.identity = identity_of(facts);
  out.mtime_ns = nanoseconds(facts.st_mtim);
  return out;
}

Result<std::pair<media::FileFact, FileIdentity>> MediaRoot::look_at_file(
    const std::string& path) const {
  struct stat facts{};
  if (::fstatat(descriptor_, path.c_str(), &facts, 0) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::not_found, "the file is gone", {}, path);
  }
  return std::pair(
      media::FileFact{path.substr(path.rfind('/') + 1), static_cast<std::uint64_t>(facts.st_size),
                      nanoseconds(facts.st_mtim), false},
      identity_of(facts));
}

bool MediaRoot::is_still(const std::filesystem::path& path) const {
  struct stat now{};
  struct stat opened{};
  return ::stat(path.c_str(), &now) == 0 && ::fstat(descriptor_, &opened) == 0 &&
         now.st_dev == opened.st_dev && now.st_ino == opened.st_ino;
}

Result<int> MediaRoot::open_file(const std::string& path) const {
  const int file = open_beneath(descriptor_, path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (file < 0) {
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                std::string("cannot be opened: ") + std::strerror(errno), {}, path);
  }
  struct stat facts{};
  if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(file);
    return fail(ErrorCode::unsupported, "not a regular file", {}, path);
  }
  return file;
}

}  // namespace tracker::disk

#include "disk/media_scan.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <set>
#include <utility>

#include "disk/file.hpp"

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

bool has_extension(std::string_view name) { return name.rfind('.') != std::string_view::npos; }

std::string below(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

std::unexpected<Error> unreadable(const std::string& path) {
  const ErrorCode code = errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
  return fail(code, std::string("cannot read the folder: ") + std::strerror(errno), {}, path);
}

/// Type and facts of one name; a link stands for what it points to, if that is below the root.
bool facts_of(int root, int folder, const std::string& folder_path, const dirent64& entry,
              struct stat& facts) {
  if (entry.d_type != DT_LNK) {
    if (::fstatat(folder, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) return false;
    if (!S_ISLNK(facts.st_mode)) return true;
  }
  const Descriptor target(open_beneath(root, below(folder_path, entry.d_name).c_str(), O_PATH));
  return target.is_open() && ::fstat(target.number(), &facts) == 0;
}

bool may_be_skipped_unseen(unsigned char type, std::string_view name) {
  if (media::is_junk(name)) return true;
  if (type == DT_REG) return !media::is_media_name(name) && has_extension(name);
  return type != DT_DIR && type != DT_LNK && type != DT_UNKNOWN;
}

/// One walk over a tree. Folders are opened relative to the one that holds them, links when
/// everything else is known: a folder counts under its own path where it has one below the root.
class Walk {
 public:
  Walk(int root, const ScanOptions& options)
      : root_(root), options_(options), buffer_(buffer_bytes) {}

  Result<MediaTree> run(const std::string& folder) {
    CHECK_OK(follow({folder, 0}));
    while (!links_.empty() && !is_full_) {
      const Linked next = std::move(links_.front());
      links_.pop_front();
      if (auto read = follow(next); !read) tree_.problems.push_back(describe(read.error()));
    }
    return std::move(tree_);
  }

 private:
  struct Linked {
    std::string path;
    int depth;
  };
  static constexpr std::size_t buffer_bytes = 256 * 1024;

  Status follow(const Linked& folder) {
    const char* name = folder.path.empty() ? "." : folder.path.c_str();
    const Descriptor open(open_beneath(root_, name, O_RDONLY | O_DIRECTORY));
    if (!open.is_open()) return unreadable(folder.path);
    return walk(open.number(), folder.path, folder.depth);
  }

  Status walk(int open, const std::string& path, int depth) {
    MediaFolder folder;
    folder.path = path;
    struct stat facts{};
    if (::fstat(open, &facts) != 0) return unreadable(path);
    folder.identity = identity_of(facts);
    folder.mtime_ns = nanoseconds(facts.st_mtim);
    if (!visited_.insert({folder.identity.device, folder.identity.inode}).second) return {};
    if (options_.enter && !options_.enter(path, folder.identity)) return {};
    std::vector<std::string> linked;
    CHECK_OK(read(open, folder, linked));
    files_ += folder.files.size();
    if (folders_ >= media_folders_max || files_ > media_files_max) {
      tree_.problems.push_back("the media folder holds too many files; the rest is not looked at");
      is_full_ = true;
      return {};
    }
    const std::vector<std::string> own = folder.subfolders;
    folder.subfolders.insert(folder.subfolders.end(), linked.begin(), linked.end());
    hand_over(std::move(folder));
    if (!options_.deep || depth >= media_depth_max) return {};
    for (const std::string& name : linked) links_.push_back({below(path, name), depth + 1});
    for (const std::string& name : own) {
      if (is_full_) break;
      if (auto done = enter(open, name, below(path, name), depth + 1); !done) {
        tree_.problems.push_back(describe(done.error()));
      }
    }
    return {};
  }

  void hand_over(MediaFolder folder) {
    ++folders_;
    if (options_.take) {
      options_.take(std::move(folder));
    } else {
      tree_.folders.push_back(std::move(folder));
    }
  }

  Status enter(int parent, const std::string& name, const std::string& path, int depth) {
    const Descriptor open(
        ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!open.is_open()) return unreadable(path);
    return walk(open.number(), path, depth);
  }

  Status read(int open, MediaFolder& folder, std::vector<std::string>& linked) {
    for (;;) {
      const ssize_t filled = ::getdents64(open, buffer_.data(), buffer_.size());
      if (filled < 0) return unreadable(folder.path);
      if (filled == 0) return {};
      wanted_.clear();
      std::size_t bytes = 0;
      for (ssize_t at = 0; at < filled;) {
        const auto* entry = reinterpret_cast<const dirent64*>(buffer_.data() + at);
        at += entry->d_reclen;
        const std::string_view name = entry->d_name;
        if (may_be_skipped_unseen(entry->d_type, name)) continue;
        wanted_.emplace_back(entry, name.size());
        bytes += name.size();
      }
      keep_room(wanted_.size(), bytes, folder);
      for (const auto& [entry, length] : wanted_) {
        add(open, *entry, {entry->d_name, length}, folder, linked);
      }
    }
  }

  void keep_room(std::size_t files, std::size_t bytes, MediaFolder& folder) {
    folder.files.reserve(folder.files.size() + files);
    if (!options_.names_only) folder.identities.reserve(folder.files.size() + files);
    folder.names.push_back(std::make_unique_for_overwrite<char[]>(bytes));
    next_name_ = folder.names.back().get();
  }

  std::string_view keep(std::string_view name) {
    char* const begin = next_name_;
    next_name_ = std::ranges::copy(name, begin).out;
    return {begin, name.size()};
  }

  void add(int open, const dirent64& entry, std::string_view name, MediaFolder& folder,
           std::vector<std::string>& linked) {
    if (entry.d_type == DT_DIR) {
      folder.subfolders.emplace_back(name);
      return;
    }
    if (entry.d_type == DT_REG && options_.names_only) {
      folder.files.push_back({keep(name)});
      return;
    }
    struct stat facts{};
    if (!facts_of(root_, open, folder.path, entry, facts)) return;
    if (S_ISDIR(facts.st_mode)) {
      linked.emplace_back(name);
      return;
    }
    const bool named = entry.d_type == DT_REG || media::is_media_name(name) || !has_extension(name);
    if (!S_ISREG(facts.st_mode) || !named) return;
    folder.files.push_back(
        {keep(name), static_cast<std::uint64_t>(facts.st_size), nanoseconds(facts.st_mtim), false});
    folder.identities.push_back(identity_of(facts));
  }

  int root_;
  const ScanOptions& options_;
  std::vector<char> buffer_;
  std::vector<std::pair<const dirent64*, std::size_t>> wanted_;  ///< of the buffer, with lengths
  char* next_name_ = nullptr;
  MediaTree tree_;
  std::deque<Linked> links_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> visited_;
  std::size_t folders_ = 0;
  std::size_t files_ = 0;
  bool is_full_ = false;
};

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

Result<MediaTree> MediaRoot::scan(const std::string& folder, const ScanOptions& options) const {
  return Walk(descriptor_, options).run(folder);
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
      media::FileFact{std::string_view(path).substr(path.rfind('/') + 1),
                      static_cast<std::uint64_t>(facts.st_size), nanoseconds(facts.st_mtim), false},
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

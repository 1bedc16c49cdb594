// Files by descriptor: opening, reading whole, writing durably. Every function blocks: use it on
// the disk thread. Errors: ErrorCode::not_found, ::busy (it changed while we read), ::too_large,
// ::io with the system's sentence and the path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace tracker::disk {

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  int release();

 private:
  int number_;
};

/// What tells one version of a file from another without reading it.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

/// Nothing if there is no such file.
std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

struct FileContent {
  std::string bytes;
  FileStamp stamp;
};

/// The whole file, or `busy` if it changed while we read it.
Result<FileContent> read_file(const std::filesystem::path& path, std::uint64_t bytes_max);

/// Creates `path` exclusively with mode 0600, writes, fsyncs it. The folder is not synced.
Status write_new_file(const std::filesystem::path& path, std::string_view bytes);

/// Puts the file there, or in place of the old one, in one step: whoever opens it finds one of them
/// whole, after a crash too. Mode 0600. It is written beside first. The folder is not synced.
Status replace_file(const std::filesystem::path& path, std::string_view bytes);

Status sync_folder(const std::filesystem::path& folder);

/// Error from errno, naming the path.
std::unexpected<Error> system_error(std::string_view doing, const std::filesystem::path& path,
                                    int error_number);

}  // namespace tracker::disk

// What was measured before, across restarts: a SQLite file of its own. It may be deleted at any
// time; one that is damaged is replaced by an empty one. Blocking; one thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/result.hpp"

namespace tracker::disk {

class MediaCache {
 public:
  /// Makes the file (mode 0600) where it is missing.
  static Result<std::unique_ptr<MediaCache>> open(const std::filesystem::path& path);
  ~MediaCache();
  MediaCache(const MediaCache&) = delete;
  MediaCache& operator=(const MediaCache&) = delete;

  struct Entry {
    std::string answer;       ///< the caller's text
    std::string measured_at;  ///< RFC 3339
  };
  /// `key` says which file in which state. An unreadable cache finds nothing.
  std::optional<Entry> find(const std::string& key);
  /// Keeps the newest 1,000,000.
  Status put(const std::string& key, const Entry& entry);

 private:
  struct Database;
  explicit MediaCache(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace tracker::disk

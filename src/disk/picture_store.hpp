// Small pictures of media, kept as files under the digest of what they show: FOLDER/ab/abcd….jpg.
// All of it may be deleted at any time: it is drawn again. The oldest go when the whole is larger
// than its limit. Blocking; one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace tracker::disk {

class PictureStore {
 public:
  /// Makes the folder (mode 0700) and learns what is there. Other files in it are left alone.
  static Result<PictureStore> open(std::filesystem::path folder, std::uint64_t bytes_max);

  /// `name`: 1 to 64 of a-z, 0-9, '-': a digest, perhaps with what it is: "…-strip".
  bool has(const std::string& name) const { return kept_.contains(name); }
  Status put(const std::string& name, std::string_view bytes);
  std::filesystem::path path_of(const std::string& name) const;

 private:
  struct Kept {
    std::uint64_t bytes = 0;
    std::int64_t written_ns = 0;
  };
  PictureStore(std::filesystem::path folder, std::uint64_t bytes_max)
      : folder_(std::move(folder)), bytes_max_(bytes_max) {}
  void learn();
  void make_room();

  std::filesystem::path folder_;
  std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  std::map<std::string, Kept> kept_;
};

}  // namespace tracker::disk

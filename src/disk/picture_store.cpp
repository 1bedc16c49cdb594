#include "disk/picture_store.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include "disk/file.hpp"

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".jpg";
constexpr std::size_t name_length_max = 64;

bool is_name(std::string_view name) {
  return name.size() > 2 && name.size() <= name_length_max && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace

Result<PictureStore> PictureStore::open(fs::path folder, std::uint64_t bytes_max) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) {
    return fail(ErrorCode::io, "cannot make the folder of thumbnails: " + error.message(),
                "check DATA_DIR", folder.string());
  }
  PictureStore store(std::move(folder), bytes_max);
  store.learn();
  store.make_room();
  return store;
}

void PictureStore::learn() {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().stem().string();
    std::error_code gone;
    const std::uint64_t bytes = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (gone || at->path().extension() != ending || !is_name(name)) continue;
    const auto written = at->last_write_time(gone).time_since_epoch();
    kept_[name] = {bytes, std::chrono::nanoseconds(written).count()};
    bytes_ += bytes;
  }
}

fs::path PictureStore::path_of(const std::string& name) const {
  return folder_ / name.substr(0, 2) / (name + std::string(ending));
}

Status PictureStore::put(const std::string& name, std::string_view bytes) {
  if (!is_name(name)) return fail(ErrorCode::invalid_input, "not a name of a picture", {}, name);
  if (has(name)) return {};
  const fs::path path = path_of(name);
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  CHECK_OK(replace_file(path, bytes));
  const auto now = fs::file_time_type::clock::now().time_since_epoch();
  kept_[name] = {bytes.size(), std::chrono::nanoseconds(now).count()};
  bytes_ += bytes.size();
  make_room();
  return {};
}

/// A tenth more than needed goes, so that not each picture pushes one out.
void PictureStore::make_room() {
  if (bytes_ <= bytes_max_) return;
  std::vector<std::pair<std::int64_t, std::string>> by_age;
  for (const auto& [name, kept] : kept_) by_age.emplace_back(kept.written_ns, name);
  std::ranges::sort(by_age);
  for (const auto& [written, name] : by_age) {
    if (bytes_ <= bytes_max_ - bytes_max_ / 10) return;
    std::error_code error;
    std::filesystem::remove(path_of(name), error);
    bytes_ -= kept_[name].bytes;
    kept_.erase(name);
  }
}

}  // namespace tracker::disk

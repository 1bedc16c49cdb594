// Real media files for tests, made by the media program that lies beside the test program.
#pragma once

#include <cstdio>
#include <filesystem>
#include <random>
#include <string>

namespace tracker::probe {

inline std::filesystem::path media_program() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "animation-tracker-media";
}

/// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    path_ = std::filesystem::temp_directory_path() /
            ("tracker-media-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// One file (or sequence, with "%04d") below `folder`; false if the program failed.
inline bool make(const std::filesystem::path& folder, const std::string& path, int frames,
                 const std::string& fps = "24/1", bool cut = false) {
  const std::string command = media_program().string() + " --make-media " + folder.string();
  std::FILE* program = ::popen(command.c_str(), "w");
  if (program == nullptr) return false;
  const std::string plan =
      "[{\"path\":\"" + path + "\",\"frames\":" + std::to_string(frames) + ",\"fps\":\"" + fps +
      "\",\"first\":1001,\"missing\":[],\"cut\":" + (cut ? "true" : "false") + "}]";
  std::fwrite(plan.data(), 1, plan.size(), program);
  return ::pclose(program) == 0;
}

}  // namespace tracker::probe

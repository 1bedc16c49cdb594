// Tells that something happened in the workbook's folder, by inotify. A hint only: events of other
// machines on a share never come, so a stat every 2 s stands beside it. Thread rule: the io thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "runtime/asio.hpp"

namespace tracker::disk {

class FolderWatch {
 public:
  /// `on_name` is called with the name of every file that was closed after writing, renamed,
  /// created or deleted in `folder`; with '' when events were lost.
  static Result<std::unique_ptr<FolderWatch>> start(asio::any_io_executor executor,
                                                    const std::filesystem::path& folder,
                                                    std::function<void(std::string)> on_name);
  ~FolderWatch();

  /// Reads events until cancelled.
  Awaitable<void> run();

 private:
  struct State;
  explicit FolderWatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tracker::disk

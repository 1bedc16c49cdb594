// Tells the cloud which files belong to no shot, and hears from it which of them people gave to a
// row. What was heard is kept in DATA_DIR/media_pins.json: a start without the cloud measures the
// same files as before.
//
// Asked when the cloud says that there is news, and every 30 s. A cloud that is older than these
// messages is left alone for an hour. Thread rule: the io thread; files are written on the disk
// thread. Lifetime: the references outlive run().
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "link/cloud_link.hpp"
#include "local/media_service.hpp"
#include "runtime/signal.hpp"
#include "runtime/worker_thread.hpp"

namespace tracker::local {

class MediaExchange {
 public:
  MediaExchange(asio::any_io_executor executor, runtime::WorkerThread& disk_thread,
                link::CloudLink& link, MediaService& media, std::string store,
                std::filesystem::path pins_file);

  /// Blocking: before anything runs. A file that is missing or damaged is as none.
  void load_pins();

  void set_unmatched(UnmatchedFiles files);
  void ask_soon() { wake_.notify(); }

  /// Until cancelled. Run it once.
  Awaitable<void> run();

 private:
  Awaitable<Status> tell_files();
  Awaitable<Status> ask_for_pins();

  runtime::WorkerThread& disk_thread_;
  link::CloudLink& link_;
  MediaService& media_;
  std::string store_;
  std::filesystem::path pins_file_;
  runtime::Signal wake_;
  std::optional<UnmatchedFiles> untold_;
  std::int64_t known_pins_ = 0;
};

}  // namespace tracker::local

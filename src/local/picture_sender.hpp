// Sends the small pictures of what rows show to the cloud, one at a time and after everything else:
// first their names, then those that the cloud lacks. Nothing is remembered across a restart: names
// are offered again at the start, after a failure, and every hour.
//
// A cloud that is older than pictures is asked again after an hour. Memory: names and paths, and
// one picture. Thread rule: the io thread; files are read on the disk thread. Lifetime: both
// references outlive run().
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "link/cloud_link.hpp"
#include "local/media_service.hpp"
#include "runtime/signal.hpp"
#include "runtime/worker_thread.hpp"

namespace tracker::local {

class PictureSender {
 public:
  PictureSender(asio::any_io_executor executor, runtime::WorkerThread& disk_thread,
                link::CloudLink& link, std::string store);

  /// These pictures are there; some may have been told before.
  void add(std::vector<DrawnPicture> pictures);

  /// Sends until cancelled. Run it once.
  Awaitable<void> run();

 private:
  Awaitable<Status> send_some();
  Awaitable<Status> send(PictureName name);
  void offer_all_again();

  runtime::WorkerThread& disk_thread_;
  link::CloudLink& link_;
  std::string store_;
  runtime::Signal wake_;
  std::map<PictureName, std::filesystem::path> known_;
  std::set<PictureName> waiting_;  ///< to be offered now
  std::set<PictureName> early_;    ///< no row of the cloud shows them yet: again after a pause
  std::chrono::milliseconds early_pause_;
};

}  // namespace tracker::local

#include "local/picture_sender.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/log.hpp"
#include "disk/file.hpp"

namespace tracker::local {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds early_pause_min = 1s;
constexpr std::chrono::milliseconds early_pause_max = 5min;
constexpr std::chrono::milliseconds failure_pause = 10s;
constexpr std::chrono::milliseconds offer_all_every = 1h;

/// Worth another try soon. Else the cloud does not know pictures, has no room, or says no.
bool is_passing(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout ||
         error.code == ErrorCode::busy || error.code == ErrorCode::unauthorized;
}

}  // namespace

PictureSender::PictureSender(asio::any_io_executor executor, runtime::WorkerThread& disk_thread,
                             link::CloudLink& link, std::string store)
    : disk_thread_(disk_thread),
      link_(link),
      store_(std::move(store)),
      wake_(std::move(executor)),
      early_pause_(early_pause_min) {}

void PictureSender::add(std::vector<DrawnPicture> pictures) {
  for (DrawnPicture& one : pictures) {
    waiting_.insert(one.name);
    known_.insert_or_assign(std::move(one.name), std::move(one.path));
  }
  early_pause_ = early_pause_min;
  wake_.notify();
}

void PictureSender::offer_all_again() {
  for (const auto& [name, path] : known_) waiting_.insert(name);
}

Awaitable<void> PictureSender::run() {
  auto all_again_at = std::chrono::steady_clock::now() + offer_all_every;
  for (;;) {
    const bool told = co_await wake_.wait_for(early_.empty() ? offer_all_every : early_pause_);
    if (!told) {
      waiting_.merge(std::exchange(early_, {}));
      early_pause_ = std::min(early_pause_ * 2, early_pause_max);
    }
    if (std::chrono::steady_clock::now() >= all_again_at) {
      offer_all_again();
      all_again_at = std::chrono::steady_clock::now() + offer_all_every;
    }
    while (!waiting_.empty()) {
      const Status sent = co_await send_some();
      if (sent) continue;
      log::debug("pictures wait: {}", describe(sent.error()));
      if (!is_passing(sent.error())) {
        waiting_.clear();
        break;
      }
      co_await runtime::sleep_for(failure_pause);
      offer_all_again();  // perhaps it is another database by now
    }
  }
}

Awaitable<Status> PictureSender::send_some() {
  sync::Offer offer{store_, {}};
  const auto count = std::min(waiting_.size(), sync::pictures_in_offer_max);
  const auto end = std::next(waiting_.begin(), static_cast<std::ptrdiff_t>(count));
  offer.pictures.assign(waiting_.begin(), end);
  std::set<PictureName> offered(waiting_.begin(), end);
  CO_TRY(const sync::OfferAnswer answer, co_await link_.offer(std::move(offer)));
  for (const PictureName& name : offered) waiting_.erase(name);
  early_.insert(answer.early.begin(), answer.early.end());
  for (const PictureName& name : answer.wanted) {
    if (offered.contains(name)) CO_CHECK_OK(co_await send(name));
  }
  co_return Status{};
}

Awaitable<Status> PictureSender::send(PictureName name) {
  const std::filesystem::path path = known_[name];
  auto file = co_await runtime::run_blocking(
      disk_thread_, [&path] { return disk::read_file(path, picture_bytes_max); });
  if (!file || !is_jpeg(file->bytes)) {
    known_.erase(name);  // the local store of pictures let it go
    co_return Status{};
  }
  co_return co_await link_.picture({store_, std::move(name), std::move(file->bytes)});
}

}  // namespace tracker::local

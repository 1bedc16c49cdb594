#include "local/media_exchange.hpp"

#include <boost/json.hpp>
#include <utility>

#include "core/log.hpp"
#include "disk/file.hpp"

namespace tracker::local {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds ask_every = 30s;
constexpr std::chrono::milliseconds exchange_retry_pause = 5s;
constexpr std::chrono::milliseconds older_cloud_pause = 1h;
constexpr std::uint64_t pins_file_bytes_max = 64 * 1024 * 1024;

}  // namespace

MediaExchange::MediaExchange(asio::any_io_executor executor, runtime::WorkerThread& disk_thread,
                             link::CloudLink& link, MediaService& media, std::string store,
                             fs::path pins_file)
    : disk_thread_(disk_thread),
      link_(link),
      media_(media),
      store_(std::move(store)),
      pins_file_(std::move(pins_file)),
      wake_(std::move(executor)) {}

void MediaExchange::load_pins() {
  const auto file = disk::read_file(pins_file_, pins_file_bytes_max);
  if (!file) return;
  boost::system::error_code problem;
  auto pins = parse_media_pins(boost::json::parse(file->bytes, problem));
  if (problem || !pins) return;
  known_pins_ = pins->number;
  media_.set_pins(std::move(pins->pins));
}

void MediaExchange::set_unmatched(UnmatchedFiles files) {
  untold_ = std::move(files);
  wake_.notify();
}

Awaitable<Status> MediaExchange::tell_files() {
  if (!untold_) co_return Status{};
  UnmatchedFiles files = *std::exchange(untold_, std::nullopt);
  const Status told = co_await link_.files({store_, files});
  if (!told && !untold_) untold_ = std::move(files);
  co_return told;
}

Awaitable<Status> MediaExchange::ask_for_pins() {
  CO_TRY(sync::PinsAnswer answer, co_await link_.pins({store_, known_pins_}));
  if (!answer.pins) co_return Status{};
  const std::string text = boost::json::serialize(to_json(*answer.pins));
  const fs::path& path = pins_file_;
  const Status kept = co_await runtime::run_blocking(
      disk_thread_, [&path, &text] { return disk::replace_file(path, text); });
  if (!kept) log::warning("{}", describe(kept.error()));
  known_pins_ = answer.pins->number;
  media_.set_pins(std::move(answer.pins->pins));
  co_return Status{};
}

Awaitable<void> MediaExchange::run() {
  for (;;) {
    Status done = link_.connected() ? co_await tell_files() : Status{};
    if (done && link_.connected()) done = co_await ask_for_pins();
    if (!done) log::debug("files of no shot wait: {}", describe(done.error()));
    if (!done && done.error().code == ErrorCode::not_found) {
      co_await runtime::sleep_for(older_cloud_pause);
    } else if (!done) {
      co_await runtime::sleep_for(exchange_retry_pause);
    } else {
      co_await wake_.wait_for(ask_every);
    }
  }
}

}  // namespace tracker::local

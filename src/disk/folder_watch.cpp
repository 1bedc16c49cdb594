#include "disk/folder_watch.hpp"

#include <sys/inotify.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>

#include "disk/file.hpp"

namespace tracker::disk {

struct FolderWatch::State {
  asio::posix::stream_descriptor events;
  std::function<void(std::string)> on_name;
};

FolderWatch::FolderWatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
FolderWatch::~FolderWatch() = default;

Result<std::unique_ptr<FolderWatch>> FolderWatch::start(asio::any_io_executor executor,
                                                        const std::filesystem::path& folder,
                                                        std::function<void(std::string)> on_name) {
  Descriptor events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!events.is_open()) return system_error("can't watch", folder, errno);
  const std::uint32_t mask =
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR;
  if (::inotify_add_watch(events.number(), folder.c_str(), mask) < 0) {
    return system_error("can't watch", folder, errno);
  }
  auto state = std::make_unique<State>(
      State{asio::posix::stream_descriptor(executor, events.release()), std::move(on_name)});
  return std::unique_ptr<FolderWatch>(new FolderWatch(std::move(state)));
}

Awaitable<void> FolderWatch::run() {
  alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
  for (;;) {
    const auto [problem, count] =
        co_await state_->events.async_read_some(asio::buffer(buffer), runtime::as_result);
    if (problem) co_return;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      const bool lost = (event->mask & IN_Q_OVERFLOW) != 0;
      state_->on_name(lost || event->len == 0 ? std::string() : std::string(event->name));
      at += sizeof(inotify_event) + event->len;
    }
  }
}

}  // namespace tracker::disk

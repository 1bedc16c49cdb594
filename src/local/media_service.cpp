#include "local/media_service.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <utility>

#include "core/log.hpp"
#include "local/media_thread.hpp"
#include "runtime/asio.hpp"

namespace tracker::local {
namespace {

constexpr std::chrono::seconds stop_seconds_max{10};

MediaThreadSettings settings_of(const Settings& settings) {
  MediaThreadSettings out;
  out.media_root = settings.media_root;
  out.cache_file = settings.data_dir / "media.sqlite";
  out.pictures_folder = settings.data_dir / "thumbnails";
  out.media_program = settings.media_program;
  out.terms = {settings.frame_rate, settings.episode_rates, settings.media_handles};
  out.task_order = settings.media_tasks;
  return out;
}

}  // namespace

/// Touched on the io thread only; the media thread holds it weakly.
struct MediaService::State {
  State(boost::asio::any_io_executor io, Callback measured, MediaListeners others)
      : executor(std::move(io)),
        on_measured(std::move(measured)),
        listeners(std::move(others)),
        ended(executor) {
    ended.expires_at(std::chrono::steady_clock::time_point::max());
  }
  boost::asio::any_io_executor executor;
  Callback on_measured;
  MediaListeners listeners;
  boost::asio::steady_timer ended;  ///< cancelled when the thread has ended
  std::shared_ptr<MediaThread> thread;
  std::string problem;
  std::optional<media::LearnedPattern> offer;
  bool started = false;
  bool stopped = false;
  bool has_ended = false;
};

MediaService::MediaService(boost::asio::any_io_executor executor, const Settings& settings,
                           Callback on_measured, MediaListeners listeners)
    : state_(std::make_shared<State>(executor, std::move(on_measured), std::move(listeners))) {
  const std::weak_ptr<State> weak = state_;
  const auto tell = [executor, weak](auto action) {
    boost::asio::post(executor, [weak, action = std::move(action)]() mutable {
      if (const auto state = weak.lock()) action(*state);
    });
  };
  MediaThreadSettings for_thread = settings_of(settings);
  if (!settings.media_pattern.empty()) {
    if (auto patterns = media::Patterns::parse(settings.media_pattern)) {
      for_thread.patterns = std::move(*patterns);
    } else {
      for_thread.problem = patterns.error().what + "; until then files are matched by their names";
    }
  }
  MediaThread::Events events;
  events.on_changes = [tell](std::vector<MeasuredRow> rows) {
    tell([rows = std::move(rows)](State& state) mutable {
      if (!state.stopped) state.on_measured(std::move(rows));
    });
  };
  events.on_pictures = [tell](std::vector<DrawnPicture> pictures) {
    tell([pictures = std::move(pictures)](State& state) mutable {
      const auto& listener = state.listeners.on_pictures;
      if (!state.stopped && listener) listener(std::move(pictures));
    });
  };
  events.on_unmatched = [tell](UnmatchedFiles files) {
    tell([files = std::move(files)](State& state) mutable {
      const auto& listener = state.listeners.on_unmatched;
      if (!state.stopped && listener) listener(std::move(files));
    });
  };
  events.on_offer = [tell](media::LearnedPattern learned) {
    tell([learned = std::move(learned)](State& state) mutable {
      log::info("{} of {} rows are named alike: MEDIA_PATTERN='{}' would hold all files to it",
                learned.rows, learned.rows_all, learned.templates);
      state.offer = std::move(learned);
    });
  };
  events.on_problem = [tell](std::string problem) {
    tell([problem = std::move(problem)](State& state) { state.problem = problem; });
  };
  events.on_end = [tell] {
    tell([](State& state) {
      state.has_ended = true;
      state.ended.cancel();
    });
  };
  state_->thread = std::make_shared<MediaThread>(std::move(for_thread), std::move(events));
}

MediaService::~MediaService() {
  if (!state_->started) return;
  state_->thread->request_stop();
  state_->thread->join();
}

void MediaService::start() {
  if (std::exchange(state_->started, true)) return;
  state_->thread->start();
}

void MediaService::set_rows(std::vector<ShotRow> rows) {
  state_->thread->set_rows(std::move(rows));
}

void MediaService::change_rows(std::vector<ShotRow> changed,
                               const std::vector<std::string>& removed) {
  state_->thread->change_rows(std::move(changed), removed);
}

void MediaService::set_pins(std::vector<MediaPin> pins) {
  state_->thread->set_pins(std::move(pins));
}

boost::asio::awaitable<void> MediaService::stop() {
  const std::shared_ptr<State> state = state_;
  state->stopped = true;
  if (!state->started) co_return;
  state->thread->request_stop();
  if (!state->has_ended) {
    state->ended.expires_after(stop_seconds_max);
    co_await state->ended.async_wait(runtime::as_result);
  }
  if (state->has_ended) {
    state->thread->join();
  } else {
    state->thread->detach();  // it hangs in a dead mount; nothing else waits for it
  }
  state->started = false;
}

const std::optional<media::LearnedPattern>& MediaService::offer() const { return state_->offer; }

std::string MediaService::problem() const { return state_->problem; }

}  // namespace tracker::local

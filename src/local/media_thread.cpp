#include "local/media_thread.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "core/time.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {
namespace {

using namespace std::chrono_literals;

constexpr auto next_try_of_worker = 5s;
constexpr auto unsettled_check_every = 500ms;
/// All rows are matched anew when names changed: a storm of new rows is matched in a few goes.
constexpr auto match_every = 250ms;
constexpr probe::WorkerLimits drawing_limits{
    .processor_time = 10s, .clock_time = 120s, .niceness = 10};
constexpr std::uint64_t pictures_bytes_max = std::uint64_t{512} << 20;
constexpr auto tell_every = 250ms;
constexpr auto unmatched_every = 1s;
/// What names have in common is looked for when all else is done, until there is something.
constexpr auto offer_every = 1min;
constexpr auto offer_after_matching = 5s;  ///< and after the start: its own work comes first
/// A file that a worker died over is told as a problem after the third time. It is tried again
/// after half a second, then twice as long each time: perhaps the machine was to blame.
constexpr int tries_until_told = 3;
constexpr int doublings_max = 10;
constexpr std::chrono::milliseconds first_pause = 500ms;

std::string now_text() { return format_rfc3339(runtime::now()); }

std::size_t workers_wanted() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
}

}  // namespace

MediaThread::MediaThread(MediaThreadSettings settings, Events events)
    : settings_(std::move(settings)),
      events_(std::move(events)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      index_(settings_.terms, settings_.patterns, settings_.task_order),
      pool_(settings_.media_program, workers_wanted()),
      drawing_pool_(settings_.media_program, 1, drawing_limits) {}

MediaThread::~MediaThread() {
  if (wake_ >= 0) ::close(wake_);
}

void MediaThread::start() {
  thread_ = std::thread([self = shared_from_this()] {
    self->run();
    self->events_.on_end();
  });
}

void MediaThread::set_rows(std::vector<ShotRow> rows) {
  {
    const std::lock_guard lock(mutex_);
    row_news_.all = std::move(rows);
    row_news_.changed.clear();
  }
  ::eventfd_write(wake_, 1);
}

void MediaThread::change_rows(std::vector<ShotRow> changed,
                              const std::vector<std::string>& removed) {
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& key : removed) row_news_.changed[key] = std::nullopt;
    for (ShotRow& row : changed) {
      const std::string key = row.key;
      row_news_.changed[key] = std::move(row);
    }
  }
  ::eventfd_write(wake_, 1);
}

void MediaThread::set_pins(std::vector<MediaPin> pins) {
  {
    const std::lock_guard lock(mutex_);
    row_news_.pins = std::move(pins);
  }
  ::eventfd_write(wake_, 1);
}

void MediaThread::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  ::eventfd_write(wake_, 1);
}

void MediaThread::join() {
  if (thread_.joinable()) thread_.join();
}

void MediaThread::detach() {
  if (thread_.joinable()) thread_.detach();
}

void MediaThread::run() {
  try {
    run_loop();
  } catch (const std::exception& thrown) {
    events_.on_problem(std::string("durations are no longer measured: ") + thrown.what() +
                       "; restart the local role");
  }
}

void MediaThread::run_loop() {
  if (auto cache = disk::MediaCache::open(settings_.cache_file)) {
    cache_ = std::move(*cache);
  } else {
    watch_problem_ = describe(cache.error());
  }
  if (auto pictures = disk::PictureStore::open(settings_.pictures_folder, pictures_bytes_max)) {
    pictures_ = std::move(*pictures);
  }
  next_offer_ = Clock::now() + offer_after_matching;
  pool_.warm_up();
  while (turn()) wait();
}

bool MediaThread::turn() {
  if (take_stop()) return false;
  take_rows();
  check_on_time();
  if (watch_) read_events();
  collect_answers();
  ask();
  feed_workers();
  tell();
  tell_unmatched();
  offer_pattern();
  draw();
  return true;
}

bool MediaThread::take_stop() {
  const std::lock_guard lock(mutex_);
  return stop_;
}

void MediaThread::take_rows() {
  RowNews news;
  {
    const std::lock_guard lock(mutex_);
    news = std::exchange(row_news_, {});
  }
  if (news.all) index_.set_rows(*news.all);
  for (auto& [key, row] : news.changed) {
    if (row) {
      index_.put_row(*row);
    } else {
      index_.remove_row(key);
    }
  }
  if (news.pins) index_.set_pins(*news.pins);
  if (index_.has_new_names() && Clock::now() >= next_matching_) {
    index_.match_anew();
    next_matching_ = Clock::now() + match_every;
    next_offer_ = std::min(next_offer_, Clock::now() + offer_after_matching);
  }
}

void MediaThread::ask() {
  for (MediaIndex::Wanted& wanted : index_.take_wanted()) {
    const auto known = cache_ ? cache_->find(wanted.key) : std::nullopt;
    const auto answer = known ? probe::parse_answer(known->answer) : fail(ErrorCode::not_found, "");
    if (answer) {
      index_.put_answer(wanted.path, wanted.key, *answer, known->measured_at);
    } else {
      waiting_.push_back({std::move(wanted.path), std::move(wanted.key), 0});
    }
  }
}

/// Gives the file to a worker. False: no worker can be had; `asked` waits on.
bool MediaThread::hand_over(Asked asked) {
  const auto opened = root_->open_file(asked.path);
  const auto facts = root_->look_at_file(asked.path);
  if (!opened || !facts || file_key(facts->first, facts->second) != asked.key) {
    if (opened) ::close(*opened);
    const bool unreadable = facts && file_key(facts->first, facts->second) == asked.key;
    if (unreadable) {
      index_.put_answer(asked.path, asked.key, probe::refused(opened.error().what), now_text());
    } else {
      rescan(disk::folder_of(asked.path));  // it is another file by now
    }
    return true;
  }
  const probe::Descriptor file(*opened);
  const std::uint64_t id = ++last_request_;
  if (const Status given = pool_.submit(id, file); !given) {
    worker_problem_ = describe(given.error());
    next_worker_try_ = Clock::now() + next_try_of_worker;
    waiting_.push_front(std::move(asked));
    return false;
  }
  worker_problem_.clear();
  in_work_.emplace(id, std::move(asked));
  return true;
}

void MediaThread::feed_workers() {
  while (!later_.empty() && later_.begin()->first <= Clock::now()) {
    waiting_.push_back(std::move(later_.begin()->second));
    later_.erase(later_.begin());
  }
  while (root_ && !waiting_.empty() && pool_.has_room() && Clock::now() >= next_worker_try_) {
    Asked asked = std::move(waiting_.front());
    waiting_.pop_front();
    if (!hand_over(std::move(asked))) return;
  }
}

void MediaThread::collect_answers() {
  for (probe::WorkerPool::Finished& finished : pool_.collect()) {
    const auto asked = in_work_.find(finished.id);
    if (asked == in_work_.end()) continue;
    Asked one = std::move(asked->second);
    in_work_.erase(asked);
    const bool tell = !finished.answer.crashed || one.tries + 1 >= tries_until_told;
    if (tell) keep(one, finished.answer);
    if (finished.answer.crashed) try_again_later(std::move(one));
  }
}

void MediaThread::try_again_later(Asked asked) {
  const auto pause = first_pause * (1 << std::min(asked.tries, doublings_max));
  ++asked.tries;
  later_.emplace(Clock::now() + pause, std::move(asked));
}

/// That a worker died says as much about the machine as about the file: it is never cached.
void MediaThread::keep(const Asked& asked, const probe::Answer& answer) {
  const std::string measured_at = now_text();
  if (cache_ && !answer.crashed)
    (void)cache_->put(asked.key, {probe::to_text(answer), measured_at});
  index_.put_answer(asked.path, asked.key, answer, measured_at);
}

/// Each telling ends in a write of the workbook: a storm of answers is told in a few. Once the last
/// file is measured nothing is waited for.
bool MediaThread::may_tell() {
  const bool began = !std::exchange(measuring_, !waiting_.empty() || !in_work_.empty());
  if (!measuring_) return true;
  const auto now = Clock::now();
  const bool is_time = !began && now >= next_tell_;
  if (began || is_time) next_tell_ = now + tell_every;
  return is_time;
}

void MediaThread::tell() {
  ask();  // an answer may have made another file the one to look at
  if (root_ && !index_.is_empty() && may_tell()) {
    auto changes = index_.take_changes(runtime::now_ns());
    if (!changes.empty()) events_.on_changes(std::move(changes));
  }
  std::string problem = root_problem_;
  if (problem.empty()) problem = worker_problem_;
  if (problem.empty()) problem = watch_problem_;
  if (problem.empty()) problem = settings_.problem;
  if (problem.empty() && root_ && index_.is_empty()) {
    problem = "no media in " + settings_.media_root.string() + ": is its disk mounted?";
  }
  if (problem != told_problem_) {
    told_problem_ = problem;
    events_.on_problem(std::move(problem));
  }
}

/// A storm of new files is told in a few goes.
void MediaThread::tell_unmatched() {
  if (!root_ || index_.is_empty() || Clock::now() < next_unmatched_) return;
  auto files = index_.take_unmatched();
  if (!files) return;
  next_unmatched_ = Clock::now() + unmatched_every;
  if (files == told_unmatched_) return;
  told_unmatched_ = files;
  events_.on_unmatched(std::move(*files));
}

void MediaThread::offer_pattern() {
  const bool at_rest = root_ && !measuring_ && to_draw_.empty() && in_drawing_.empty();
  if (!at_rest || offered_ || Clock::now() < next_offer_) return;
  next_offer_ = Clock::now() + offer_every;
  auto learned = index_.learn_pattern();
  if (!learned) return;
  offered_ = true;
  events_.on_offer(std::move(*learned));
}

void MediaThread::wait() {
  std::vector<pollfd> descriptors{{wake_, POLLIN, 0}};
  if (watch_) descriptors.push_back({watch_->descriptor(), POLLIN, 0});
  pool_.poll_descriptors(descriptors);
  drawing_pool_.poll_descriptors(descriptors);
  auto until = next_check_;
  if (index_.is_unsettled()) until = std::min(until, Clock::now() + unsettled_check_every);
  if (const auto deadline = pool_.next_deadline()) until = std::min(until, *deadline);
  if (index_.has_new_names()) until = std::min(until, next_matching_);
  if (root_ && !index_.is_empty() && index_.matches_changed())
    until = std::min(until, next_unmatched_);
  if (measuring_) until = std::min(until, next_tell_);
  if (!later_.empty()) until = std::min(until, later_.begin()->first);
  if (const auto deadline = drawing_pool_.next_deadline()) until = std::min(until, *deadline);
  const bool more_to_give = root_ && !waiting_.empty() && pool_.has_room();
  if (more_to_give) until = std::min(until, std::max(next_worker_try_, Clock::now()));
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  const int wait_ms = static_cast<int>(std::clamp<long>(left, 0, 60'000));
  ::poll(descriptors.data(), descriptors.size(), wait_ms);
  eventfd_t ignored = 0;
  ::eventfd_read(wake_, &ignored);
}

}  // namespace tracker::local

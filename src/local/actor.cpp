#include "local/actor.hpp"

#include <algorithm>

#include "core/large_memory.hpp"
#include "core/log.hpp"
#include "disk/exchange.hpp"
#include "disk/lock_owner.hpp"
#include "domain/told.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds quiet_after_save(25);
constexpr milliseconds look_again(100);
constexpr milliseconds look_interval(2000);
constexpr milliseconds retry_pause(500);
constexpr std::size_t events_max = 10'000;
constexpr std::size_t told_max = 5;  // changes of one answer of the cloud, in the log

/// "create", "update" or "delete", as the guide's log lines call it.
const char* action_of(const Change& change) {
  if (change.kind == ChangeKind::insert || change.kind == ChangeKind::restore) return "create";
  return change.kind == ChangeKind::remove ? "delete" : "update";
}

/// What changed, on which side; the log of the sync has all of it.
void log_changes(const std::vector<Change>& changes) {
  for (std::size_t i = 0; i < changes.size() && i < told_max; ++i) {
    const bool is_ours = changes[i].origin == Origin::excel || changes[i].origin == Origin::media;
    log::info("{}: {}", is_ours ? "from the studio" : "for the workbook", told(changes[i]));
  }
  if (changes.size() > told_max) log::info("and {} more changes", changes.size() - told_max);
}

/// Not the poll that finds nothing, nor the moment's word on who has the workbook open.
bool brings_rows(const sync::Event& event) {
  const auto* pulled = std::get_if<sync::Pulled>(&event);
  if (pulled != nullptr) return !pulled->answer.changes.empty();
  return std::holds_alternative<sync::WorkbookSeen>(event) ||
         std::holds_alternative<sync::WorkbookWritten>(event) ||
         std::holds_alternative<sync::Measured>(event);
}

/// `rows`: pairs of id and mirror row.
std::vector<ShotRow> shot_rows(const auto& rows) {
  std::vector<ShotRow> out;
  out.reserve(rows.size());
  for (const auto& [id, row] : rows) out.push_back({std::to_string(id), row.cells});
  return out;
}

}  // namespace

Actor::Actor(asio::any_io_executor executor, runtime::WorkerThread& disk_thread, WorkbookPort& port,
             sync::Memory memory, std::string workbook_name)
    : executor_(executor),
      disk_thread_(disk_thread),
      port_(port),
      workbook_name_(std::move(workbook_name)),
      engine_(std::move(memory)),
      tasks_(executor),
      wake_(executor),
      reported_(executor) {}

void Actor::connect(link::CloudLink& link, MediaService* media) {
  link_ = &link;
  media_ = media;
  if (media_ != nullptr) media_->set_rows(shot_rows(engine_.memory().mirror));
}

// ---- what others call

void Actor::post(sync::Event event) {
  if (events_.size() >= events_max) {
    log::warning("too many events wait; the oldest is dropped and asked for again");
    events_.pop_front();
  }
  events_.push_back(std::move(event));
  wake_.notify();
}

void Actor::folder_touched(const std::string& name) {
  if (disk::is_temp_name(name)) return;
  const bool ours =
      name.empty() || name == workbook_name_ || disk::is_lock_name(name, workbook_name_);
  if (ours) look_soon();
}

void Actor::look_soon() {
  look_wanted_ = true;
  look_not_before_ = steady_clock::now();
  quiet_from_ = look_not_before_ + quiet_after_save;
  wake_.notify();
}

void Actor::link_connected() { tasks_.start("hello", hello()); }

void Actor::observe_for_cloud(std::string request) {
  tasks_.start("observe", answer_observe(std::move(request)));
}

// ---- the loop

Awaitable<void> Actor::run() {
  for (;;) {
    if (!events_.empty()) {
      sync::Event event = std::move(events_.front());
      events_.pop_front();
      co_await step(std::move(event));
      continue;
    }
    const bool is_time = steady_clock::now() >= next_regular_look_;
    if (is_time || (look_wanted_ && steady_clock::now() >= look_not_before_)) {
      look_wanted_ = false;
      co_await look(is_time);
      continue;
    }
    if (seen_ && steady_clock::now() >= quiet_from_) {
      sync::Event event = *std::exchange(seen_, std::nullopt);
      tell_if_put_back(event);
      co_await step(sync::LockSeen{open_by_});
      co_await step(std::move(event));
      continue;
    }
    if (footage_wanted_) {
      footage_wanted_ = false;
      co_await write_footage();
      continue;
    }
    co_await wake_.wait_for(time_to_wait());
  }
}

/// Nobody typed what an older version lacks: it is brought forward, and whoever meant to go back
/// must know how.
void Actor::tell_if_put_back(const sync::Event& event) const {
  const auto* seen = std::get_if<sync::WorkbookSeen>(&event);
  const std::string& known = engine_.workbook_digest();
  if (seen == nullptr || !seen->bases.seen || known.empty() || seen->digest == known) return;
  log::warning(
      "an older version of the workbook was put back: nothing was typed in it, so it is brought "
      "up to date. To go back to it: stop local, put it back, and run animation-tracker sync "
      "--excel-replaces-database");
}

milliseconds Actor::time_to_wait() const {
  const auto until = [](steady_clock::time_point moment) {
    return std::max(std::chrono::ceil<milliseconds>(moment - steady_clock::now()), milliseconds(1));
  };
  milliseconds wait = until(next_regular_look_);
  if (look_wanted_) wait = std::min(wait, until(look_not_before_));
  if (seen_) wait = std::min(wait, until(quiet_from_));
  return wait;
}

/// The second look in a row between which nothing happened: a moment in which nobody waits.
bool Actor::is_calm() {
  const bool calm = engine_.at_rest() && work_done_ == work_at_look_;
  work_at_look_ = work_done_;
  return calm;
}

/// One of the `regular` looks is for what no event of the folder tells, too.
Awaitable<void> Actor::look(bool regular) {
  if (regular) next_regular_look_ = steady_clock::now() + look_interval;
  const bool gives_back = regular && is_calm() && std::exchange(has_grown_, false);
  WorkbookPort& port = port_;
  std::string known = engine_.workbook_digest();
  Result<Look> result = co_await runtime::run_blocking(disk_thread_, [&] {
    if (gives_back) give_back_free_memory();
    if (regular) port.rescue_late_saves();
    return port.look(known);
  });
  ++looks_done_;
  if (!result) {
    log::warning("{}", describe(result.error()));
    co_return;
  }
  Look& look = *result;
  if (look.try_again) {
    look_wanted_ = true;
    look_not_before_ = steady_clock::now() + look_again;
  }
  const bool changed_hands = look.open_by != open_by_;
  if (changed_hands) {
    if (!look.open_by.empty()) log::info("the workbook is open by {}", look.open_by);
    if (look.open_by.empty()) log::info("the workbook was closed by {}", open_by_);
    open_by_ = look.open_by;
  }
  // Read at once, taken once the folder was quiet: the reading costs no time of its own then. Until
  // it is taken the engine plans on what it knew, and what it plans is dropped: so it isn't asked.
  if (look.event) seen_ = std::move(look.event);
  if (!seen_) co_await step(sync::LockSeen{look.open_by});
  if (changed_hands) reported_.notify();
}

Awaitable<void> Actor::step(sync::Event event) {
  if (const auto* pulled = std::get_if<sync::Pulled>(&event)) {
    for (const Change& change : pulled->answer.changes) {
      if (change.origin != Origin::web && change.origin != Origin::sql) continue;
      if (!change_began_) {
        log::info("✅ Local server notified of Railway entry");
        log::info("🔄 Starting real-time bidirectional sync for {}...", action_of(change));
        change_began_ = steady_clock::now();
      }
    }
    log_changes(pulled->answer.changes);
  }
  const bool is_look = std::holds_alternative<sync::LockSeen>(event);
  if (!is_look) ++work_done_;
  if (brings_rows(event)) has_grown_ = true;
  stepping_ = true;
  sync::Effects effects = engine_.step(std::move(event));
  const bool may_report = !is_look || !effects.empty();  // a quiet look tells nothing new
  if (!effects.empty()) co_await perform(std::move(effects));
  stepping_ = false;
  after_step();
  if (may_report) reported_.notify();
}

void Actor::after_step() {
  if (engine_.at_rest()) {
    equal_as_of_ = runtime::now();
    if (change_began_) {
      const auto took =
          std::chrono::duration_cast<milliseconds>(steady_clock::now() - *change_began_);
      log::info("⚡ Real-time bidirectional sync completed in {}ms", took.count());
      change_began_.reset();
    }
  }
  for (const auto& waiter : waiters_) waiter->notify();
}

Awaitable<void> Actor::perform(sync::Effects effects) {
  for (sync::Effect& effect : effects) {
    if (auto* saved = std::get_if<sync::SaveObservation>(&effect)) {
      co_await save(*saved);
    } else if (auto* mirror = std::get_if<sync::SaveMirror>(&effect)) {
      co_await save(*mirror);
      if (media_ != nullptr) tell_media(*mirror);
    } else if (auto* pushes = std::get_if<sync::SavePushes>(&effect)) {
      co_await save(*pushes);
    } else if (auto* restart = std::get_if<sync::SaveRestart>(&effect)) {
      log::warning(
          "a part was restored from a backup: workbook and cloud are joined anew, "
          "nothing is deleted");
      co_await save(*restart);
    } else if (auto* pull_effect = std::get_if<sync::SendPull>(&effect)) {
      tasks_.start("pull", pull(std::move(pull_effect->pull)));
    } else if (auto* push_effect = std::get_if<sync::SendPush>(&effect)) {
      tasks_.start("push", push(std::move(push_effect->push)));
    } else if (auto* applied_effect = std::get_if<sync::SendApplied>(&effect)) {
      tasks_.start("applied", applied(applied_effect->applied));
    } else if (auto* write_effect = std::get_if<sync::WriteWorkbook>(&effect)) {
      co_await write(std::move(*write_effect));
    } else if (std::holds_alternative<sync::Reconnect>(effect)) {
      tasks_.start("hello", hello());
    }
  }
}

template <class Save>
Awaitable<void> Actor::save(const Save& what) {
  for (;;) {
    journal::Journal& journal = port_.journal();
    const Status saved = co_await runtime::run_blocking(disk_thread_, [&journal, &what] {
      if constexpr (std::is_same_v<Save, sync::SaveObservation> ||
                    std::is_same_v<Save, sync::SavePushes>) {
        return journal.save(what, runtime::now());
      } else {
        return journal.save(what);
      }
    });
    tell_journal(saved ? std::string() : describe(saved.error()));
    if (saved) co_return;
    co_await runtime::sleep_for(std::chrono::seconds(1));
  }
}

Awaitable<void> Actor::write(sync::WriteWorkbook effect) {
  WorkbookPort& port = port_;
  const sync::SharedState before = engine_.sheet();
  const auto numbers = engine_.row_numbers();
  const std::vector<std::uint32_t> row_numbers(numbers.begin(), numbers.end());
  Result<sync::Event> outcome =
      co_await runtime::run_blocking(disk_thread_, [&port, &effect, &before, &row_numbers] {
        return port.write(std::move(effect), before, row_numbers);
      });
  if (!outcome) outcome = sync::WriteDropped{describe(outcome.error()), {}};
  if (const auto* written = std::get_if<sync::WorkbookWritten>(&*outcome)) {
    for (const workbook::Refusal& refusal : written->refusals) {
      log::warning("not written into {}: {}", refusal.where, refusal.reason);
    }
  } else if (const auto* dropped = std::get_if<sync::WriteDropped>(&*outcome)) {
    if (!dropped->reason.empty()) log::error("the workbook was not written: {}", dropped->reason);
    look_wanted_ = true;
    look_not_before_ = steady_clock::now();
  }
  events_.push_front(std::move(*outcome));
}

// ---- the link

Awaitable<void> Actor::hello() {
  sync::Hello message = engine_.hello();
  message.clock = runtime::now();
  auto answer = co_await link_->hello(std::move(message));
  if (!answer) {
    log::warning("the cloud did not answer hello: {}", describe(answer.error()));
    co_await runtime::sleep_for(retry_pause);
    if (link_->connected()) tasks_.start("hello", hello());
    co_return;
  }
  if (answer->outcome == sync::HelloOutcome::leased) {
    log::error("another local server ({}) holds this studio", answer->held_by);
    post(sync::LinkUp{*answer});
    co_await runtime::sleep_for(std::chrono::seconds(5));
    if (link_->connected()) tasks_.start("hello", hello());
    co_return;
  }
  sent_report_ = {};
  post(sync::LinkUp{std::move(*answer)});
}

Awaitable<void> Actor::pull(sync::Pull message) {
  auto answer = co_await link_->pull(std::move(message));
  if (answer) {
    post(sync::Pulled{std::move(*answer)});
    co_return;
  }
  log::warning("the cloud did not answer a pull: {}", describe(answer.error()));
  co_await runtime::sleep_for(retry_pause);
  post(sync::PullFailed{describe(answer.error())});
}

Awaitable<void> Actor::push(sync::Push message) {
  const std::size_t count = message.ops.size();
  auto answer = co_await link_->push(std::move(message));
  if (answer) {
    log::debug("pushed {} ops", count);
    post(sync::Pushed{*answer});
    co_return;
  }
  log::warning("the cloud did not take a push: {}", describe(answer.error()));
  co_await runtime::sleep_for(retry_pause);
  post(sync::PushFailed{describe(answer.error())});
}

Awaitable<void> Actor::applied(sync::Applied message) {
  const auto sent = co_await link_->applied(std::move(message));
  if (!sent) log::debug("applied was not told: {}", describe(sent.error()));
}

Awaitable<void> Actor::answer_observe(std::string request) {
  const Status seen = co_await sync_now(milliseconds(10'000));
  link::Observed answer;
  answer.store = engine_.memory().store;
  answer.request = std::move(request);
  answer.number = engine_.memory().next_number - 1;
  answer.generation = engine_.memory().written_generation;
  const sync::Report report = engine_.report();
  answer.rows = report.rows;
  answer.problem = !report.problem.empty() ? report.problem : seen ? "" : describe(seen.error());
  log::info("📤 Railway app requesting Excel data export...");
  const auto sent = co_await link_->observed(answer);
  if (sent && answer.problem.empty()) {
    log::info("✅ Excel data exported to Railway: {} records", answer.rows);
  }
}

void Actor::tell_media(const sync::SaveMirror& mirror) {
  std::vector<ShotRow> rows = shot_rows(mirror.upserted);
  if (mirror.replace) {
    media_->set_rows(std::move(rows));
    return;
  }
  std::vector<std::string> removed;
  for (const EntryId id : mirror.removed) removed.push_back(std::to_string(id));
  media_->change_rows(std::move(rows), removed);
}

}  // namespace tracker::local

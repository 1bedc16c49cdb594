// What others wait for: both sides equal, a change written, a rehearsal of the next sync.
#include "local/actor.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Awaitable<bool> Actor::wait_until(std::function<bool()> done, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  auto waiter = std::make_shared<runtime::Signal>(executor_);
  waiters_.push_back(waiter);
  bool is_done = done();
  while (!is_done && steady_clock::now() < deadline) {
    co_await waiter->wait_for(milliseconds(50));
    is_done = done();
  }
  std::erase(waiters_, waiter);
  co_return is_done;
}

Awaitable<Status> Actor::sync_now(milliseconds limit) {
  const std::int64_t look_before = looks_done_;
  look_wanted_ = true;
  look_not_before_ = steady_clock::now();
  quiet_from_ = look_not_before_;
  wake_.notify();
  const auto settled = [this, look_before] {
    const bool waits_for_a_person = !open_by_.empty() || !engine_.report().problem.empty();
    const bool at_rest =
        engine_.at_rest() || (waits_for_a_person && engine_.memory().queue.empty());
    return at_rest && looks_done_ > look_before && !look_wanted_ && !seen_ && events_.empty();
  };
  const bool done = co_await wait_until(settled, limit);
  if (!done) {
    co_return fail(ErrorCode::timeout, "the sync did not finish in time",
                   "it goes on; see the log of the local server");
  }
  co_return Status{};
}

Awaitable<bool> Actor::wait_until_written(ChangeNumber seq, milliseconds limit) {
  const auto written = [this, seq] {
    return engine_.memory().cursor >= seq && events_.empty() && engine_.nothing_to_write();
  };
  co_return co_await wait_until(written, limit);
}

Awaitable<std::optional<sync::Preview>> Actor::preview(bool replaces, milliseconds limit) {
  const auto idle = [this] { return !stepping_ && events_.empty(); };
  const bool is_idle = co_await wait_until(idle, limit);
  if (!is_idle) co_return std::nullopt;
  sync::Engine rehearsal = engine_;
  // As if nobody had it open: what waits for that is what people want to know.
  sync::Effects effects = rehearsal.step(sync::LockSeen{});
  if (replaces) effects = rehearsal.step(sync::ReplacementWanted{});
  const sync::WriteWorkbook* write = nullptr;
  for (const sync::Effect& effect : effects) {
    if (const auto* found = std::get_if<sync::WriteWorkbook>(&effect)) write = found;
  }
  sync::Preview preview = sync::preview(rehearsal, write);
  preview.report.open_by = open_by_;
  co_return std::move(preview);
}

}  // namespace tracker::local

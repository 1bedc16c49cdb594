// The footage sheet: when it is looked at, and what is told where it can't be kept.
#include "core/log.hpp"
#include "local/actor.hpp"

namespace tracker::local {
namespace {

constexpr std::chrono::seconds rest_min(2);

}  // namespace

/// What is planned stands in no change that local hears of: it is asked for each time. A cloud that
/// does not answer now may know other plans than before, so the sheet waits for it.
Awaitable<void> Actor::keep_footage() {
  std::int64_t work_before = 0;
  for (;;) {
    co_await runtime::sleep_for(rest_min);
    const bool calm = engine_.at_rest() && work_done_ == work_before;
    work_before = work_done_;
    if (!calm || footage_after_ == work_done_) continue;
    auto plans = co_await link_->plans({engine_.memory().store});
    const bool is_older_cloud = !plans && plans.error().code == ErrorCode::not_found;
    if (!plans && !is_older_cloud) continue;
    episode_plans_ = is_older_cloud ? EpisodePlans() : std::move(*plans);
    footage_wanted_ = true;
    wake_.notify();
  }
}

/// Only at rest: then mirror, sheet and file say the same, and nobody waits for this write.
Awaitable<void> Actor::write_footage() {
  if (!engine_.at_rest() || !open_by_.empty()) co_return;
  footage_after_ = work_done_;
  WorkbookPort& port = port_;
  const sync::Memory& memory = engine_.memory();
  const std::string& known = engine_.workbook_digest();
  const EpisodePlans plans = episode_plans_;  // they may be asked for meanwhile
  const Status kept = co_await runtime::run_blocking(disk_thread_, [&] {
    return port.write_footage(memory.mirror, plans, known, memory.written_generation);
  });
  const std::string problem = kept ? std::string() : describe(kept.error());
  if (problem != footage_problem_ && !kept) log::warning("the footage sheet: {}", problem);
  footage_problem_ = problem;
  look_wanted_ = true;
  look_not_before_ = std::chrono::steady_clock::now();
  reported_.notify();
}

}  // namespace tracker::local

// What the page is told of this side, and when.
#include "core/log.hpp"
#include "local/actor.hpp"

namespace tracker::local {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds report_interval(30);

/// The same report would be refused again.
bool is_refusal(const Error& error) {
  return error.code == ErrorCode::invalid_input || error.code == ErrorCode::too_large;
}

}  // namespace

sync::Report Actor::report() const {
  sync::Report report = engine_.report();
  if (!footage_problem_.empty()) report.quarantined.push_back({"footage sheet", footage_problem_});
  if (report.problem.empty()) report.problem = journal_problem_;
  return report;
}

Awaitable<void> Actor::report_changes() {
  sync::Report refused;
  steady_clock::time_point again;
  for (;;) {
    co_await reported_.wait_for(report_interval);
    sync::Report report = this->report();
    const bool waits = report == refused && steady_clock::now() < again;
    if (report == sent_report_ || waits || !link_->connected()) continue;
    const Status sent = co_await link_->report(report);
    if (sent) {
      sent_report_ = std::move(report);
    } else if (is_refusal(sent.error())) {
      log::warning("the cloud did not take a report: {}", describe(sent.error()));
      refused = std::move(report);
      again = steady_clock::now() + report_interval;
    }
    co_await runtime::sleep_for(std::chrono::milliseconds(200));  // a storm of changes is one
    reported_.notify();
  }
}

/// '' = the journal was written.
void Actor::tell_journal(std::string problem) {
  if (problem == journal_problem_) return;
  if (problem.empty()) log::info("the journal can be written again");
  if (!problem.empty()) log::error("nothing goes on until this does: {}", problem);
  journal_problem_ = std::move(problem);
  reported_.notify();
}

}  // namespace tracker::local

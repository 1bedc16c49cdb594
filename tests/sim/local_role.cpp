#include "local_role.hpp"

#include <algorithm>
#include <set>

namespace tracker::sim {

namespace {

std::string ops_text(const std::vector<Op>& ops) {
  std::string text;
  for (const Op& op : ops) {
    text += " " + std::string(tracker::name_of(op.kind)) + ":" + std::to_string(op.row.id) +
            op.row.uid + ":" + op.before + ">" + op.after;
  }
  return text;
}

std::string ops_text(const std::vector<sync::Push>& pushes) {
  std::string text;
  for (const sync::Push& push : pushes) text += ops_text(push.ops);
  return text;
}

}  // namespace

LocalRole::LocalRole(Place place, Random& dice)
    : in_(std::move(place)), dice_(&dice), journal_("store", in_.mode.mutant) {}

void LocalRole::crash_point(unsigned one_in) {
  if (faults_ && in_.habits.crashes && chance(one_in)) throw Crashed{};
}

void LocalRole::start() {
  recover();
  engine_ = std::make_unique<sync::Engine>(journal_.memory(), in_.habits.guards);
  events_.clear();
  saves_seen_ = -1;
  remember_saves();
  was_unreadable_ = false;
  say_hello();
  look();
}

void LocalRole::crash() {
  in_.note("local crashes");
  journal_.lose_what_is_not_durable();
  answers_.clear();
  start();
}

void LocalRole::restore(const FakeJournal& backup) {
  in_.note("the journal is restored from a backup");
  journal_ = backup;
  answers_.clear();
  start();
}

// ---- the link

void LocalRole::say_hello() {
  ++connection_;
  const sync::HelloAnswer answer = in_.cloud.hello(engine_->hello(), false);
  events_.emplace_back(sync::LinkUp{answer});
  if (answer.outcome == sync::HelloOutcome::ok) return;
  in_.note("hello is answered: outcome " + std::to_string(static_cast<int>(answer.outcome)));
}

void LocalRole::break_link() {
  in_.note("the link breaks");
  feed(sync::LinkDown{"closed"});
  say_hello();
  feed(sync::Hinted{in_.cloud.head()});
}

void LocalRole::hint() { feed(sync::Hinted{in_.cloud.head()}); }

void LocalRole::ask_anyway() { feed(sync::Hinted{}); }

void LocalRole::drop_network() {
  requests_.clear();
  answers_.clear();
}

bool LocalRole::deliver_one() {
  const std::size_t waiting = requests_.size() + answers_.size();
  if (waiting == 0) return false;
  std::size_t place = dice_->below(waiting);
  if (place < requests_.size()) {
    const Request request = requests_[place];
    const bool twice =
        faults_ && std::holds_alternative<sync::Push>(request.message) && dice_->below(20) == 0;
    if (!twice) requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(place));
    const bool lost = faults_ && dice_->chance(in_.habits.loss_percent);
    if (request.connection == connection_ || !lost) answer(request, lost);
    return true;
  }
  place -= requests_.size();
  Answer arrived = std::move(answers_[place]);
  answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(place));
  if (arrived.connection == connection_) feed(std::move(arrived.event));
  return true;
}

/// The cloud gets the message, or not; its answer arrives later, or never.
void LocalRole::answer(const Request& request, bool lost) {
  const bool on_the_way_back = faults_ && dice_->chance(50);
  const auto arrives = [&](sync::Event event) {
    answers_.push_back({std::move(event), request.connection});
  };
  if (const auto* pull = std::get_if<sync::Pull>(&request.message)) {
    if (lost) return arrives(sync::PullFailed{});
    return arrives(sync::Pulled{in_.cloud.pull(*pull, in_.habits.changes_in_pull)});
  }
  const auto& push = std::get<sync::Push>(request.message);
  if (lost && !on_the_way_back) return arrives(sync::PushFailed{});
  const sync::PushAnswer decided = in_.cloud.push(push);
  in_.note("push " + std::to_string(push.number) + " outcome " +
           std::to_string(static_cast<int>(decided.outcome)));
  if (lost) return arrives(sync::PushFailed{});
  arrives(sync::Pushed{decided});
}

// ---- the engine

void LocalRole::feed(sync::Event event) {
  events_.push_back(std::move(event));
  try {
    while (!events_.empty()) {
      sync::Event next = std::move(events_.front());
      events_.pop_front();
      step(std::move(next));
    }
  } catch (const Crashed&) {
    crash();
  }
}

void LocalRole::step(sync::Event event) {
  for (sync::Effect& effect : engine_->step(std::move(event))) {
    crash_point(400);
    perform(effect);
  }
}

void LocalRole::perform(sync::Effect& effect) {
  if (auto* observation = std::get_if<sync::SaveObservation>(&effect)) {
    journal_.save(*observation);
    in_.people.was_read(*observation->rows);
    if (in_.mode.mutant == Mutant::two_transactions) {
      crash_point(20);
      journal_.save_late_pushes();
    }
    in_.note("observed" + ops_text(observation->pushes));
    if (observation->held) {
      in_.note("held: " + observation->held->held.reason + ops_text(observation->held->held.ops));
    }
  } else if (auto* mirror = std::get_if<sync::SaveMirror>(&effect)) {
    journal_.save(*mirror);
  } else if (auto* pushes = std::get_if<sync::SavePushes>(&effect)) {
    journal_.save(*pushes);
    in_.note("queued" + ops_text(pushes->pushes));
  } else if (auto* restart = std::get_if<sync::SaveRestart>(&effect)) {
    in_.note("workbook and cloud are joined anew");
    journal_.save(*restart);
  } else if (auto* pull = std::get_if<sync::SendPull>(&effect)) {
    requests_.push_back({pull->pull, connection_});
  } else if (auto* push = std::get_if<sync::SendPush>(&effect)) {
    requests_.push_back({push->push, connection_});
    sent_.push_back(push->push);
    if (in_.mode.mutant == Mutant::queue_trimmed_early) journal_.forget_sent(push->push.number);
  } else if (auto* told = std::get_if<sync::SendApplied>(&effect)) {
    check_told(told->applied);
  } else if (auto* planned = std::get_if<sync::WriteWorkbook>(&effect)) {
    events_.push_front(write(*planned));
  } else if (std::holds_alternative<sync::Reconnect>(effect)) {
    say_hello();
  }
}

/// I11: what is told as "in Excel" stands in the workbook, or a human saved since.
void LocalRole::check_told(const sync::Applied& told) {
  const sync::Memory& memory = engine_->memory();
  if (told.seq != memory.cursor || !memory.queue.empty()) return;
  if (in_.people.saves_count() != saves_seen_ || !in_.folder.target) return;
  std::set<std::string> shown;
  for (const auto& row : in_.folder.target->image.rows) {
    shown.insert(row.cells.begin(), row.cells.end());
  }
  if (!engine_->report().quarantined.empty()) return;
  for (const auto& [id, row] : memory.mirror) {
    for (Field field : all_fields) {
      if (!in_.folder.target->image.columns[index(field)]) continue;
      if (shown.contains(at(row.cells, field))) continue;
      violation_ = "I11: \"in Excel\" was said of " + at(row.cells, field);
    }
  }
}

void LocalRole::measure() {
  const auto& mirror = engine_->memory().mirror;
  if (mirror.empty()) return;
  auto row = mirror.begin();
  std::advance(row, static_cast<std::ptrdiff_t>(dice_->below(mirror.size())));
  Measurement measurement;
  measurement.frames = static_cast<std::int64_t>(dice_->below(40));
  sync::Measured event;
  event.rows.emplace_back(row->first,
                          dice_->chance(80) ? std::optional(measurement) : std::nullopt);
  in_.note("media of " + std::to_string(row->first) + " are measured");
  feed(std::move(event));
}

}  // namespace tracker::sim

#include "fake_journal.hpp"

#include <algorithm>

namespace tracker::sim {
FakeJournal::FakeJournal(std::string store, Mutant mutant) : mutant_(mutant) {
  memory_.store = std::move(store);
}

void FakeJournal::save(const sync::SaveObservation& observation) {
  states_.push_back({false, observation.generation, observation.digest, observation.rows});
  memory_.last_author = observation.author;
  memory_.next_number = observation.next_number;
  memory_.next_uid = observation.next_uid;
  if (observation.held) memory_.held_back = *observation.held;
  late_pushes_ = observation.pushes;
  if (mutant_ != Mutant::two_transactions) save_late_pushes();
}

void FakeJournal::save_late_pushes() {
  for (sync::Push& push : late_pushes_) memory_.queue.push_back(std::move(push));
  late_pushes_.clear();
}

void FakeJournal::save(const sync::SaveMirror& mirror) {
  if (mirror.replace) memory_.mirror.clear();
  for (const auto& [id, row] : mirror.upserted) memory_.mirror.insert_or_assign(id, row);
  for (EntryId id : mirror.removed) memory_.mirror.erase(id);
  memory_.cursor = mirror.cursor;
  memory_.chain = mirror.chain;
  memory_.applied_number = mirror.applied_number;
  memory_.has_mirror = true;
  if (mirror.held_decided) memory_.held_back = {};
  while (!memory_.queue.empty() && memory_.queue.front().number <= mirror.applied_number) {
    memory_.queue.pop_front();
  }
}

void FakeJournal::save(const sync::SavePushes& pushes) {
  for (const sync::Push& push : pushes.pushes) memory_.queue.push_back(push);
  memory_.next_number = pushes.next_number;
  memory_.next_uid = pushes.next_uid;
}

void FakeJournal::save(const sync::SaveRestart& restart) {
  sync::Memory fresh;
  fresh.store = memory_.store;
  fresh.next_uid = memory_.next_uid;
  fresh.generation = restart.generation;
  fresh.last_author = memory_.last_author;
  fresh.written_generation = memory_.written_generation;
  fresh.incarnation = restart.incarnation;
  fresh.held_back = {std::move(memory_.held_back.held), 0};
  if (restart.keep_mirror) fresh.mirror = std::move(memory_.mirror);
  memory_ = std::move(fresh);
  states_.clear();
}

void FakeJournal::begin_write(const Intent& intent, const sync::SharedState& rows,
                              std::int64_t next_uid) {
  planned_ = rows;
  if (mutant_ != Mutant::base_after_exchange) {
    states_.push_back({true, intent.generation, intent.new_digest, rows});
  }
  intent_ = intent;
  if (mutant_ != Mutant::generation_reused) memory_.generation = intent.generation;
  memory_.next_uid = next_uid;
}

void FakeJournal::end_write(bool written) {
  const Intent intent = *std::exchange(intent_, std::nullopt);
  if (written) {
    if (mutant_ == Mutant::base_after_exchange && planned_) {
      states_.push_back({true, intent.generation, intent.new_digest, planned_});
    }
    memory_.generation = std::max(memory_.generation, intent.generation);
    memory_.written_generation = intent.generation;
    return;
  }
  for (State& state : states_) {
    if (state.digest == intent.new_digest) state.digest.clear();
  }
}

void FakeJournal::lose_what_is_not_durable() {
  planned_.reset();
  late_pushes_.clear();
}

void FakeJournal::forget_sent(std::int64_t number) {
  std::erase_if(memory_.queue, [&](const sync::Push& push) { return push.number == number; });
}

bool FakeJournal::knows(const std::string& digest) const {
  return std::any_of(states_.begin(), states_.end(),
                     [&](const State& state) { return state.digest == digest; });
}

bool FakeJournal::has_observed(const std::string& digest) const {
  return std::any_of(states_.begin(), states_.end(),
                     [&](const State& state) { return state.digest == digest && !state.written; });
}

sync::Bases FakeJournal::bases(const std::string& digest,
                               const std::optional<workbook::Token>& token) const {
  sync::Bases bases;
  if (!states_.empty()) bases.newest = states_.back().rows;
  if (mutant_ == Mutant::token_ignored) {
    bases.written = bases.newest;
    return bases;
  }
  const bool own = token && token->store == memory_.store;
  for (const State& state : states_) {
    if (state.digest == digest && mutant_ != Mutant::seen_forgotten) bases.seen = state.rows;
    if (!token && !state.digest.empty()) bases.observed.push_back(state.rows);
    if (!own || state.generation != token->generation) continue;
    if (state.written) {
      bases.written = state.rows;
    } else {
      bases.observed.push_back(state.rows);
    }
  }
  return bases;
}

}  // namespace tracker::sim

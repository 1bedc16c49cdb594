#include "fake_journal.hpp"

namespace tracker::sim {

void FakeJournal::save(const sync::SaveObservation& observation) {
  states_.push_back({false, observation.generation, observation.digest, observation.rows});
  for (const sync::Push& push : observation.pushes) memory_.queue.push_back(push);
  memory_.next_number = observation.next_number;
  memory_.next_uid = observation.next_uid;
}

void FakeJournal::save(const sync::SaveMirror& mirror) {
  if (mirror.replace) memory_.mirror.clear();
  for (const auto& [id, row] : mirror.upserted) memory_.mirror.insert_or_assign(id, row);
  for (EntryId id : mirror.removed) memory_.mirror.erase(id);
  memory_.cursor = mirror.cursor;
  memory_.chain = mirror.chain;
  memory_.applied_number = mirror.applied_number;
  memory_.has_mirror = true;
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
  const std::string store = memory_.store;
  const std::int64_t next_uid = memory_.next_uid;
  const std::int64_t generation = memory_.generation;
  memory_ = {};
  memory_.store = store;
  memory_.next_uid = next_uid;
  memory_.generation = generation;
  memory_.incarnation = restart.incarnation;
  states_.clear();
}

void FakeJournal::begin_write(std::int64_t generation, const std::string& digest,
                              const sync::SharedState& rows, std::int64_t next_uid) {
  states_.push_back({true, generation, digest, rows});
  memory_.generation = generation;
  memory_.next_uid = next_uid;
}

void FakeJournal::end_write(std::int64_t generation, bool written) {
  if (written) {
    memory_.written_generation = generation;
    return;
  }
  for (State& state : states_) {
    if (state.written && state.generation == generation) state.digest.clear();
  }
}

sync::Bases FakeJournal::bases(const std::string& digest,
                               const std::optional<workbook::Token>& token) const {
  sync::Bases bases;
  for (const State& state : states_) {
    if (state.digest == digest) bases.seen = state.rows;
    if (token && token->store == memory_.store && state.generation == token->generation &&
        !state.digest.empty()) {
      if (state.written) {
        bases.written = state.rows;
      } else {
        bases.observed.push_back(state.rows);
      }
    }
    if (!token && !state.digest.empty()) bases.observed.push_back(state.rows);
    bases.newest = state.rows;
  }
  return bases;
}

}  // namespace tracker::sim

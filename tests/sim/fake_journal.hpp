// The local journal in memory, with the promises of journal/journal.hpp: a save is durable at
// once, whole or not at all. Copyable: a copy is a backup.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schedule.hpp"
#include "sync/engine.hpp"

namespace tracker::sim {

class FakeJournal {
 public:
  struct Intent {
    std::int64_t generation = 0;
    std::string old_digest;
    std::string new_digest;
  };

  FakeJournal(std::string store, Mutant mutant);

  void save(const sync::SaveObservation& observation);
  void save(const sync::SaveMirror& mirror);
  void save(const sync::SavePushes& pushes);
  void save(const sync::SaveRestart& restart);
  /// The mutant that saves edits later than their observation: the second half.
  void save_late_pushes();
  void begin_write(const Intent& intent, const sync::SharedState& rows, std::int64_t next_uid);
  void end_write(bool written);
  /// A crash: what mutants keep in memory only is gone.
  void lose_what_is_not_durable();
  void forget_sent(std::int64_t number);

  const std::optional<Intent>& intent() const { return intent_; }
  bool knows(const std::string& digest) const;
  bool has_observed(const std::string& digest) const;
  sync::Bases bases(const std::string& digest, const std::optional<workbook::Token>& token) const;
  const sync::Memory& memory() const { return memory_; }

 private:
  struct State {
    bool written = false;
    std::int64_t generation = 0;
    std::string digest;
    sync::SharedState rows;
  };

  Mutant mutant_;
  sync::Memory memory_;
  std::vector<State> states_;
  std::optional<Intent> intent_;
  sync::SharedState planned_;
  std::vector<sync::Push> late_pushes_;
};

}  // namespace tracker::sim

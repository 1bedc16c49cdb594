// The local journal in memory, with the promises of journal/journal.hpp: a save is durable at once.
#pragma once

#include <vector>

#include "sync/engine.hpp"

namespace tracker::sim {

class FakeJournal {
 public:
  explicit FakeJournal(std::string store) { memory_.store = std::move(store); }

  void save(const sync::SaveObservation& observation);
  void save(const sync::SaveMirror& mirror);
  void save(const sync::SavePushes& pushes);
  void save(const sync::SaveRestart& restart);
  void begin_write(std::int64_t generation, const std::string& digest,
                   const sync::SharedState& rows, std::int64_t next_uid);
  void end_write(std::int64_t generation, bool written);

  sync::Bases bases(const std::string& digest, const std::optional<workbook::Token>& token) const;
  const sync::Memory& memory() const { return memory_; }

 private:
  struct State {
    bool written = false;
    std::int64_t generation = 0;
    std::string digest;
    sync::SharedState rows;
  };
  sync::Memory memory_;
  std::vector<State> states_;
};

}  // namespace tracker::sim

// What the local role knows across a crash: the engine's memory, as the journal keeps it
// (design/sync.md §1). Plain values.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "sync/events.hpp"

namespace tracker::sync {

struct Memory {
  std::string store;
  std::int64_t incarnation = 1;
  std::int64_t generation = 0;          ///< highest ever planned; never used twice
  std::int64_t written_generation = 0;  ///< highest that became the workbook
  std::int64_t next_number = 1;
  std::int64_t next_uid = 1;
  std::int64_t applied_number = 0;
  bool has_mirror = false;  ///< false: `mirror` is what a restored database lost, or empty
  merge::Mirror mirror;
  ChangeNumber cursor = 0;
  std::string chain;
  std::string last_author;  ///< of the newest observed file; '' = it did not say
  std::deque<Push> queue;   ///< pushes not yet known to be applied, by number
  HeldBack held_back;
};

}  // namespace tracker::sync

// Which of a shot's items is shown: the order among them, and the reason in words.
// Pure functions on plain values; safe on any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "media/match.hpp"

namespace tracker::media {

/// Which task counts where a shot has media of several: the place of each, by its number in Task.
struct TaskOrder {
  std::array<int, 6> places{0, 1, 2, 3, 4, 5};
  bool operator==(const TaskOrder&) const = default;
};
/// "comp, anim": these come first, the others behind them as they stand in Task, no task last.
Result<TaskOrder> parse_task_order(std::string_view text);

/// Why one candidate comes before another; the first difference decides. Lower is better.
struct Rank {
  bool left_to_names = true;  ///< false: a person gave the item to this shot
  int task_place = 0;         ///< in the TaskOrder
  Task task = Task::none;     ///< for the reason
  bool set_aside = false;     ///< in old, archive, backup, wip, tmp
  std::int64_t version = 0;   ///< negated: v12 before v9; unversioned comes last
  std::int64_t take = 0;      ///< negated
  bool damaged = false;       ///< known to be damaged or unreadable
  int kind = 0;               ///< movie, whole sequence, gapped sequence, gif, still
  std::int64_t mtime_ns = 0;  ///< negated: newest first
  std::string path;
  auto operator<=>(const Rank&) const = default;
};
Rank rank_of(const NamedItem& item, bool damaged, const TaskOrder& order = {});

/// Which field decided between `best` and `next`, in words: "highest version (v003)".
std::string reason_for(const Rank& best, const std::optional<Rank>& next);

}  // namespace tracker::media

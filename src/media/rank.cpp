#include "media/rank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tracker::media {
namespace {

int kind_rank(const Item& item) {
  switch (item.kind) {
    case ItemKind::movie:
      return 0;
    case ItemKind::sequence:
      return item.missing.empty() && item.bad_frames.empty() ? 1 : 2;
    case ItemKind::animation:
      return 3;
    case ItemKind::still:
      return 4;
  }
  return 5;
}

constexpr std::array<std::string_view, 6> task_names{"anim",   "comp",  "render",
                                                     "layout", "board", "no task"};
constexpr std::array<std::string_view, 5> kind_names{
    "a movie", "a whole sequence", "a sequence with gaps", "an animation", "a still"};

}  // namespace

Result<TaskOrder> parse_task_order(std::string_view text) {
  TaskOrder order;
  std::vector<Task> tasks;
  const auto add = [&tasks](Task task) {
    if (std::ranges::find(tasks, task) == tasks.end()) tasks.push_back(task);
  };
  for (const Token& token : tokens_of(text)) {
    const Task task = task_named(token.text);
    if (task == Task::none) {
      return fail(ErrorCode::invalid_input, fmt::format("\"{}\" is no task", token.text),
                  "anim, comp, render, layout and board are, with a comma between");
    }
    add(task);
  }
  for (std::size_t task = 0; task < order.places.size(); ++task) add(static_cast<Task>(task));
  for (std::size_t place = 0; place < tasks.size(); ++place) {
    order.places[static_cast<std::size_t>(tasks[place])] = static_cast<int>(place);
  }
  return order;
}

Rank rank_of(const NamedItem& item, bool damaged, const TaskOrder& order) {
  Rank rank;
  rank.task = item.names.task;
  rank.task_place = order.places[static_cast<std::size_t>(rank.task)];
  rank.set_aside = item.names.set_aside;
  rank.version = item.names.version ? -*item.names.version : 1;
  rank.take = item.names.take ? -*item.names.take : 1;
  rank.damaged = damaged;
  rank.kind = kind_rank(item.item);
  rank.mtime_ns = -item.item.newest_mtime_ns;
  rank.path = path_of(item.item);
  return rank;
}

std::string reason_for(const Rank& best, const std::optional<Rank>& next) {
  if (!best.left_to_names) return "given to this shot by hand";
  if (!next) return "the shot's only file";
  if (best.task != next->task) {
    return fmt::format("{} comes before {}", task_names[static_cast<std::size_t>(best.task)],
                       task_names[static_cast<std::size_t>(next->task)]);
  }
  if (best.set_aside != next->set_aside) return "the others lie in a folder for old files";
  if (best.version != next->version) {
    return fmt::format("highest version (v{:03})", -best.version);
  }
  if (best.take != next->take) return fmt::format("highest take (take {})", -best.take);
  if (best.damaged != next->damaged) return "the other file of this version is damaged";
  if (best.kind != next->kind) {
    return fmt::format("{} comes before {}", kind_names[static_cast<std::size_t>(best.kind)],
                       kind_names[static_cast<std::size_t>(next->kind)]);
  }
  if (best.mtime_ns != next->mtime_ns) return "the newest of its version";
  return "first by name";
}

}  // namespace tracker::media

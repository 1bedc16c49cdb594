#include "schedule.hpp"

#include <array>
#include <string>

namespace tracker::sim {
namespace {

constexpr std::array<std::string_view, mutant_count> mutant_names{"none",
                                                                  "token-ignored",
                                                                  "displaced-unread",
                                                                  "recovery-unread",
                                                                  "late-save-unread",
                                                                  "window-unchecked",
                                                                  "numbers-ignored",
                                                                  "two-transactions",
                                                                  "base-after-exchange",
                                                                  "seen-forgotten",
                                                                  "losers-unlogged",
                                                                  "feed-with-holes",
                                                                  "uid-untold",
                                                                  "told-before-written",
                                                                  "queue-trimmed-early",
                                                                  "whole-rows-written",
                                                                  "missing-is-empty",
                                                                  "epoch-ignored",
                                                                  "rewind-unnoticed",
                                                                  "chain-ignored",
                                                                  "generation-reused"};

struct Weight {
  Act act;
  unsigned weight;
};
constexpr std::array<Weight, 13> weights{{{Act::human_types, 16},
                                          {Act::human_saves, 8},
                                          {Act::human_opens_or_closes, 8},
                                          {Act::human_is_odd, 3},
                                          {Act::web_user, 16},
                                          {Act::measures, 2},
                                          {Act::message, 24},
                                          {Act::look, 16},
                                          {Act::crash, 2},
                                          {Act::link_breaks, 2},
                                          {Act::hint, 3},
                                          {Act::rival, 1},
                                          {Act::backup, 1}}};

Act act_of(std::size_t point) {
  for (const Weight& one : weights) {
    if (point < one.weight) return one.act;
    point -= one.weight;
  }
  return Act::look;
}

}  // namespace

std::optional<Mutant> mutant_by_name(std::string_view name) {
  for (std::size_t i = 0; i < mutant_names.size(); ++i) {
    if (!name.empty() && mutant_names[i] == name) return static_cast<Mutant>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Mutant mutant) { return mutant_names[static_cast<std::size_t>(mutant)]; }

Schedule schedule_of(std::uint64_t seed, const Mode& mode) {
  Random random(seed);
  Schedule schedule{seed, mode, {}, {}};
  Habits& habits = schedule.habits;
  habits.with_ids = mode.with_ids.value_or(random.chance(50));
  habits.crashes = random.chance(66);
  habits.window_saves = random.chance(70);
  habits.exchange = random.chance(75);
  habits.in_place = random.chance(20);
  habits.stale_copies = random.chance(25);
  habits.columns_vanish = random.chance(10);
  habits.odd_cells = random.chance(33);
  habits.media = random.chance(33);
  habits.rival = random.chance(10);
  habits.restores = random.chance(10);
  habits.loss_percent = static_cast<unsigned>(random.below(25));
  habits.changes_in_pull = 1 + random.below(5);
  habits.rows = 2 + random.below(6);
  const std::size_t steps = 15 + random.below(90);
  std::size_t sum = 0;
  for (const Weight& one : weights) sum += one.weight;
  for (std::size_t i = 0; i < steps; ++i) {
    const Act act = act_of(random.below(sum));
    schedule.steps.push_back({act, random.next()});
  }
  habits.guarded = random.chance(25);
  if (habits.guarded) habits.guards = {random.below(2), 2};
  return schedule;
}

}  // namespace tracker::sim

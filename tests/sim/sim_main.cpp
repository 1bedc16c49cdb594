// animation-tracker-sim --seed N [--count K] [--mode with-ids|without-ids|without-locks]: runs K
// schedules from seed N on, in every mode. Exit 1 on a violation, with the seed, the mode and the
// trace.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "world.hpp"

namespace {

using tracker::sim::Mode;
using tracker::sim::World;

bool replay(std::uint64_t seed, Mode mode) {
  World world(seed, mode);
  const std::string violation = world.run();
  if (violation.empty()) return true;
  std::printf("seed %llu, %s, crashes %d, saves in our write %d\n",
              static_cast<unsigned long long>(seed), mode.with_ids ? "with ids" : "without ids",
              mode.crashes, mode.human_in_window);
  for (const std::string& line : world.trace()) std::printf("  %s\n", line.c_str());
  std::printf("%s\n", violation.c_str());
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  std::uint64_t first = 1;
  std::uint64_t schedules = 10'000;
  bool without_locks = false;
  bool with_ids_only = false;
  bool without_ids_only = false;
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::strcmp(arguments[i], "--seed") == 0)
      first = std::strtoull(arguments[i + 1], nullptr, 10);
    with_ids_only |= std::strcmp(arguments[i + 1], "with-ids") == 0;
    without_locks |= std::strcmp(arguments[i + 1], "without-locks") == 0;
    without_ids_only |= std::strcmp(arguments[i + 1], "without-ids") == 0;
    if (std::strcmp(arguments[i], "--count") == 0) {
      schedules = std::strtoull(arguments[i + 1], nullptr, 10);
    }
  }
  for (std::uint64_t seed = first; seed < first + schedules; ++seed) {
    const bool with_ids = !without_ids_only && (with_ids_only || seed % 2 == 0);
    if (!replay(seed, Mode{with_ids, seed % 3 != 0, true, !without_locks})) return 1;
  }
  std::printf("%llu schedules from seed %llu on: no violation\n",
              static_cast<unsigned long long>(schedules), static_cast<unsigned long long>(first));
  return 0;
}

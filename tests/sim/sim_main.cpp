// animation-tracker-sim: runs schedules, one a seed; exit 1 on a violation, with the seed and the
// shrunk trace; 2 on wrong arguments.
//
//   --seed N      first seed (1)             --count K   how many (10000)
//   --jobs J      processes at once (1)      --trace     print the trace of seed N
//   --mode M      one-editor | in-our-window | without-locks | two-editors |
//   two-editors-without-locks
//   --ids I       with | without; else as the seed wants
//   --mutant X    switch a rule off; the run fails if the simulator finds nothing
//   --mutants     every mutant in turn: a table of the seeds needed; 1 if one survives --count
//   --count-all   go on after a violation; print each and count them by invariant
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "shrink.hpp"
#include "world.hpp"

namespace {

using namespace tracker::sim;

struct Settings {
  std::uint64_t seed = 1;
  std::uint64_t count = 10'000;
  unsigned jobs = 1;
  bool trace = false;
  bool count_all = false;
  bool mutants = false;
  Mode mode;
};

void print_failure(const Schedule& schedule, const std::string& violation) {
  const Schedule small = shrunk(schedule, violation);
  World world(small, true);
  const std::string ending = world.run();
  const Habits& habits = small.habits;
  std::printf("seed %llu: %s\n%zu of %zu steps; ids %d exchange %d in place %d copies %d odd %d\n",
              static_cast<unsigned long long>(schedule.seed), violation.c_str(), small.steps.size(),
              schedule.steps.size(), habits.with_ids, habits.exchange, habits.in_place,
              habits.stale_copies, habits.odd_cells);
  for (const std::string& line : world.trace()) std::printf("  %s\n", line.c_str());
  std::printf("%s\n%s\n", ending.c_str(), world.rows_text().c_str());
}

/// Every jobs-th seed from `first` on. Exit code: 1 = a violation.
int run_seeds(const Settings& settings, std::uint64_t first) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> found;
  std::uint64_t listed = 0;
  std::uint64_t doubled = 0;
  for (std::uint64_t seed = first; seed < settings.seed + settings.count; seed += settings.jobs) {
    const Schedule schedule = schedule_of(seed, settings.mode);
    World world(schedule, settings.trace);
    const std::string violation = world.run();
    if (settings.trace) {
      for (const std::string& line : world.trace()) std::printf("  %s\n", line.c_str());
      std::printf("%s\n", world.rows_text().c_str());
    }
    listed += world.lists_duplicates();
    doubled += world.has_double();
    if (violation.empty()) continue;
    if (!settings.count_all) {
      print_failure(schedule, violation);
      return 1;
    }
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), violation.c_str());
    auto& [times, first_seed] = found[violation.substr(0, violation.find(':'))];
    if (times++ == 0) first_seed = seed;
  }
  if (listed > 0) {
    std::printf("%llu schedules list possible duplicates, %llu of them a row that stands twice\n",
                static_cast<unsigned long long>(listed), static_cast<unsigned long long>(doubled));
  }
  for (const auto& [invariant, counted] : found) {
    std::printf("%s: %llu, first at seed %llu\n", invariant.c_str(),
                static_cast<unsigned long long>(counted.first),
                static_cast<unsigned long long>(counted.second));
  }
  return found.empty() ? 0 : 1;
}

struct Kill {
  std::uint64_t seeds = 0;
  std::string violation;
};

/// The first seed that fails with the mutant and does not without it.
Kill kill_of(const Settings& settings, Mode mode) {
  Kill kill;
  for (; kill.seeds < settings.count && kill.violation.empty(); ++kill.seeds) {
    const Schedule schedule = schedule_of(settings.seed + kill.seeds, mode);
    kill.violation = World(schedule, false).run();
    if (kill.violation.empty()) continue;
    Schedule sound = schedule;
    sound.mode.mutant = Mutant::none;
    if (!World(sound, false).run().empty()) kill.violation.clear();
  }
  return kill;
}

/// A mutant that survives where nobody opens the workbook while we write is tried there.
int run_mutants(const Settings& settings) {
  int code = 0;
  for (std::size_t i = 1; i < mutant_count; ++i) {
    Mode mode = settings.mode;
    mode.mutant = static_cast<Mutant>(i);
    Kill kill = kill_of(settings, mode);
    if (kill.violation.empty()) {
      mode.in_window = true;
      kill = kill_of(settings, mode);
    }
    const std::string name(name_of(mode.mutant));
    if (kill.violation.empty()) code = 1;
    std::printf("%-20s %6llu %-14s %s\n", name.c_str(), static_cast<unsigned long long>(kill.seeds),
                mode.in_window ? "in-our-window" : "",
                kill.violation.empty() ? "NOT FOUND" : kill.violation.c_str());
    std::fflush(stdout);
  }
  return code;
}

int run(const Settings& settings) {
  if (settings.mutants) return run_mutants(settings);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // the jobs' lines stay whole
  if (settings.jobs <= 1) return run_seeds(settings, settings.seed);
  for (unsigned job = 0; job < settings.jobs; ++job) {
    if (::fork() == 0) {
      const int code = run_seeds(settings, settings.seed + job);
      std::fflush(stdout);
      ::_exit(code);
    }
  }
  int worst = 0;
  int status = 0;
  while (::wait(&status) > 0) worst = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? worst : 1;
  return worst;
}

}  // namespace

int main(int count, char** arguments) {
  Settings settings;
  std::string mode = "one-editor";
  std::string ids;
  std::string mutant = "none";
  CLI::App app("Random schedules against the real engine of the sync");
  app.add_option("--seed", settings.seed);
  app.add_option("--count", settings.count);
  app.add_option("--jobs", settings.jobs)->check(CLI::Range(1, 64));
  app.add_option("--mode", mode)
      ->check(CLI::IsMember({"one-editor", "in-our-window", "without-locks", "two-editors",
                             "two-editors-without-locks"}));
  app.add_option("--ids", ids)->check(CLI::IsMember({"with", "without"}));
  app.add_option("--mutant", mutant);
  app.add_flag("--trace", settings.trace);
  app.add_flag("--count-all", settings.count_all);
  app.add_flag("--mutants", settings.mutants);
  CLI11_PARSE(app, count, arguments);
  const auto known = mutant_by_name(mutant);
  if (!known) {
    std::fprintf(stderr, "unknown mutant %s\n", mutant.c_str());
    return 2;
  }
  settings.mode.mutant = *known;
  settings.mode.editors = mode.starts_with("two-editors") ? 2 : 1;
  settings.mode.in_window = mode == "in-our-window";
  settings.mode.locks = !mode.ends_with("without-locks");
  if (!ids.empty()) settings.mode.with_ids = ids == "with";
  if (settings.trace) settings.count = 1;
  const int code = run(settings);
  if (code == 0 && !settings.mutants) {
    std::printf("%llu schedules from seed %llu on: no violation\n",
                static_cast<unsigned long long>(settings.count),
                static_cast<unsigned long long>(settings.seed));
  }
  return code;
}

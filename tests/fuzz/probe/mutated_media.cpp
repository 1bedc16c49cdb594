// Mutated files of a media tree, every format of it, through the real worker process: by hand, from
// tests/fuzz/probe/run.sh. Unlike the fuzz target it has libav* in it, and all of the worker's
// walls.
//
//   build/release/mutated_media MEDIA_TREE [COUNT [SEED [draw]]]
//
// A count and a seed are one run. Says how many answers came, how many workers died or were
// stopped, the slowest answer by the clock and by the worker's processor time, and the memory of
// the workers and of this process. Files over which a worker died or was stopped are kept in
// build/mutants. Ends with 1 if an answer stayed away.
#include <fmt/format.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "probe/worker.hpp"

namespace {

using namespace tracker::probe;
namespace fs = std::filesystem;
using Random = std::mt19937_64;

constexpr std::uintmax_t file_size_max = 512 * 1024;
constexpr std::size_t mutations_max = 8;

std::size_t below(Random& random, std::size_t end) {
  return end == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::pair<fs::path, std::string>> files_of(const fs::path& tree) {
  std::vector<std::pair<fs::path, std::string>> files;
  std::map<std::string, int> of_kind;
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    if (entry.file_size() == 0 || entry.file_size() > file_size_max) continue;
    // Frames of a sequence are many and alike: forty of each folder are enough.
    const std::string kind = entry.path().parent_path() / entry.path().extension();
    if (++of_kind[kind] <= 40) files.emplace_back(entry.path(), content_of(entry.path()));
  }
  std::ranges::sort(files);
  return files;
}

/// Where headers and indices are: at both ends more often than in the middle.
std::size_t place_in(const std::string& bytes, Random& random) {
  const std::size_t near = std::min<std::size_t>(bytes.size(), 2048);
  switch (below(random, 3)) {
    case 0:
      return below(random, near);
    case 1:
      return bytes.size() - 1 - below(random, near);
    default:
      return below(random, bytes.size());
  }
}

/// A number that a header likes to trip over, of 1, 2, 4 or 8 bytes in either order.
std::string trap(Random& random) {
  static constexpr std::array<std::uint64_t, 10> numbers{
      0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, INT64_MAX, UINT64_MAX};
  const std::uint64_t number = numbers[below(random, numbers.size())] - below(random, 2);
  std::string text;
  const std::size_t width = std::size_t{1} << below(random, 4);
  for (std::size_t i = 0; i < width; ++i) text += static_cast<char>(number >> (8 * i));
  if (below(random, 2) == 0) std::ranges::reverse(text);
  return text;
}

void mutate(std::string& bytes, const std::string& other, Random& random) {
  const std::size_t at = place_in(bytes, random);
  const std::size_t length = 1 + below(random, std::min<std::size_t>(bytes.size() - at, 256));
  switch (below(random, 7)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
      break;
    case 1: {
      const std::string number = trap(random);
      bytes.replace(at, std::min(number.size(), bytes.size() - at), number);
      break;
    }
    case 2:
      bytes.resize(at + 1);
      break;
    case 3:
      if (length < bytes.size()) bytes.erase(at, length);
      break;
    case 4:
      bytes.insert(at, bytes.substr(at, length));
      break;
    case 5:
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length, '\0');
      break;
    default:
      bytes.replace(at, length, other, place_in(other, random), length);
  }
}

/// A line of /proc/…/status in MiB: what the process used at most.
std::int64_t peak_memory_mib(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) / 1024;
  }
  return 0;
}

/// What the process used of the processor; 0 once it is gone.
double processor_seconds(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

struct Report {
  std::int64_t answers = 0;
  std::int64_t with_frames = 0;
  std::int64_t refused = 0;
  std::map<std::string, int> crashed;
  std::chrono::duration<double> slowest{};
  double slowest_used = 0;  ///< of the processor, for the answer that was slowest by the clock
  fs::path slowest_file;
  double processor_max = 0;
  std::set<pid_t> workers;
  std::int64_t worker_mib = 0;
};

void note(const Report& report, std::int64_t wanted) {
  fmt::print("{} of {} files answered: {} counted or drawn, {} refused", report.answers, wanted,
             report.with_frames, report.refused);
  for (const auto& [why, count] : report.crashed) fmt::print(", {} \"{}\"", count, why);
  fmt::print(
      "\nslowest {:.3f} s by the clock ({}, {:.3f} s of the processor); most {:.3f} s of the "
      "processor; {} workers, at most {} MiB each; here at most {} MiB\n",
      report.slowest.count(), report.slowest_file.string(), report.slowest_used,
      report.processor_max, report.workers.size(), report.worker_mib, peak_memory_mib(::getpid()));
  std::fflush(stdout);
}

/// Hands one file over and waits for what becomes of it; nothing after two minutes.
std::optional<WorkerPool::Finished> asked(WorkerPool& pool, const Descriptor& file, Work work) {
  const auto end = WorkerPool::Clock::now() + std::chrono::minutes(2);
  if (!pool.submit(0, file, work)) return std::nullopt;
  while (WorkerPool::Clock::now() < end) {
    std::vector<pollfd> descriptors;
    pool.poll_descriptors(descriptors);
    ::poll(descriptors.data(), descriptors.size(), 250);
    for (WorkerPool::Finished& finished : pool.collect()) return std::move(finished);
  }
  return std::nullopt;
}

void take(const WorkerPool::Finished& finished, const std::string& bytes, std::int64_t number,
          Report& report) {
  ++report.answers;
  const bool is_counted = finished.answer.frames.has_value() || !finished.picture.empty();
  report.with_frames += is_counted ? 1 : 0;
  report.refused += !is_counted && !finished.answer.crashed ? 1 : 0;
  if (!finished.answer.crashed) return;
  ++report.crashed[finished.answer.problem];
  fs::create_directories("build/mutants");
  std::ofstream(fmt::format("build/mutants/{}", number), std::ios::binary) << bytes;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print(stderr, "usage: mutated_media MEDIA_TREE [COUNT [SEED [draw]]]\n");
    return 2;
  }
  const std::int64_t wanted = count > 2 ? std::stoll(arguments[2]) : 10'000;
  Random random(count > 3 ? std::stoull(arguments[3]) : 1);
  const bool draws = count > 4;
  const auto files = files_of(arguments[1]);
  fmt::print("{} files of {}\n", files.size(), arguments[1]);
  if (files.empty()) return 2;
  WorkerPool pool(fs::read_symlink("/proc/self/exe").parent_path() / "animation-tracker-media", 1);
  Report report;
  for (std::int64_t number = 0; number < wanted; ++number) {
    const auto& [path, original] = files[below(random, files.size())];
    std::string bytes = original;
    for (std::size_t left = 1 + below(random, mutations_max); left > 0 && !bytes.empty(); --left) {
      mutate(bytes, files[below(random, files.size())].second, random);
    }
    const Descriptor file(::memfd_create("mutant", MFD_CLOEXEC));
    if (::write(file.number(), bytes.data(), bytes.size()) < 0) return 2;
    const Work work =
        draws ? number % 2 == 0 ? Work::draw_thumbnail : Work::draw_strip : Work::measure;
    const pid_t before = pool.workers().empty() ? -1 : pool.workers().front();
    const double used_before = processor_seconds(before);
    const auto began = WorkerPool::Clock::now();
    const auto finished = asked(pool, file, work);
    const std::chrono::duration<double> took = WorkerPool::Clock::now() - began;
    if (!finished) break;
    take(*finished, bytes, number, report);
    double used = 0;
    for (const pid_t worker : pool.workers()) {
      used = processor_seconds(worker) - (worker == before ? used_before : 0);
      report.processor_max = std::max(report.processor_max, used);
      report.workers.insert(worker);
      if (number % 50 == 0) {
        report.worker_mib = std::max(report.worker_mib, peak_memory_mib(worker));
      }
    }
    if (took > report.slowest) {
      std::tie(report.slowest, report.slowest_file, report.slowest_used) =
          std::tie(took, path, used);
    }
    if ((number + 1) % 50'000 == 0) note(report, wanted);
  }
  note(report, wanted);
  return report.answers == wanted ? 0 : 1;
}

// Measuring files by their own index, in process: open, sniff, read, close.
// Floor: open and read the first and the last 64 KiB, which any prober needs on most formats.
//
//   MEDIA_TREE=/tmp/media-tree build/release/probe_bench
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "probe/index.hpp"
#include "probe/worker.hpp"

namespace tracker::probe {
namespace {

std::vector<std::string> movies() {
  static const std::set<std::string> endings{".mp4", ".mov", ".mkv", ".webm", ".avi"};
  std::vector<std::string> out;
  const char* tree = std::getenv("MEDIA_TREE");
  if (tree == nullptr) return out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tree)) {
    if (entry.is_regular_file() && endings.contains(entry.path().extension())) {
      out.push_back(entry.path().string());
    }
  }
  std::ranges::sort(out);
  return out;
}

void need_movies(benchmark::State& state, const std::vector<std::string>& files) {
  if (files.empty()) state.SkipWithError("set MEDIA_TREE to a folder of movies");
}

void read_indices(benchmark::State& state) {
  const std::vector<std::string> files = movies();
  need_movies(state, files);
  for (auto _ : state) {
    for (const std::string& path : files) {
      const auto file = open_media(AT_FDCWD, path);
      if (!file) continue;
      FileBytes bytes(file->number());
      benchmark::DoNotOptimize(read_index(bytes, sniff(bytes)));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(files.size()));
}
BENCHMARK(read_indices)->Unit(benchmark::kMillisecond);

void read_both_ends(benchmark::State& state) {
  const std::vector<std::string> files = movies();
  need_movies(state, files);
  static std::array<char, 65536> buffer;
  for (auto _ : state) {
    for (const std::string& path : files) {
      const auto file = open_media(AT_FDCWD, path);
      if (!file) continue;
      const FileBytes bytes(file->number());
      const std::uint64_t tail = bytes.size() - std::min<std::uint64_t>(bytes.size(), 65536);
      benchmark::DoNotOptimize(::pread(file->number(), buffer.data(), buffer.size(), 0));
      benchmark::DoNotOptimize(
          ::pread(file->number(), buffer.data(), buffer.size(), static_cast<off_t>(tail)));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(files.size()));
}
BENCHMARK(read_both_ends)->Unit(benchmark::kMillisecond);

/// The whole way: hand the open file to the worker process, get the answer.
void through_the_worker(benchmark::State& state) {
  const std::vector<std::string> files = movies();
  need_movies(state, files);
  WorkerPool pool(
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "animation-tracker-media", 1);
  pool.warm_up();
  for (auto _ : state) {
    for (const std::string& path : files) {
      const auto file = open_media(AT_FDCWD, path);
      if (file) benchmark::DoNotOptimize(measure(pool, *file));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(files.size()));
}
BENCHMARK(through_the_worker)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Clock ticks that a process has used, as /proc says them.
std::int64_t ticks_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string word;
  std::int64_t user = 0;
  std::int64_t system = 0;
  for (int i = 3; i < 14; ++i) fields >> word;
  fields >> user >> system;
  return user + system;
}

/// Ten frames each of the image sequences below the tree: folders with ten pictures of one kind.
std::vector<std::vector<std::string>> sequences() {
  static const std::set<std::string> endings{".png", ".jpg", ".exr", ".dpx", ".tif"};
  std::map<std::string, std::vector<std::string>> folders;
  const char* tree = std::getenv("MEDIA_TREE");
  if (tree == nullptr) return {};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tree)) {
    const std::string ending = entry.path().extension();
    if (!entry.is_regular_file() || !endings.contains(ending)) continue;
    folders[entry.path().parent_path().string() + ending].push_back(entry.path().string());
  }
  std::vector<std::vector<std::string>> out;
  for (auto& [folder, frames] : folders) {
    if (frames.size() < message_files_max) continue;
    std::ranges::sort(frames);
    std::vector<std::string>& ten = out.emplace_back();
    for (std::size_t i = 0; i < message_files_max; ++i) {
      ten.push_back(frames[i * frames.size() / message_files_max]);
    }
  }
  return out;
}

std::vector<std::vector<std::string>> each_alone() {
  std::vector<std::vector<std::string>> out;
  for (std::string& file : movies()) out.push_back({std::move(file)});
  return out;
}

/// What a small picture costs, start and sandbox of the worker included.
void draw(benchmark::State& state, Work work, bool of_sequences) {
  const auto sources = of_sequences ? sequences() : each_alone();
  if (sources.empty()) state.SkipWithError("MEDIA_TREE has none");
  WorkerPool pool(
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "animation-tracker-media", 1);
  std::map<pid_t, std::int64_t> ticks;
  std::int64_t drawn = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      std::vector<Descriptor> files;
      for (const std::string& path : sources[i]) {
        if (auto file = open_media(AT_FDCWD, path)) files.push_back(std::move(*file));
      }
      if (files.empty() || !pool.submit(i, files, work)) continue;
      for (bool done = false; !done;) {
        std::vector<pollfd> descriptors;
        pool.poll_descriptors(descriptors);
        ::poll(descriptors.data(), descriptors.size(), 100);
        for (const pid_t worker : pool.workers()) ticks[worker] = ticks_of(worker);
        for (const WorkerPool::Finished& finished : pool.collect()) {
          done = true;
          drawn += finished.picture.empty() ? 0 : 1;
        }
      }
    }
  }
  std::int64_t used = 0;
  for (const auto& [worker, count] : ticks) used += count;
  state.counters["drawn"] = static_cast<double>(drawn);
  state.counters["cpu_ms_each"] = 1000.0 * static_cast<double>(used) /
                                  static_cast<double>(::sysconf(_SC_CLK_TCK)) /
                                  static_cast<double>(std::max<std::int64_t>(drawn, 1));
}
BENCHMARK_CAPTURE(draw, thumbnail, Work::draw_thumbnail, false)->Iterations(1)->UseRealTime();
BENCHMARK_CAPTURE(draw, strip, Work::draw_strip, false)->Iterations(1)->UseRealTime();
BENCHMARK_CAPTURE(draw, sequence_strip, Work::draw_strip, true)->Iterations(1)->UseRealTime();

}  // namespace
}  // namespace tracker::probe

BENCHMARK_MAIN();

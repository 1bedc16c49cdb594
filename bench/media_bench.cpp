// The pure part of durations: grouping names, cutting them into tokens, and finding each file's
// shot. Floor: the names alone, as they come from the file system.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "media/match.hpp"
#include "media/sequence.hpp"

namespace tracker::media {
namespace {

/// Names of the frames of `sequences` image sequences of 24 frames.
std::vector<std::string> names_of_frames(int sequences) {
  std::vector<std::string> names;
  for (int sequence = 0; sequence < sequences; ++sequence) {
    for (int frame = 1001; frame <= 1024; ++frame) {
      names.push_back(fmt::format("ep01_sc010_sh{:04}_v001.{}.exr", sequence, frame));
    }
  }
  return names;
}

void group_names(benchmark::State& state) {
  const std::vector<std::string> names = names_of_frames(static_cast<int>(state.range(0)));
  std::vector<FileFact> files;
  for (const std::string& name : names) files.push_back({name, 1000, 0});
  for (auto _ : state) benchmark::DoNotOptimize(items_of("EP01/SC010", files));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(files.size()));
}
BENCHMARK(group_names)->Arg(4)->Arg(4000)->Unit(benchmark::kMillisecond);

std::vector<RowNames> rows(int count) {
  std::vector<RowNames> out;
  for (int i = 0; i < count; ++i) {
    out.push_back({fmt::format("EP{:02} The Lost Kite", i / 1000 + 1),
                   fmt::format("SC{:03}", i / 20 % 50 * 10), fmt::format("SH{:04}", i % 20 * 10),
                   "20260105", "Mina"});
  }
  return out;
}

std::vector<NamedItem> movies(int count) {
  std::vector<NamedItem> out;
  for (int i = 0; i < count; ++i) {
    const int episode = i / 1000 + 1;
    const int scene = i / 20 % 50 * 10;
    const int shot = i % 20 * 10;
    Item item;
    item.folder = fmt::format("EP{:02}_The_Lost_Kite/SC{:03}/SH{:04}/anim", episode, scene, shot);
    item.name = fmt::format("ep{:02}_sc{:03}_sh{:04}_anim_v003.mp4", episode, scene, shot);
    out.push_back(named(std::move(item)));
  }
  return out;
}

void index_rows(benchmark::State& state) {
  const std::vector<RowNames> names = rows(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Matcher(names).shot_count());
}
BENCHMARK(index_rows)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

void cut_names(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(movies(static_cast<int>(state.range(0))));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cut_names)->Arg(10000)->Unit(benchmark::kMillisecond);

void find_shots(benchmark::State& state) {
  const int count = static_cast<int>(state.range(0));
  const Matcher matcher(rows(count));
  const std::vector<NamedItem> items = movies(count);
  for (auto _ : state) {
    for (const NamedItem& item : items) benchmark::DoNotOptimize(matcher.fit(item.names));
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(find_shots)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracker::media

BENCHMARK_MAIN();

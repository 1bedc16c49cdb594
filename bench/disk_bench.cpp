// Listing a media tree: names, sizes and times of everything. Floor: find(1) on the same tree, run
// by bench/media_speed.py.
//
//   SCAN_TREE=/tmp/scan-tree build/release/disk_bench
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "disk/media_scan.hpp"

namespace tracker::disk {
namespace {

std::string tree() {
  const char* path = std::getenv("SCAN_TREE");
  return path != nullptr ? path : "";
}

/// As `find -type f` does it.
void scan_names(benchmark::State& state) {
  const auto root = MediaRoot::open(tree());
  if (!root) {
    state.SkipWithError("set SCAN_TREE to a folder");
    return;
  }
  std::int64_t files = 0;
  for (auto _ : state) {
    const auto found = root->scan({}, {.names_only = true});
    for (const MediaFolder& folder : found->folders) {
      files += static_cast<std::int64_t>(folder.files.size());
    }
  }
  state.SetItemsProcessed(files);
}
BENCHMARK(scan_names)->Unit(benchmark::kMillisecond);

/// As `find -printf '%s %T@'` does it, with ctime and inode.
void scan(benchmark::State& state) {
  const auto root = MediaRoot::open(tree());
  if (!root) {
    state.SkipWithError("set SCAN_TREE to a folder");
    return;
  }
  std::int64_t files = 0;
  for (auto _ : state) {
    const auto found = root->scan();
    for (const MediaFolder& folder : found->folders) {
      files += static_cast<std::int64_t>(folder.files.size());
    }
  }
  state.SetItemsProcessed(files);
}
BENCHMARK(scan)->Unit(benchmark::kMillisecond);

void scan_and_group(benchmark::State& state) {
  const auto root = MediaRoot::open(tree());
  if (!root) {
    state.SkipWithError("set SCAN_TREE to a folder");
    return;
  }
  std::int64_t items = 0;
  for (auto _ : state) {
    const auto found = root->scan();
    for (const MediaFolder& folder : found->folders) {
      items += static_cast<std::int64_t>(media::items_of(folder.path, folder.files).size());
    }
  }
  state.SetItemsProcessed(items);
}
BENCHMARK(scan_and_group)->Unit(benchmark::kMillisecond);

/// What a poll of a network folder costs while nothing happens.
void look_at_folders(benchmark::State& state) {
  const auto root = MediaRoot::open(tree());
  if (!root) {
    state.SkipWithError("set SCAN_TREE to a folder");
    return;
  }
  const auto found = root->scan();
  for (auto _ : state) {
    for (const MediaFolder& folder : found->folders) {
      benchmark::DoNotOptimize(root->look_at(folder.path));
    }
  }
}
BENCHMARK(look_at_folders)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracker::disk

BENCHMARK_MAIN();

// The workbook engine beside its limit in the same run: reading against libdeflate's inflate of the
// sheet alone, changing one cell against deflate (level 1) of the sheet alone. Rows: 1k, 10k, 100k
// of the rich sample (table, formats, drop-down, summary formulas, charts).
// Targets: cold read <= 3x inflate; one warm cell <= 1.3x deflate; at 10,000 rows a saved file is
// read in <= 15 ms and a cell patched in <= 15 ms.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <libdeflate.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sample/new_workbook.hpp"
#include "workbook/deflate.hpp"
#include "workbook/document.hpp"
#include "workbook/zip_directory.hpp"

namespace tracker {
namespace {

std::vector<sample::NewRow> make_rows(std::int64_t count) {
  constexpr std::array<const char*, 4> animators{"Anna", "Ben", "Chloé", "Dai"};
  constexpr std::array<const char*, 4> states{"Blocking", "Final", "Retake", "In Progress"};
  std::vector<sample::NewRow> rows(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].cells = {animators[i % 4],
                     "Series",
                     fmt::format("Episode {}", i % 12 + 1),
                     fmt::format("{:03}", i / 20),
                     fmt::format("{:04}", i % 20 * 10),
                     fmt::format("202601{:02}", 5 + i % 4 * 7),
                     states[i % 4],
                     i % 3 == 0 ? fmt::format("note {}: hold the pose two frames", i) : ""};
    rows[i].measured = {std::to_string(24 + i % 200),
                        fmt::format("{}", (24 + i % 200) / 24.0),
                        "24",
                        fmt::format("v{:03}", i % 7),
                        "",
                        ""};
    rows[i].tracker_id = static_cast<std::int64_t>(i) + 1;
  }
  return rows;
}

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", describe(result.error()));
  std::abort();
}

struct Subject {
  std::string bytes;
  std::string saved;  ///< the same with one cell changed, as a person would save it
  std::string sheet;
  std::string stored_sheet;
};

workbook::Patch one_cell(int turn) {
  workbook::Patch patch;
  patch.cells.push_back({500, Field::status, turn % 2 == 0 ? "Retake" : "Final"});
  return patch;
}

const Subject& subject(std::int64_t rows) {
  static std::map<std::int64_t, Subject> subjects;
  const auto found = subjects.find(rows);
  if (found != subjects.end()) return found->second;
  Subject made;
  sample::CreateOptions options;
  options.with_summary = true;
  made.bytes = need(sample::create_workbook(make_rows(rows), options));
  const auto document = need(workbook::Document::open(made.bytes));
  made.saved = need(document.patch(one_cell(0))).document.bytes();
  const auto directory = need(workbook::parse_zip(made.bytes));
  for (const workbook::ZipEntry& entry : directory.entries) {
    if (entry.key != "xl/worksheets/sheet1.xml") continue;
    made.sheet = need(workbook::read_entry(made.bytes, entry));
    made.stored_sheet = workbook::stored_bytes(made.bytes, entry);
  }
  return subjects[rows] = std::move(made);
}

void inflate_alone(benchmark::State& state) {
  const Subject& all = subject(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(need(workbook::inflate(all.stored_sheet, all.sheet.size())));
  }
}

void deflate_alone(benchmark::State& state) {
  const Subject& all = subject(state.range(0));
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> engine(
      libdeflate_alloc_compressor(1), &libdeflate_free_compressor);
  for (auto _ : state) {
    std::string out(libdeflate_deflate_compress_bound(engine.get(), all.sheet.size()), '\0');
    benchmark::DoNotOptimize(libdeflate_deflate_compress(engine.get(), all.sheet.data(),
                                                         all.sheet.size(), out.data(), out.size()));
  }
}

void cold_open(benchmark::State& state) {
  const Subject& all = subject(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(need(workbook::Document::open(all.bytes)));
}

void cold_open_and_image(benchmark::State& state) {
  const Subject& all = subject(state.range(0));
  for (auto _ : state) {
    const auto document = need(workbook::Document::open(all.bytes));
    benchmark::DoNotOptimize(need(document.image()));
  }
}

void saved_open_and_image(benchmark::State& state) {
  const Subject& all = subject(state.range(0));
  const auto before = need(workbook::Document::open(all.bytes));
  for (auto _ : state) {
    const auto document = need(workbook::Document::open(all.saved, &before));
    benchmark::DoNotOptimize(need(document.image()));
  }
}

/// A document that was patched before: its sheet is deflated in pieces.
workbook::Document warm_document(std::int64_t rows) {
  const auto document = need(workbook::Document::open(subject(rows).bytes));
  return need(document.patch(one_cell(1))).document;
}

void warm_cell(benchmark::State& state) {
  workbook::Document document = warm_document(state.range(0));
  int turn = 1;
  for (auto _ : state) {
    document = need(document.patch(one_cell(++turn))).document;
    benchmark::DoNotOptimize(document.bytes().size());
  }
}

void warm_append(benchmark::State& state) {
  const auto document = warm_document(state.range(0));
  workbook::Patch patch;
  workbook::RowAppend row;
  row.cells = {"Anna", "Series", "Episode 1", "900", "0010", "20260105", "Final", ""};
  patch.appended.push_back(row);
  for (auto _ : state) benchmark::DoNotOptimize(need(document.patch(patch)).document.bytes());
}

void warm_delete(benchmark::State& state) {
  const auto document = warm_document(state.range(0));
  workbook::Patch patch;
  patch.deleted_rows.push_back(static_cast<std::uint32_t>(state.range(0) / 2));
  for (auto _ : state) benchmark::DoNotOptimize(need(document.patch(patch)).document.bytes());
}

void at_all_sizes(benchmark::internal::Benchmark* bench) {
  bench->Unit(benchmark::kMillisecond)->Arg(1000)->Arg(10000)->Arg(100000);
}

BENCHMARK(inflate_alone)->Apply(at_all_sizes);
BENCHMARK(cold_open)->Apply(at_all_sizes);
BENCHMARK(cold_open_and_image)->Apply(at_all_sizes);
BENCHMARK(saved_open_and_image)->Apply(at_all_sizes);
BENCHMARK(deflate_alone)->Apply(at_all_sizes);
BENCHMARK(warm_cell)->Apply(at_all_sizes);
BENCHMARK(warm_append)->Apply(at_all_sizes);
BENCHMARK(warm_delete)->Apply(at_all_sizes);

/// Writes the workbook of a size for other programs: workbook_bench --write ROWS FILE.
int write_subject(const char* rows, const char* file) {
  std::ofstream out(file, std::ios::binary);
  out << subject(std::atoll(rows)).bytes;
  return out.flush() ? 0 : 1;
}

}  // namespace
}  // namespace tracker

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--write") {
    return tracker::write_subject(argv[2], argv[3]);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

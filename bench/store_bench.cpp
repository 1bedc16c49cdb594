// The store beside its floor in the same run: one durable commit of one plain UPDATE, and one plain
// SELECT of the same rows, by libpq alone on the same private PostgreSQL.
// Targets: create or edit one entry <= 4 ms; list 10,000 rows <= 60 ms; push 5,000 ops <= 1 s.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "private_postgres.hpp"
#include "store/store.hpp"

namespace tracker {
namespace {

constexpr int rows_count = 10'000;

Cells cells_of(int i, const std::string& status = "wip") {
  return {fmt::format("Animator {}", i % 7),
          "Series",
          fmt::format("Episode {}", i % 12),
          fmt::format("{:03}", i / 20),
          fmt::format("{:04}", i % 20),
          "20260105",
          status,
          i % 3 == 0 ? "hold the pose two frames" : ""};
}

/// One cluster, one database of 10,000 measured rows, for all cases.
class World {
 public:
  World() : url_(server_.fresh_database()), store_(context_.get_executor(), {Secret(url_), 4}) {
    check(run(store_.migrate([](std::string_view) {})));
    std::vector<Cells> rows;
    for (int i = 0; i < rows_count; ++i) rows.push_back(cells_of(i));
    first_ = check(run(store_.create({std::move(rows), {}, {}}, who_))).entries.front().id;
    sync::Hello hello;
    hello.store = "bench";
    epoch_ = check(run(store_.hello(hello))).epoch;
    test::psql(url_, "CREATE TABLE plain AS SELECT * FROM production_summary");
    test::psql(url_, "ALTER TABLE plain ADD PRIMARY KEY (id)");
    measure_all();
    test::psql(url_, "VACUUM ANALYZE");
  }

  template <class T>
  T run(Awaitable<T> call) {
    std::optional<T> result;
    asio::co_spawn(context_, std::move(call),
                   [&](std::exception_ptr, T value) { result = std::move(value); });
    context_.restart();
    context_.run();
    return std::move(*result);
  }

  template <class T>
  T check(Result<T> result) {
    if (!result) {
      fmt::print(stderr, "{}\n", describe(result.error()));
      std::abort();
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

  void push(std::vector<Op> ops) {
    sync::Push push;
    push.store = "bench";
    push.epoch = epoch_;
    push.number = ++number_;
    push.batch_id = fmt::format("b{}", number_);
    push.ops = std::move(ops);
    if (check(run(store_.push(std::move(push)))).outcome != sync::PushOutcome::applied) {
      std::abort();
    }
  }

  void measure_all() {
    for (int from = 0; from < rows_count; from += 5000) {
      std::vector<Op> ops(5000);
      for (int i = 0; i < 5000; ++i) {
        ops[i].kind = OpKind::measure;
        ops[i].row.id = first_ + from + i;
        Measurement m;
        m.frames = 100 + i;
        m.frame_rate = Rational{24, 1};
        m.duration = reduced(100 + i, 24);
        m.path = fmt::format("ep{}/sc{:03}/sh{:04}_v003.mov", i % 12, i / 20, i % 20);
        m.version = "v003";
        m.source_digest = fmt::format("{:032x}", i);
        ops[i].measurement = m;
      }
      push(std::move(ops));
    }
  }

  test::PrivatePostgres server_;
  std::string url_;
  asio::io_context context_;
  store::Store store_;
  store::Who who_{"Bench", {}};
  EntryId first_ = 0;
  std::int64_t epoch_ = 0;
  std::int64_t number_ = 0;
  int turn_ = 0;
};

World& world() {
  static World one;
  return one;
}

/// A plain connection for the floors.
PGconn* plain() {
  static PGconn* session = PQconnectdb(world().url_.c_str());
  return session;
}

void floor_one_commit(benchmark::State& state) {
  World& w = world();
  for (auto _ : state) {
    const std::string sql = fmt::format("UPDATE plain SET status = 's{}' WHERE id = {}", ++w.turn_,
                                        w.first_ + w.turn_ % rows_count);
    PQclear(PQexec(plain(), sql.c_str()));
  }
}
BENCHMARK(floor_one_commit)->Unit(benchmark::kMillisecond)->UseRealTime();

void create_one(benchmark::State& state) {
  World& w = world();
  for (auto _ : state) {
    w.check(w.run(w.store_.create({{cells_of(++w.turn_)}, {}, {}}, w.who_)));
  }
}
BENCHMARK(create_one)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(300);

void edit_one(benchmark::State& state) {
  World& w = world();
  for (auto _ : state) {
    store::RowEdit edit;
    edit.id = w.first_ + ++w.turn_ % rows_count;
    edit.changes[index(Field::status)] = fmt::format("s{}", w.turn_);
    w.check(w.run(w.store_.edit({edit}, w.who_)));
  }
}
BENCHMARK(edit_one)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(300);

void floor_select_10000(benchmark::State& state) {
  for (auto _ : state) PQclear(PQexec(plain(), "SELECT * FROM plain ORDER BY id LIMIT 10000"));
}
BENCHMARK(floor_select_10000)->Unit(benchmark::kMillisecond)->UseRealTime();

void list_10000(benchmark::State& state) {
  World& w = world();
  store::ListQuery query;
  query.limit = rows_count;
  for (auto _ : state) {
    benchmark::DoNotOptimize(w.check(w.run(w.store_.list(query))));
  }
}
BENCHMARK(list_10000)->Unit(benchmark::kMillisecond)->UseRealTime();

void push_5000_edits(benchmark::State& state) {
  World& w = world();
  for (auto _ : state) {
    state.PauseTiming();
    const std::string status = fmt::format("p{}", ++w.turn_);
    std::vector<Op> ops(5000);
    for (int i = 0; i < 5000; ++i) {
      ops[i].row.id = w.first_ + i;
      ops[i].field = Field::status;
      ops[i].before = ops[i].after = status;
    }
    const auto now = w.check(w.run(w.store_.list({})));
    for (int i = 0; i < 5000; ++i) ops[i].before = at(now.entries[i].cells, Field::status);
    state.ResumeTiming();
    w.push(std::move(ops));
  }
}
BENCHMARK(push_5000_edits)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(5);

void push_5000_inserts(benchmark::State& state) {
  World& w = world();
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Op> ops(5000);
    for (int i = 0; i < 5000; ++i) {
      ops[i].kind = OpKind::insert;
      ops[i].row.uid = fmt::format("bench:{}-{}", w.number_, i);
      ops[i].cells = cells_of(i, fmt::format("n{}", w.number_));
    }
    state.ResumeTiming();
    w.push(std::move(ops));
  }
}
BENCHMARK(push_5000_inserts)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

}  // namespace
}  // namespace tracker

BENCHMARK_MAIN();

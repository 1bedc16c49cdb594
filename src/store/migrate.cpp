#include <fmt/format.h>

#include "store/migrations.hpp"
#include "store/pool.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

using namespace std::chrono_literals;

/// Adopting a database of many rows, or waiting for another process that does, may take long.
constexpr auto migration_limit = 10min;

/// Held from here to COMMIT: one process at a time looks and applies.
std::vector<Statement> begin_alone() {
  return together(Statement{"BEGIN", {}, false},
                  Statement{"SET LOCAL statement_timeout = 0", {}, false},
                  Statement{"SET LOCAL lock_timeout = 0", {}, false},
                  Statement{"SELECT pg_advisory_xact_lock(7823640)", {}, false});
}

Statement commit() { return {"COMMIT", {}, false}; }

Awaitable<Result<std::int64_t>> newest_applied(Connection& connection) {
  std::vector<Statement> statements = begin_alone();
  statements.push_back(
      {"CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, "
       "name TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())",
       {},
       false});
  statements.push_back({"SELECT coalesce(max(number), 0) FROM schema_migration", {}, false});
  statements.push_back(commit());
  CO_TRY(const std::vector<Rows> rows,
         co_await connection.run(std::move(statements), migration_limit));
  co_return rows[5].number(0, 0);
}

/// True: applied now. False: another process was faster.
Awaitable<Result<bool>> apply(Connection& connection, const Migration& migration) {
  std::vector<Statement> statements = begin_alone();
  statements.push_back({"SELECT count(*) FROM schema_migration WHERE number = $1::int",
                        {parameter(std::int64_t{migration.number})},
                        false});
  CO_TRY(const std::vector<Rows> rows,
         co_await connection.run(std::move(statements), migration_limit));
  if (rows[4].number(0, 0) > 0) {
    CO_CHECK_OK(co_await connection.run(together(commit())));
    co_return false;
  }
  CO_CHECK_OK(co_await connection.script(std::string(migration.sql), migration_limit));
  CO_CHECK_OK(co_await connection.run(
      together(Statement{"INSERT INTO schema_migration (number, name) VALUES ($1::int, $2)",
                         {parameter(std::int64_t{migration.number}), parameter(migration.name)},
                         false},
               commit()),
      migration_limit));
  co_return true;
}

Awaitable<Status> apply_all(Connection& connection,
                            const std::function<void(std::string_view)>& print) {
  CO_TRY(const std::int64_t newest, co_await newest_applied(connection));
  if (newest > migrations().back().number) {
    co_return fail(ErrorCode::unsupported,
                   fmt::format("the database has schema {}, this program knows {}", newest,
                               migrations().back().number),
                   "install the newest version of animation-tracker");
  }
  for (const Migration& migration : migrations()) {
    if (migration.number <= newest) continue;
    Result<bool> applied = co_await apply(connection, migration);
    if (!applied) {
      connection.close();  // the transaction goes with it
      Error error = std::move(applied.error());
      error.what = fmt::format("migration {}: {}", migration.name, error.what);
      co_return std::unexpected(std::move(error));
    }
    print(fmt::format("migration {}: {}", migration.name,
                      *applied ? "applied" : "applied by another process"));
  }
  print(fmt::format("the database has the newest schema ({})", migrations().back().name));
  co_return Status{};
}

}  // namespace

Store::AsyncStatus Store::migrate(std::function<void(std::string_view)> print) {
  CO_TRY(std::unique_ptr<Connection> connection, co_await pool_->connect());
  co_return co_await apply_all(*connection, print);
}

}  // namespace tracker::store

// The connections of one Store, and transact(): a transaction that is repeated when it lost a race.
//
// At most `connections_max` at once; who comes later waits in order, at most 2 s and in a bounded
// line, then hears busy. When the database is away, every acquire() within the back-off (0.1 s
// doubling to 2 s) hears so at once instead of knocking again. Threads: the io thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "runtime/asio.hpp"
#include "runtime/signal.hpp"
#include "store/pg_connection.hpp"

namespace tracker::store {

class Pool;

/// A connection on loan; goes back by itself.
class Lease {
 public:
  Lease(std::shared_ptr<Pool> pool, std::unique_ptr<Connection> connection)
      : pool_(std::move(pool)), connection_(std::move(connection)) {}
  Lease(Lease&&) = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();
  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<Connection> connection_;
};

/// How a transaction sees the others.
enum class Mode {
  write,    ///< read committed: each statement sees what is committed by then
  snapshot  ///< repeatable read, read only: all statements see one state
};

/// BEGIN goes out with the first run(), COMMIT with commit(): no round trips of their own.
class Transaction {
 public:
  Transaction(Connection& connection, Mode mode) : connection_(connection), mode_(mode) {}

  Awaitable<Result<std::vector<Rows>>> run(std::vector<Statement> statements);
  /// The same, and ends the transaction well.
  Awaitable<Result<std::vector<Rows>>> commit(std::vector<Statement> statements = {});
  Awaitable<void> rollback();
  bool open() const { return begun_ && !ended_; }
  const std::string& sqlstate() const { return connection_.sqlstate(); }

 private:
  Awaitable<Result<std::vector<Rows>>> send(std::vector<Statement> statements, bool commit);

  Connection& connection_;
  Mode mode_;
  bool begun_ = false;
  bool ended_ = false;
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(asio::any_io_executor executor, const Secret& url, std::size_t connections_max);

  Awaitable<Result<Lease>> acquire();
  /// A connection outside of the pool, for listening.
  Awaitable<Result<std::unique_ptr<Connection>>> connect();
  /// Statements as one transaction of their own, in one round trip. Not repeated.
  Awaitable<Result<std::vector<Rows>>> run(std::vector<Statement> statements);

  /// Runs body(Transaction&) -> Awaitable<Result<T>>, and again (5 times) when it lost a race. What
  /// body left open is committed if it succeeded, else rolled back.
  template <class T, class Body>
  Awaitable<Result<T>> transact(Mode mode, Body body);

  /// Also ends what waits on the listening connection, if listen_on() named one.
  void close();
  bool closed() const { return closed_; }
  void listen_on(Connection* connection) { listening_ = connection; }

 private:
  friend class Lease;
  void give_back(std::unique_ptr<Connection> connection);
  Awaitable<Status> wait_for_turn();
  /// True = try again. Rolls back; adds who blocks us to the error.
  Awaitable<bool> failed_attempt(Lease& lease, Transaction& transaction, Error& error, int attempt);

  asio::any_io_executor executor_;
  Result<ConnectionString> where_;
  std::size_t connections_max_;
  std::size_t connections_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::deque<std::uint64_t> line_;  ///< tickets of those who wait
  std::uint64_t next_ticket_ = 1;
  runtime::Signal freed_;
  std::chrono::steady_clock::time_point next_attempt_at_;
  std::chrono::milliseconds back_off_{0};
  Error last_failure_;
  Connection* listening_ = nullptr;
  bool closed_ = false;
};

inline constexpr int attempts_max = 6;

template <class T, class Body>
Awaitable<Result<T>> Pool::transact(Mode mode, Body body) {
  for (int attempt = 1;; ++attempt) {
    CO_TRY(Lease lease, co_await acquire());
    Transaction transaction(*lease, mode);
    Result<T> result = co_await body(transaction);
    if (result && transaction.open()) {
      if (auto end = co_await transaction.commit(); !end) {
        result = std::unexpected(std::move(end.error()));
      }
    }
    if (result) co_return std::move(result);
    if (!co_await failed_attempt(lease, transaction, result.error(), attempt)) {
      co_return std::move(result);
    }
  }
}

}  // namespace tracker::store

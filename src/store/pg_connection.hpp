// One connection to PostgreSQL: libpq without blocking, on Asio.
//
// run() sends all its statements at once (pipeline mode): one round trip, whatever their number. If
// one fails the rest is not executed and its error is the answer. Outside of BEGIN … COMMIT the
// statements of one run() are one transaction.
//
// Errors: unavailable = the connection is gone (usable() is false from then on); the others say
// what the database refused, and sqlstate() has its code. No message holds the password.
// Threads: the io thread only; one run() or notification() at a time. If a coroutine is cancelled
// inside run(), the connection is not usable any more.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "runtime/asio.hpp"
#include "store/connection_string.hpp"
#include "store/pg_value.hpp"

namespace tracker::store {

class Connection {
 public:
  /// Name look-up, TCP, TLS and log-in within `limit`.
  static Awaitable<Result<std::unique_ptr<Connection>>> open(ConnectionString where,
                                                             std::chrono::milliseconds limit);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One Rows a statement. A run that takes longer than `limit` breaks the connection.
  Awaitable<Result<std::vector<Rows>>> run(std::vector<Statement> statements,
                                           std::chrono::milliseconds limit = run_limit);
  /// Several statements of our own in one text, without parameters, outside of a pipeline.
  Awaitable<Status> script(std::string sql, std::chrono::milliseconds limit);
  /// The next payload heard on a channel that was LISTENed to; nothing after `limit`.
  Awaitable<Result<std::optional<std::string>>> notification(std::chrono::milliseconds limit);

  /// Also notices, without a round trip, that the server hung up meanwhile.
  bool usable();
  bool pooled() const { return pooled_; }
  /// SQLSTATE of the last error; '' if it was none of the server's.
  const std::string& sqlstate() const { return sqlstate_; }
  /// Ends what waits on it; usable() is false from then on.
  void close();

  static constexpr std::chrono::milliseconds run_limit{20'000};

 private:
  struct Wire;
  struct Sent {
    bool is_preparation;
    std::string sql;
    std::string name;
  };
  Connection(asio::any_io_executor executor, bool pooled);
  Status send(const Statement& statement, std::vector<Sent>& sent);
  Awaitable<Status> flush();
  Awaitable<Result<PGresult*>> next_result();
  Awaitable<Status> wait(bool for_write);
  Awaitable<Status> handshake(ConnectionString where);
  Awaitable<Result<std::vector<Rows>>> receive(std::vector<Sent> sent);
  Error error_of(const PGresult* result);
  Error lost(std::string_view cause);

  std::shared_ptr<Wire> wire_;
  bool pooled_;
  bool busy_ = false;
  std::string sqlstate_;
  std::uint64_t last_name_ = 0;                               ///< of a prepared statement
  std::map<std::string, std::string, std::less<>> prepared_;  ///< SQL -> name in the session
};

}  // namespace tracker::store

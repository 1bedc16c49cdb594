#include "store/pg_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "store/pg_error.hpp"
#include "store/pg_handshake.hpp"

namespace tracker::store {
namespace {

constexpr std::size_t prepared_max = 300;

/// libpq takes parameters up to their first zero byte: a longer text would be cut silently.
bool has_zero_byte(const std::vector<Statement>& statements) {
  for (const Statement& statement : statements) {
    for (const Parameter& one : statement.parameters) {
      if (one && one->find('\0') != std::string::npos) return true;
    }
  }
  return false;
}

}  // namespace

// The socket belongs to libpq: the descriptor only watches it and never closes it. It is shared
// with the timer's handler, which may run after the connection is gone.
struct Connection::Wire {
  explicit Wire(const asio::any_io_executor& executor) : socket(executor), deadline(executor) {}
  ~Wire() { let_go(); }

  void watch(int descriptor) {
    if (socket.is_open() && socket.native_handle() == descriptor) return;
    let_go();
    if (descriptor >= 0) socket.assign(descriptor);
  }
  void let_go() {
    if (socket.is_open()) socket.release();
  }

  asio::posix::stream_descriptor socket;
  asio::steady_timer deadline;
  bool timed_out = false;
  PGconn* session = nullptr;
};

namespace {

/// From here until stop_clock() the wire's waits end with an error when `limit` is over.
template <class WirePointer>
void start_clock(const WirePointer& wire, std::chrono::milliseconds limit) {
  wire->timed_out = false;
  wire->deadline.expires_after(limit);
  wire->deadline.async_wait([wire](const boost::system::error_code& error) {
    if (error) return;
    wire->timed_out = true;
    if (wire->socket.is_open()) wire->socket.cancel();
  });
}

}  // namespace

Connection::Connection(asio::any_io_executor executor, bool pooled)
    : wire_(std::make_shared<Wire>(executor)), pooled_(pooled) {}

Connection::~Connection() { close(); }

void Connection::close() {
  wire_->deadline.cancel();
  wire_->let_go();
  if (wire_->session != nullptr) PQfinish(std::exchange(wire_->session, nullptr));
}

bool Connection::usable() {
  if (busy_ || wire_->session == nullptr) return false;
  PQconsumeInput(wire_->session);
  return PQstatus(wire_->session) == CONNECTION_OK;
}

Error Connection::lost(std::string_view cause) {
  busy_ = true;  // whatever the server still says belongs to nobody
  sqlstate_.clear();
  return connection_failed(wire_->timed_out ? "no answer in time" : cause);
}

Error Connection::error_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state == nullptr) return lost(first_line(PQerrorMessage(wire_->session)));
  sqlstate_ = state;
  const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return server_error(sqlstate_, text == nullptr ? "" : text);
}

Awaitable<Status> Connection::wait(bool for_write) {
  using asio::posix::stream_descriptor;
  if (wire_->session == nullptr || wire_->timed_out) co_return std::unexpected(lost("closed"));
  boost::system::error_code problem;
  if (for_write) {
    // Both ways: while we send a lot the server may be waiting for us to read its answers.
    auto [order, read_problem, write_problem] =
        co_await asio::experimental::make_parallel_group(
            wire_->socket.async_wait(stream_descriptor::wait_read, asio::deferred),
            wire_->socket.async_wait(stream_descriptor::wait_write, asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    problem = order[0] == 0 ? read_problem : write_problem;
  } else {
    auto [read_problem] =
        co_await wire_->socket.async_wait(stream_descriptor::wait_read, runtime::as_result);
    problem = read_problem;
  }
  if (problem || wire_->session == nullptr) co_return std::unexpected(lost("interrupted"));
  co_return Status{};
}

Awaitable<Status> Connection::handshake(ConnectionString where) {
  CO_TRY(const ConnectionString address, co_await with_address(std::move(where)));
  wire_->session = start_session(address);
  if (wire_->session == nullptr) co_return std::unexpected(lost("out of memory"));
  PostgresPollingStatusType step = PGRES_POLLING_WRITING;
  while (step != PGRES_POLLING_OK) {
    if (step == PGRES_POLLING_FAILED || wire_->timed_out) {
      co_return std::unexpected(lost(first_line(PQerrorMessage(wire_->session))));
    }
    wire_->let_go();  // libpq may have taken another socket meanwhile
    wire_->watch(PQsocket(wire_->session));
    const bool reading = step == PGRES_POLLING_READING;
    auto [problem] =
        co_await wire_->socket.async_wait(reading ? asio::posix::stream_descriptor::wait_read
                                                  : asio::posix::stream_descriptor::wait_write,
                                          runtime::as_result);
    if (problem || wire_->session == nullptr) co_return std::unexpected(lost("interrupted"));
    step = PQconnectPoll(wire_->session);
  }
  wire_->let_go();
  wire_->watch(PQsocket(wire_->session));
  PQsetnonblocking(wire_->session, 1);
  co_return Status{};
}

Awaitable<Result<std::unique_ptr<Connection>>> Connection::open(ConnectionString where,
                                                                std::chrono::milliseconds limit) {
  const auto executor = co_await asio::this_coro::executor;
  std::unique_ptr<Connection> connection(new Connection(executor, where.pooled));
  start_clock(connection->wire_, limit);
  CO_CHECK_OK(co_await connection->handshake(std::move(where)));
  connection->wire_->deadline.cancel();
  co_return std::move(connection);
}

Status Connection::send(const Statement& statement, std::vector<Sent>& sent) {
  std::vector<const char*> values;
  values.reserve(statement.parameters.size());
  for (const Parameter& one : statement.parameters) {
    values.push_back(one ? one->c_str() : nullptr);
  }
  const int count = static_cast<int>(values.size());
  PGconn* session = wire_->session;
  int ok = 0;
  if (pooled_ || !statement.prepare) {
    ok = PQsendQueryParams(session, statement.sql.c_str(), count, nullptr, values.data(), nullptr,
                           nullptr, 0);
  } else {
    std::string name;
    if (const auto known = prepared_.find(statement.sql); known != prepared_.end()) {
      name = known->second;
      ok = 1;
    } else {
      name = fmt::format("s{}", ++last_name_);
      ok = PQsendPrepare(session, name.c_str(), statement.sql.c_str(), 0, nullptr);
      sent.push_back({true, statement.sql, name});
    }
    if (ok == 1) {
      ok = PQsendQueryPrepared(session, name.c_str(), count, values.data(), nullptr, nullptr, 0);
    }
  }
  sent.push_back({false, {}, {}});
  if (ok != 1) return std::unexpected(lost(first_line(PQerrorMessage(session))));
  return {};
}

Awaitable<Status> Connection::flush() {
  for (;;) {
    const int left = PQflush(wire_->session);
    if (left == 0) co_return Status{};
    if (left < 0) co_return std::unexpected(lost(first_line(PQerrorMessage(wire_->session))));
    CO_CHECK_OK(co_await wait(true));
    if (PQconsumeInput(wire_->session) == 0) {
      co_return std::unexpected(lost(first_line(PQerrorMessage(wire_->session))));
    }
  }
}

Awaitable<Result<PGresult*>> Connection::next_result() {
  while (PQisBusy(wire_->session) != 0) {
    CO_CHECK_OK(co_await wait(false));
    if (PQconsumeInput(wire_->session) == 0) {
      co_return std::unexpected(lost(first_line(PQerrorMessage(wire_->session))));
    }
  }
  co_return PQgetResult(wire_->session);
}

Awaitable<Result<std::vector<Rows>>> Connection::receive(std::vector<Sent> sent) {
  std::vector<Rows> answers;
  std::optional<Error> failed;
  for (const Sent& one : sent) {
    CO_TRY(PGresult * raw, co_await next_result());
    Rows rows(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (raw != nullptr) {
      CO_TRY(PGresult * end, co_await next_result());
      PQclear(end);
    }
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      if (one.is_preparation) {
        if (prepared_.size() < prepared_max) prepared_.emplace(one.sql, one.name);
      } else {
        answers.push_back(std::move(rows));
      }
    } else if (!failed && status != PGRES_PIPELINE_ABORTED) {
      failed = error_of(raw);
      if (PQstatus(wire_->session) != CONNECTION_OK) co_return std::unexpected(std::move(*failed));
    }
  }
  CO_TRY(PGresult * sync, co_await next_result());
  PQclear(sync);
  if (failed) co_return std::unexpected(std::move(*failed));
  co_return std::move(answers);
}

Awaitable<Result<std::vector<Rows>>> Connection::run(std::vector<Statement> statements,
                                                     std::chrono::milliseconds limit) {
  if (has_zero_byte(statements)) {
    co_return fail(ErrorCode::invalid_input, "text may not hold a zero byte");
  }
  if (!usable()) co_return std::unexpected(lost("the connection is closed"));
  busy_ = true;
  sqlstate_.clear();
  start_clock(wire_, limit);
  PQenterPipelineMode(wire_->session);
  std::vector<Sent> sent;
  for (const Statement& one : statements) CO_CHECK_OK(send(one, sent));
  if (PQpipelineSync(wire_->session) != 1) co_return std::unexpected(lost("cannot send"));
  CO_CHECK_OK(co_await flush());
  Result<std::vector<Rows>> answers = co_await receive(std::move(sent));
  wire_->deadline.cancel();
  if (!answers && sqlstate_.empty()) co_return std::move(answers);
  if (wire_->session == nullptr || PQexitPipelineMode(wire_->session) != 1) {
    co_return std::unexpected(lost("the pipeline did not end"));
  }
  busy_ = false;
  co_return std::move(answers);
}

Awaitable<Status> Connection::script(std::string sql, std::chrono::milliseconds limit) {
  if (!usable()) co_return std::unexpected(lost("the connection is closed"));
  busy_ = true;
  sqlstate_.clear();
  start_clock(wire_, limit);
  if (PQsendQuery(wire_->session, sql.c_str()) != 1) co_return std::unexpected(lost("cannot send"));
  CO_CHECK_OK(co_await flush());
  std::optional<Error> failed;
  for (;;) {
    CO_TRY(PGresult * raw, co_await next_result());
    if (raw == nullptr) break;
    const Rows rows(raw);
    if (!failed && PQresultStatus(raw) == PGRES_FATAL_ERROR) failed = error_of(raw);
  }
  wire_->deadline.cancel();
  if (failed && sqlstate_.empty()) co_return std::unexpected(std::move(*failed));
  busy_ = false;
  if (failed) co_return std::unexpected(std::move(*failed));
  co_return Status{};
}

Awaitable<Result<std::optional<std::string>>> Connection::notification(
    std::chrono::milliseconds limit) {
  if (!usable()) co_return std::unexpected(lost("the connection is closed"));
  start_clock(wire_, limit);
  for (;;) {
    if (PGnotify* heard = PQnotifies(wire_->session); heard != nullptr) {
      wire_->deadline.cancel();
      std::string payload = heard->extra;
      PQfreemem(heard);
      co_return std::optional<std::string>(std::move(payload));
    }
    auto [problem] = co_await wire_->socket.async_wait(asio::posix::stream_descriptor::wait_read,
                                                       runtime::as_result);
    if (wire_->session != nullptr && wire_->timed_out) {
      wire_->timed_out = false;
      co_return std::optional<std::string>();
    }
    if (problem || wire_->session == nullptr || PQconsumeInput(wire_->session) == 0) {
      co_return std::unexpected(lost("the connection is closed"));
    }
  }
}

}  // namespace tracker::store

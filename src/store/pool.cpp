#include "store/pool.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "store/pg_error.hpp"

namespace tracker::store {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t line_length_max = 500;
constexpr auto wait_limit = 2s;
constexpr auto connect_limit = 5s;
constexpr auto back_off_max = 2000ms;

Statement begin(Mode mode) {
  return {mode == Mode::snapshot ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN",
          {},
          true};
}

/// Behind a pooler a session's settings are nobody's: each transaction brings its own.
Statement limits() {
  return {
      "SELECT set_config('lock_timeout', '2000', true), "
      "set_config('statement_timeout', '3000', true)",
      {},
      true};
}

constexpr std::string_view blockers_sql =
    "SELECT a.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), a.state, "
    "extract(epoch from now() - a.xact_start)::bigint "
    "FROM pg_stat_activity a WHERE a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL "
    "AND a.datname = current_database() AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid "
    "AND l.granted AND l.relation IN ('production_summary'::regclass, 'feed_head'::regclass) "
    "AND l.mode <> 'AccessShareLock') ORDER BY a.xact_start LIMIT 1";

Awaitable<std::string> who_blocks(Connection& connection) {
  std::vector<Statement> question;
  question.push_back({std::string(blockers_sql), {}, false});
  const auto answers = co_await connection.run(std::move(question));
  if (!answers || answers->front().empty()) co_return std::string();
  const Rows& rows = answers->front();
  co_return fmt::format("session {} ({} as {}, {}, for {} s) holds the rows", rows.text(0, 0),
                        rows.text(0, 2), rows.text(0, 1), rows.text(0, 3), rows.text(0, 4));
}

}  // namespace

Lease::~Lease() {
  if (connection_) pool_->give_back(std::move(connection_));
}

Awaitable<Result<std::vector<Rows>>> Transaction::send(std::vector<Statement> statements,
                                                       bool commit) {
  std::size_t extra = 0;
  if (!begun_) {
    if (connection_.pooled()) statements.insert(statements.begin(), limits()), ++extra;
    statements.insert(statements.begin(), begin(mode_)), ++extra;
    begun_ = true;
  }
  if (commit) statements.push_back({"COMMIT", {}, true});
  CO_TRY(std::vector<Rows> answers, co_await connection_.run(std::move(statements)));
  if (commit) {
    ended_ = true;
    answers.pop_back();
  }
  answers.erase(answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(extra));
  co_return std::move(answers);
}

Awaitable<Result<std::vector<Rows>>> Transaction::run(std::vector<Statement> statements) {
  return send(std::move(statements), false);
}

Awaitable<Result<std::vector<Rows>>> Transaction::commit(std::vector<Statement> statements) {
  return send(std::move(statements), true);
}

Awaitable<void> Transaction::rollback() {
  if (!open()) co_return;
  ended_ = true;
  if (!connection_.usable()) co_return;
  std::vector<Statement> end;
  end.push_back({"ROLLBACK", {}, true});
  if (!co_await connection_.run(std::move(end))) connection_.close();
}

Pool::Pool(asio::any_io_executor executor, const Secret& url, std::size_t connections_max)
    : executor_(executor),
      where_(parse_connection_string(url.reveal())),
      connections_max_(connections_max),
      freed_(executor) {}

void Pool::close() {
  closed_ = true;
  idle_.clear();
  if (listening_ != nullptr) listening_->close();
  freed_.notify();
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (!closed_ && connection->usable()) {
    idle_.push_back(std::move(connection));
  } else {
    connection.reset();
    --connections_;
  }
  freed_.notify();
}

Awaitable<Status> Pool::wait_for_turn() {
  if (line_.size() >= line_length_max) {
    co_return fail(ErrorCode::busy, "too many requests wait for the database", "try again soon");
  }
  struct Place {  // leaves the line also when the coroutine is cancelled
    Pool& pool;
    std::uint64_t ticket;
    ~Place() {
      std::erase(pool.line_, ticket);
      pool.freed_.notify();
    }
  };
  const Place place{*this, next_ticket_++};
  line_.push_back(place.ticket);
  const auto until = Clock::now() + wait_limit;
  for (;;) {
    if (closed_) co_return std::unexpected(connection_failed("the program is stopping"));
    const bool first = line_.front() == place.ticket;
    if (first && (!idle_.empty() || connections_ < connections_max_)) co_return Status{};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left <= 0ms) {
      co_return fail(ErrorCode::busy, "all database connections are in use", "try again soon");
    }
    co_await freed_.wait_for(left);
  }
}

Awaitable<Result<std::unique_ptr<Connection>>> Pool::connect() {
  if (!where_) co_return std::unexpected(where_.error());
  if (Clock::now() < next_attempt_at_) co_return std::unexpected(last_failure_);
  auto opened = co_await Connection::open(*where_, connect_limit);
  if (opened) {
    back_off_ = 0ms;
  } else {
    back_off_ = std::clamp<std::chrono::milliseconds>(back_off_ * 2, 100ms, back_off_max);
    next_attempt_at_ = Clock::now() + back_off_;
    last_failure_ = opened.error();
  }
  co_return std::move(opened);
}

Awaitable<Result<Lease>> Pool::acquire() {
  CO_CHECK_OK(co_await wait_for_turn());
  while (!idle_.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->usable()) co_return Lease(shared_from_this(), std::move(connection));
    --connections_;
  }
  struct Slot {  // counts the connection that is being made
    Pool* pool;
    ~Slot() {
      if (pool == nullptr) return;
      --pool->connections_;
      pool->freed_.notify();
    }
  };
  ++connections_;
  Slot slot{this};
  CO_TRY(std::unique_ptr<Connection> connection, co_await connect());
  slot.pool = nullptr;
  co_return Lease(shared_from_this(), std::move(connection));
}

Awaitable<Result<std::vector<Rows>>> Pool::run(std::vector<Statement> statements) {
  CO_TRY(Lease lease, co_await acquire());
  co_return co_await lease->run(std::move(statements));
}

Awaitable<bool> Pool::failed_attempt(Lease& lease, Transaction& transaction, Error& error,
                                     int attempt) {
  const std::string state = transaction.sqlstate();
  co_await transaction.rollback();
  if (state == lock_timeout_state && lease->usable()) {
    const std::string blocker = co_await who_blocks(*lease);
    if (!blocker.empty()) error.what += ": " + blocker;
  }
  if (!worth_a_retry(state) || attempt >= attempts_max || closed_) co_return false;
  // Two that collided must not collide again in step.
  co_await runtime::sleep_for(std::chrono::milliseconds(1 + randombytes_uniform(10U * attempt)));
  co_return true;
}

}  // namespace tracker::store

#include "store/store.hpp"

#include <sodium.h>

#include <charconv>

#include "core/log.hpp"
#include "runtime/signal.hpp"
#include "store/pool.hpp"

namespace tracker::store {
namespace {

using namespace std::chrono_literals;

/// A notification may be lost with its connection; asking now and then costs nothing.
constexpr auto ask_interval = 30s;
/// Behind a pooler there are no notifications at all.
constexpr auto ask_interval_pooled = 500ms;
constexpr auto reconnect_pause = 500ms;

Statement read_head() { return {"SELECT seq FROM feed_head", {}}; }

/// Hears changes on one connection until it breaks.
Awaitable<Status> hear(std::shared_ptr<Pool> pool, const Store::Listener& listener) {
  CO_TRY(std::unique_ptr<Connection> connection, co_await pool->connect());
  struct Listening {
    Pool& pool;
    ~Listening() { pool.listen_on(nullptr); }
  };
  const Listening listening{*pool};
  pool->listen_on(connection.get());
  if (!connection->pooled()) {
    CO_CHECK_OK(co_await connection->run(together(
        Statement{"LISTEN tracker_changes", {}, false}, Statement{"LISTEN tracker_link", {}, false},
        Statement{"LISTEN tracker_presence", {}, false})));
  }
  const auto interval = connection->pooled() ? std::chrono::milliseconds(ask_interval_pooled)
                                             : std::chrono::milliseconds(ask_interval);
  ChangeNumber known = -1;
  while (!pool->closed()) {
    CO_TRY(const std::vector<Rows> rows, co_await connection->run(together(read_head())));
    const ChangeNumber head = rows[0].empty() ? 0 : rows[0].number(0, 0);
    if (head != known) listener.head(known = head);
    for (;;) {
      CO_TRY(const std::optional<std::string> payload, co_await connection->notification(interval));
      if (!payload || pool->closed()) break;
      if (*payload == "link" || *payload == "held") {
        if (listener.link_changed) listener.link_changed();
        if (*payload == "held" && listener.held_decided) listener.held_decided();
        continue;
      }
      if (payload->starts_with('{')) {
        if (listener.presence) listener.presence(*payload);
        continue;
      }
      ChangeNumber told = 0;
      std::from_chars(payload->data(), payload->data() + payload->size(), told);
      if (told > known) listener.head(known = told);
    }
  }
  co_return Status{};
}

}  // namespace

Store::Store(asio::any_io_executor executor, Options options)
    : pool_(std::make_shared<Pool>(executor, options.database_url, options.connections_max)),
      picture_bytes_kept_max_(options.picture_bytes_kept_max) {
  if (sodium_init() < 0) log::error("the random generator does not start");
}

Store::~Store() = default;

void Store::close() { pool_->close(); }

Store::Async<DatabaseFacts> Store::facts() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{
             "SELECT version(), current_database(), to_regclass('production_summary') IS NOT NULL, "
             "now() AT TIME ZONE 'UTC'",
             {}})));
  co_return DatabaseFacts{rows[0].string(0, 0), rows[0].string(0, 1), rows[0].flag(0, 2),
                          rows[0].time(0, 3)};
}

Store::AsyncStatus Store::tell_presence(std::string json) {
  CO_CHECK_OK(co_await pool_->run(
      together(Statement{"SELECT pg_notify('tracker_presence', $1)", {parameter(json)}})));
  co_return Status{};
}

Store::Async<std::vector<SharedSetting>> Store::shared_settings() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{"SELECT name, value FROM shared_setting ORDER BY name LIMIT 100", {}})));
  std::vector<SharedSetting> out;
  for (int row = 0; row < rows[0].size(); ++row) {
    out.push_back({rows[0].string(row, 0), rows[0].json(row, 1)});
  }
  co_return std::move(out);
}

Store::AsyncStatus Store::set_shared_setting(std::string name, boost::json::value value, Who who) {
  CO_CHECK_OK(co_await pool_->run(together(Statement{
      "INSERT INTO shared_setting (name, value, changed_by) VALUES ($1, $2::jsonb, $3) "
      "ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, changed_by = EXCLUDED.changed_by, "
      "changed_at = now()",
      {parameter(name), json_parameter(value), parameter(who.name)}})));
  co_return Status{};
}

Store::Async<ChangeNumber> Store::head() {
  CO_TRY(const std::vector<Rows> rows, co_await pool_->run(together(read_head())));
  co_return rows[0].empty() ? 0 : rows[0].number(0, 0);
}

Awaitable<void> Store::listen(Listener listener) {
  const auto pool = pool_;
  while (!pool->closed()) {
    if (const Status ended = co_await hear(pool, listener); !ended && !pool->closed()) {
      log::warning("waiting for the database: {}", describe(ended.error()));
      co_await runtime::sleep_for(reconnect_pause);
    }
  }
}

}  // namespace tracker::store

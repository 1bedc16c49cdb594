#include "store/accounts.hpp"

#include <boost/json.hpp>

#include "store/pool.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> role_names{{{Role::viewer, "viewer"},
                                                                       {Role::animator, "animator"},
                                                                       {Role::producer, "producer"},
                                                                       {Role::admin, "admin"}}};

const std::string user_columns =
    "u.id, u.email, u.name, u.role, to_json(u.animator_names), u.password_hash, u.disabled, "
    "u.created_at AT TIME ZONE 'UTC' ";
const std::string select_users = "SELECT " + user_columns + "FROM app_user u ";

User read_user(const Rows& rows, int row) {
  User user;
  user.id = rows.number(row, 0);
  user.email = rows.string(row, 1);
  user.name = rows.string(row, 2);
  user.role = role_by_name(rows.text(row, 3)).value_or(Role::viewer);
  const boost::json::value names = rows.json(row, 4);
  if (names.is_array()) {
    for (const auto& name : names.get_array()) user.animator_names.emplace_back(name.as_string());
  }
  user.password_hash = rows.string(row, 5);
  user.disabled = rows.flag(row, 6);
  user.created_at = rows.time(row, 7);
  return user;
}

Result<User> one_user(const Rows& rows, ErrorCode otherwise) {
  if (rows.empty()) return fail(otherwise, "there is no such account");
  return read_user(rows, 0);
}

Session read_session(const Rows& rows, int row) {
  return {rows.string(row, 0), rows.number(row, 1), rows.string(row, 2), rows.string(row, 3),
          rows.time(row, 4),   rows.time(row, 5),   rows.time(row, 6)};
}

}  // namespace

std::string_view name_of(Role role) {
  for (const auto& [value, name] : role_names) {
    if (value == role) return name;
  }
  return {};
}

std::optional<Role> role_by_name(std::string_view name) {
  for (const auto& [value, text] : role_names) {
    if (text == name) return value;
  }
  return std::nullopt;
}

Store::Async<std::int64_t> Store::count_users() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{"SELECT count(*) FROM app_user", {}})));
  co_return rows[0].number(0, 0);
}

Store::Async<User> Store::add_user(User user) {
  auto rows = co_await pool_->run(together(Statement{
      "INSERT INTO app_user AS u (email, name, role, animator_names, password_hash, disabled) "
      "VALUES (lower($1), $2, $3, $4::text[], $5, $6::boolean) RETURNING " +
          user_columns,
      {parameter(user.email), parameter(user.name), parameter(name_of(user.role)),
       array_parameter(user.animator_names), parameter(user.password_hash),
       flag_parameter(user.disabled)}}));
  if (!rows && rows.error().code == ErrorCode::conflict) {
    co_return fail(ErrorCode::conflict, "there is an account with this address already", {},
                   "email");
  }
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  co_return read_user(rows->front(), 0);
}

Store::Async<User> Store::user(std::int64_t id) {
  CO_TRY(
      const std::vector<Rows> rows,
      co_await pool_->run(together(Statement{select_users + "WHERE u.id = $1", {parameter(id)}})));
  co_return one_user(rows[0], ErrorCode::not_found);
}

Store::Async<User> Store::user_by_email(std::string email) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(
             together(Statement{select_users + "WHERE u.email = lower($1)", {parameter(email)}})));
  co_return one_user(rows[0], ErrorCode::not_found);
}

Store::Async<std::vector<User>> Store::users() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{select_users + "ORDER BY u.name, u.id", {}})));
  std::vector<User> users;
  for (int row = 0; row < rows[0].size(); ++row) users.push_back(read_user(rows[0], row));
  co_return std::move(users);
}

Store::AsyncStatus Store::update_user(User user) {
  auto rows = co_await pool_->run(
      together(Statement{"UPDATE app_user SET email = lower($2), name = $3, role = $4, "
                         "animator_names = $5::text[], disabled = $6::boolean WHERE id = $1",
                         {parameter(user.id), parameter(user.email), parameter(user.name),
                          parameter(name_of(user.role)), array_parameter(user.animator_names),
                          flag_parameter(user.disabled)}},
               Statement{"DELETE FROM app_session WHERE user_id = $1 AND $2::boolean",
                         {parameter(user.id), flag_parameter(user.disabled)}}));
  if (!rows && rows.error().code == ErrorCode::conflict) {
    co_return fail(ErrorCode::conflict, "there is an account with this address already", {},
                   "email");
  }
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  if (rows->front().affected() == 0) {
    co_return fail(ErrorCode::not_found, "there is no such account");
  }
  co_return Status{};
}

Store::AsyncStatus Store::set_password(std::int64_t user_id, std::string password_hash,
                                       std::string keep_session) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(
             together(Statement{"UPDATE app_user SET password_hash = $2 WHERE id = $1",
                                {parameter(user_id), parameter(password_hash)}},
                      Statement{"DELETE FROM app_session WHERE user_id = $1 AND hash <> $2",
                                {parameter(user_id), parameter(keep_session)}})));
  if (rows[0].affected() == 0) co_return fail(ErrorCode::not_found, "there is no such account");
  co_return Status{};
}

Store::AsyncStatus Store::add_session(Session session) {
  CO_CHECK_OK(co_await pool_->run(together(
      Statement{"INSERT INTO app_session (hash, user_id, address, user_agent, expires_at) "
                "VALUES ($1, $2, $3, left($4, 500), $5::timestamptz)",
                {parameter(session.hash), parameter(session.user_id), parameter(session.address),
                 parameter(session.user_agent), parameter(session.expires_at)}})));
  co_return Status{};
}

Store::Async<User> Store::user_of_session(std::string hash) {
  // Marked as used once a minute at most: reading pages must not cost a write each.
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{select_users +
                           "JOIN app_session s ON s.user_id = u.id WHERE s.hash = $1 AND "
                           "s.expires_at > now() AND s.used_at > now() - interval '12 hours' "
                           "AND NOT u.disabled",
                       {parameter(hash)}},
             Statement{"UPDATE app_session SET used_at = now() WHERE hash = $1 AND "
                       "used_at < now() - interval '1 minute' AND "
                       "used_at > now() - interval '12 hours'",
                       {parameter(hash)}})));
  co_return one_user(rows[0], ErrorCode::unauthorized);
}

Store::Async<std::vector<Session>> Store::sessions(std::int64_t user_id) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{"SELECT hash, user_id, address, user_agent, created_at AT TIME ZONE 'UTC', "
                       "used_at AT TIME ZONE 'UTC', expires_at AT TIME ZONE 'UTC' FROM app_session "
                       "WHERE user_id = $1 AND expires_at > now() ORDER BY used_at DESC LIMIT 200",
                       {parameter(user_id)}})));
  std::vector<Session> sessions;
  for (int row = 0; row < rows[0].size(); ++row) sessions.push_back(read_session(rows[0], row));
  co_return std::move(sessions);
}

Store::AsyncStatus Store::end_session(std::string hash) {
  CO_CHECK_OK(co_await pool_->run(
      together(Statement{"DELETE FROM app_session WHERE hash = $1", {parameter(hash)}})));
  co_return Status{};
}

Store::AsyncStatus Store::end_sessions(std::int64_t user_id) {
  CO_CHECK_OK(co_await pool_->run(
      together(Statement{"DELETE FROM app_session WHERE user_id = $1", {parameter(user_id)}})));
  co_return Status{};
}

}  // namespace tracker::store

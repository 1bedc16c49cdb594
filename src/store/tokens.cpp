#include "store/pool.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

const std::string token_columns =
    "id, name, hash, role, created_by, created_at AT TIME ZONE 'UTC', used_at AT TIME ZONE 'UTC', "
    "expires_at AT TIME ZONE 'UTC', revoked ";

ApiToken read_token(const Rows& rows, int row) {
  ApiToken token;
  token.id = rows.number(row, 0);
  token.name = rows.string(row, 1);
  token.hash = rows.string(row, 2);
  token.role = role_by_name(rows.text(row, 3)).value_or(Role::viewer);
  token.created_by = rows.string(row, 4);
  token.created_at = rows.time(row, 5);
  token.used_at = rows.optional_time(row, 6);
  token.expires_at = rows.optional_time(row, 7);
  token.revoked = rows.flag(row, 8);
  return token;
}

}  // namespace

Store::Async<ApiToken> Store::add_token(ApiToken token) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{
             "INSERT INTO api_token (name, hash, role, created_by, expires_at) "
             "VALUES ($1, $2, $3, $4, $5::timestamptz) RETURNING " +
                 token_columns,
             {parameter(token.name), parameter(token.hash), parameter(name_of(token.role)),
              parameter(token.created_by), parameter(token.expires_at)}})));
  co_return read_token(rows[0], 0);
}

Store::Async<ApiToken> Store::token(std::string hash) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(
             together(Statement{"SELECT " + token_columns +
                                    "FROM api_token WHERE hash = $1 AND NOT revoked AND "
                                    "(expires_at IS NULL OR expires_at > now())",
                                {parameter(hash)}},
                      Statement{"UPDATE api_token SET used_at = now() WHERE hash = $1 AND "
                                "(used_at IS NULL OR used_at < now() - interval '1 minute')",
                                {parameter(hash)}})));
  if (rows[0].empty()) co_return fail(ErrorCode::unauthorized, "this token is not valid");
  co_return read_token(rows[0], 0);
}

Store::Async<std::vector<ApiToken>> Store::tokens() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{"SELECT " + token_columns + "FROM api_token ORDER BY id LIMIT 1000", {}})));
  std::vector<ApiToken> tokens;
  for (int row = 0; row < rows[0].size(); ++row) tokens.push_back(read_token(rows[0], row));
  co_return std::move(tokens);
}

Store::AsyncStatus Store::revoke_token(std::int64_t id) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{"UPDATE api_token SET revoked = true WHERE id = $1", {parameter(id)}})));
  if (rows[0].affected() == 0) co_return fail(ErrorCode::not_found, "there is no such token");
  co_return Status{};
}

Store::AsyncStatus Store::add_sign_in_link(std::string hash, std::int64_t user_id,
                                           Time expires_at) {
  CO_CHECK_OK(co_await pool_->run(
      together(Statement{"INSERT INTO sign_in_link (hash, user_id, expires_at) VALUES ($1, $2, "
                         "$3::timestamptz)",
                         {parameter(hash), parameter(user_id), parameter(expires_at)}})));
  co_return Status{};
}

Store::Async<User> Store::use_sign_in_link(std::string hash) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{
             "UPDATE sign_in_link SET used_at = now() WHERE hash = $1 AND used_at IS NULL "
             "AND expires_at > now() RETURNING user_id",
             {parameter(hash)}})));
  if (rows[0].empty()) {
    co_return fail(ErrorCode::unauthorized, "this sign-in link is used up or too old",
                   "ask for a new one: animation-tracker user reset");
  }
  CO_TRY(User found, co_await user(rows[0].number(0, 0)));
  if (found.disabled) co_return fail(ErrorCode::unauthorized, "this account is disabled");
  co_return std::move(found);
}

}  // namespace tracker::store

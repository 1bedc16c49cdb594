#include "store/once.hpp"

#include "store/row_codec.hpp"

namespace tracker::store {

Awaitable<Result<std::optional<std::string>>> claim_key(Transaction& transaction, const Once& once,
                                                        const Who& who, const std::string& became) {
  if (once.key.empty()) co_return std::optional<std::string>();
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.run(
             together(Statement{"INSERT INTO idempotency_key (scope, key, request_hash, batch_id) "
                                "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                                {parameter(who.name), parameter(once.key),
                                 parameter(once.request_hash), parameter(became)}},
                      Statement{"SELECT request_hash, batch_id FROM idempotency_key "
                                "WHERE scope = $1 AND key = $2",
                                {parameter(who.name), parameter(once.key)}})));
  if (rows[0].affected() == 1) co_return std::optional<std::string>();
  if (rows[1].empty() || rows[1].text(0, 0) != once.request_hash) {
    co_return fail(ErrorCode::conflict, "this Idempotency-Key was used with another content",
                   "take a new key for a new request", "Idempotency-Key");
  }
  co_return std::optional<std::string>(rows[1].string(0, 1));
}

Statement forget_key(const Once& once, const Who& who) {
  return {"DELETE FROM idempotency_key WHERE scope = $1 AND key = $2",
          {parameter(who.name), parameter(once.key)}};
}

Awaitable<Result<Written>> replay(Transaction& transaction, const std::string& batch_id) {
  CO_TRY(const std::vector<Rows> rows,
         co_await transaction.run(together(
             Statement{select_changes + "WHERE c.batch_id = $1 AND c.op <> 'media' ORDER BY c.seq",
                       {parameter(batch_id)}})));
  CO_TRY(const std::vector<Change> changes, read_changes(rows[0]));
  Written written;
  written.replayed = true;
  for (const Change& change : changes) {
    Entry entry;
    entry.id = change.entry_id;
    if (change.after) {
      entry.cells = *change.after;
    } else if (change.before) {
      entry.cells = *change.before;
    }
    entry.measurement = change.measurement;
    entry.version = change.seq;
    entry.created_at = entry.updated_at = change.at;
    written.entries.push_back(std::move(entry));
    written.batch_id = change.batch_id;
    written.head = change.seq;
  }
  co_return std::move(written);
}

}  // namespace tracker::store

// Files of no shot, as the local role tells of them, and which of them people gave to a row.
#include <boost/json.hpp>

#include "store/pool.hpp"
#include "store/store.hpp"

namespace tracker::store {

Store::AsyncStatus Store::tell_unmatched(sync::FilesTold message) {
  const boost::json::value json = to_json(message.files);
  CO_CHECK_OK(co_await pool_->run(
      together(Statement{"UPDATE local_store SET unmatched = $2::jsonb WHERE store_id = $1",
                         {parameter(message.store), json_parameter(json)}},
               Statement{"SELECT pg_notify('tracker_link', 'link')", {}})));
  co_return Status{};
}

Store::Async<UnmatchedFiles> Store::unmatched() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{"SELECT s.unmatched FROM link_lease l JOIN local_store s ON s.store_id = "
                       "l.store_id WHERE s.unmatched IS NOT NULL",
                       {}})));
  if (rows[0].empty()) co_return UnmatchedFiles{};
  co_return parse_unmatched_files(rows[0].json(0, 0));
}

Store::AsyncStatus Store::pin(std::string path, std::optional<EntryId> entry, Who who) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{
                 "INSERT INTO media_pin (path, entry_id, author, number) SELECT $1, "
                 "$2::bigint, $3, nextval('media_pin_number') WHERE $2::bigint IS NULL OR "
                 "EXISTS (SELECT FROM production_summary WHERE id = $2::bigint) "
                 "ON CONFLICT (path) DO UPDATE SET entry_id = EXCLUDED.entry_id, "
                 "author = EXCLUDED.author, number = EXCLUDED.number, at = now()",
                 {parameter(path), entry ? parameter(*entry) : Parameter(), parameter(who.name)}},
             // As after a verdict: local asks for what no change tells.
             Statement{"SELECT pg_notify('tracker_link', 'held')", {}})));
  if (rows[0].affected() > 0) co_return Status{};
  co_return fail(ErrorCode::not_found, "there is no such entry", {}, "entry_id");
}

Store::Async<MediaPins> Store::pins() {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(
             together(Statement{"SELECT coalesce(max(number), 0) FROM media_pin", {}},
                      Statement{"SELECT path, entry_id FROM media_pin WHERE entry_id IS NOT NULL "
                                "ORDER BY number DESC LIMIT $1::bigint",
                                {parameter(static_cast<std::int64_t>(pins_max))}})));
  MediaPins pins;
  pins.number = rows[0].number(0, 0);
  for (int row = 0; row < rows[1].size(); ++row) {
    pins.pins.push_back({rows[1].string(row, 0), rows[1].number(row, 1)});
  }
  co_return std::move(pins);
}

}  // namespace tracker::store

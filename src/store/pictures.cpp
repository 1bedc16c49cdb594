// Small pictures of what was measured: rows by digest, bounded in their sum. Where the room is too
// small for all that rows show, those of the newest renders are kept: from nine tenths on only what
// is newer than the oldest one is asked for, and the oldest goes for it. So what went is never
// asked for again, and nothing is sent back and forth.
#include "store/pictures.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/base64.hpp"
#include "core/log.hpp"
#include "store/pool.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

constexpr std::string_view bytes_kept = "(SELECT coalesce(sum(bytes), 0) FROM media_picture)";

std::string shown(std::string_view digest) {
  return fmt::format(
      "EXISTS (SELECT FROM entry_state s WHERE s.measurement IS NOT NULL AND NOT s.removed AND "
      "s.measurement->>'source_digest' = {})",
      digest);
}

/// When the render was written that a row shows under this digest; NULL where none does.
std::string rendered_at(std::string_view digest) {
  return fmt::format(
      "(SELECT max(coalesce(nullif(s.measurement->>'modified_at', ''), "
      "s.measurement->>'measured_at')) FROM entry_state s WHERE s.measurement IS NOT NULL AND NOT "
      "s.removed AND s.measurement->>'source_digest' = {})",
      digest);
}

Statement read_room(std::int64_t bytes_max) {
  return {fmt::format("SELECT {0} < $1::bigint / 10 * 9, CASE WHEN {0} >= $1::bigint / 10 * 9 THEN "
                      "(SELECT min({1}) FROM media_picture m) END",
                      bytes_kept, rendered_at("m.source_digest")),
          {parameter(bytes_max)}};
}

Statement drop_oldest_if_full(std::int64_t bytes_max) {
  return {
      fmt::format("DELETE FROM media_picture WHERE {} > $1::bigint AND source_digest IN (SELECT "
                  "source_digest FROM (SELECT m.source_digest, sum(m.bytes) OVER (ORDER BY {} "
                  "DESC NULLS LAST, m.source_digest) AS so_far FROM media_picture m) kept WHERE "
                  "so_far > $1::bigint)",
                  bytes_kept, rendered_at("m.source_digest")),
      {parameter(bytes_max)}};
}

Statement drop_unshown_if_full(std::int64_t bytes_max) {
  return {fmt::format("DELETE FROM media_picture m WHERE {} >= $1::bigint / 10 * 9 AND NOT {}",
                      bytes_kept, shown("m.source_digest")),
          {parameter(bytes_max)}};
}

/// Those that are not kept: name, whether a row shows it, of when what it shows is.
Statement missing_of(const std::vector<PictureName>& offered) {
  std::vector<std::string> digests;
  std::vector<std::string> pictures;
  for (const PictureName& name : offered) {
    digests.push_back(name.source_digest);
    pictures.emplace_back(name_of(name.picture));
  }
  return {
      fmt::format("SELECT o.digest || '/' || o.picture, {}, {} FROM unnest($1::text[], $2::text[]) "
                  "WITH ORDINALITY o(digest, picture, place) LEFT JOIN media_picture m ON "
                  "m.source_digest = o.digest WHERE CASE o.picture WHEN 'strip' THEN m.strip "
                  "ELSE m.thumbnail END IS NULL ORDER BY o.place",
                  shown("o.digest"), rendered_at("o.digest")),
      {array_parameter(digests), array_parameter(pictures)}};
}

}  // namespace

Statement drop_old_pictures() {
  return {"DELETE FROM media_picture m WHERE stored_at < now() - interval '1 day' AND NOT " +
              shown("m.source_digest"),
          {}};
}

Store::Async<sync::OfferAnswer> Store::offer(sync::Offer message) {
  const auto bytes_max = static_cast<std::int64_t>(picture_bytes_kept_max_);
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(drop_unshown_if_full(bytes_max), read_room(bytes_max),
                                      missing_of(message.pictures))));
  const bool has_room = rows[1].flag(0, 0);
  sync::OfferAnswer answer;
  for (int row = 0; row < rows[2].size(); ++row) {
    auto name = parse_picture_name(rows[2].text(row, 0));
    const bool is_shown = rows[2].flag(row, 1);
    const bool is_newer = has_room || rows[2].text(row, 2) > rows[1].text(0, 1);
    if (!name || (is_shown && !is_newer)) continue;
    (is_shown ? answer.wanted : answer.early).push_back(std::move(*name));
  }
  co_return std::move(answer);
}

Store::AsyncStatus Store::put_picture(PictureName name, std::string jpeg) {
  const std::string_view column = name_of(name.picture);
  CO_TRY(
      const std::vector<Rows> rows,
      co_await pool_->run(together(
          Statement{fmt::format("INSERT INTO media_picture (source_digest, {0}, number) SELECT $1, "
                                "decode($2, 'base64'), nextval('media_picture_number') ON CONFLICT "
                                "(source_digest) DO UPDATE SET {0} = EXCLUDED.{0}, number = "
                                "EXCLUDED.number, stored_at = now()",
                                column),
                    {parameter(name.source_digest), parameter(base64(jpeg))}},
          drop_oldest_if_full(static_cast<std::int64_t>(picture_bytes_kept_max_)))));
  if (rows[1].affected() > 0 && !std::exchange(pictures_full_, true)) {
    log::info("the room for small pictures ({} MiB) is full: those of the oldest renders go first",
              picture_bytes_kept_max_ >> 20);
  }
  co_return Status{};
}

Store::Async<std::string> Store::picture(PictureName name) {
  const std::string_view column = name_of(name.picture);
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{fmt::format("SELECT translate(encode({0}, 'base64'), E'\\n', '') FROM "
                                   "media_picture WHERE source_digest = $1 AND {0} IS NOT NULL",
                                   column),
                       {parameter(name.source_digest)}})));
  if (!rows[0].empty()) co_return from_base64(rows[0].text(0, 0));
  co_return fail(ErrorCode::not_found, "there is no picture of this", {}, "id");
}

Store::Async<PictureList> Store::pictures_since(std::int64_t number, std::size_t limit) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{
             "SELECT number, source_digest, thumbnail IS NOT NULL, strip IS NOT NULL FROM "
             "media_picture WHERE number > $1::bigint ORDER BY number LIMIT $2::bigint",
             {parameter(number), parameter(static_cast<std::int64_t>(limit))}})));
  PictureList list;
  list.number = number;
  for (int row = 0; row < rows[0].size(); ++row) {
    list.number = rows[0].number(row, 0);
    list.kept.push_back({rows[0].string(row, 1), rows[0].flag(row, 2), rows[0].flag(row, 3)});
  }
  co_return std::move(list);
}

}  // namespace tracker::store

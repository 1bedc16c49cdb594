// What waits for people: values that lost, batches to undo, mass changes that are held.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/entry_json.hpp"
#include "cloud/written.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::int64_t conflicts_max = 1'000;
constexpr std::size_t batch_length_max = 100;
constexpr std::size_t duplicates_max = 200;

/// {"version":…} of the held change that the caller looked at; may be left out.
Result<std::optional<std::int64_t>> held_version(const http::Request& request) {
  if (request.body.empty()) return std::nullopt;
  TRY(const json::value body, http::parse_json_body(request));
  const json::object* const object = body.if_object();
  const json::value* const version = object != nullptr ? object->if_contains("version") : nullptr;
  if (version == nullptr || version->is_null()) return std::nullopt;
  if (version->is_int64()) return std::optional(version->get_int64());
  return fail(ErrorCode::invalid_input, "version is the number that the list of held changes shows",
              {}, "version");
}

json::object loser_json(const store::Loser& loser) {
  json::object out{{"id", loser.id}, {"entry_id", loser.entry_id}};
  out["field"] = loser.field ? json::value(spec(*loser.field).column_name) : json::value(nullptr);
  out["winning"] = loser.winning;
  out["losing"] = loser.losing;
  out["winning_author"] = loser.winning_author;
  out["losing_author"] = loser.losing_author;
  out["losing_origin"] = name_of(loser.losing_origin);
  out["losing_at"] = format_rfc3339(loser.losing_at);
  out["at"] = format_rfc3339(loser.at);
  out["row_deleted"] = loser.row_deleted;
  out["restored"] = loser.restored;
  out["row"] = to_json(loser.row);
  return out;
}

/// `current`: the row as it stands; nothing = it is gone.
json::object held_change_json(const Op& op, const Entry* current) {
  json::object out{{"entry_id", op.row.id == 0 ? json::value(nullptr) : json::value(op.row.id)}};
  out["op"] = name_of(op.kind);
  if (op.kind == OpKind::remove) {
    out["moved_on"] = current == nullptr || current->cells != op.cells;
    return out;
  }
  out["field"] = spec(op.field).column_name;
  out["before"] = op.before;
  out["after"] = op.after;
  out["moved_on"] = current == nullptr || at(current->cells, op.field) != op.before;
  return out;
}

json::object held_json(const store::HeldBatch& held) {
  json::array changes;
  for (const Op& op : held.ops) {
    const auto row = std::ranges::lower_bound(held.entries, op.row.id, {}, &Entry::id);
    const bool there = row != held.entries.end() && row->id == op.row.id;
    changes.push_back(held_change_json(op, there ? &*row : nullptr));
  }
  return {{"id", held.id},
          {"version", held.version},
          {"source", held.from_workbook ? "excel" : "web"},
          {"changes", std::move(changes)},
          {"reason", held.reason},
          {"author", held.author},
          {"at", format_rfc3339(held.at)},
          {"rows", held.entries.size()},
          {"entries", entries_json(held.entries)}};
}

}  // namespace

Awaitable<http::Response> list_conflicts(App& app, Call call) {
  auto limit = number_in_query(call.request, "limit", 1, conflicts_max, 100);
  if (!limit) co_return refuse(limit.error(), call.request);
  auto before = number_in_query(call.request, "before", 0, INT64_MAX, 0);
  if (!before) co_return refuse(before.error(), call.request);
  auto losers = co_await app.store.conflicts(*before, static_cast<std::size_t>(*limit));
  if (!losers) co_return refuse(losers.error(), call.request);
  json::array data;
  for (const store::Loser& loser : *losers) data.push_back(loser_json(loser));
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> restore_conflict(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto written = co_await app.store.restore_loser(*id, call.caller.who());
  if (!written) co_return refuse(written.error(), call.request);
  announce(app, *written);
  app.events.status_may_have_changed();
  co_return written_response(*written, Shape::one);
}

Awaitable<http::Response> undo_batch(App& app, Call call) {
  std::string batch = call.request.path_parameter("batch");
  if (batch.size() > batch_length_max) {
    co_return refuse(Error{ErrorCode::not_found, "there is no such batch", {}, "batch"},
                     call.request);
  }
  auto outcome = co_await app.store.undo(std::move(batch), call.caller.who());
  if (!outcome) co_return refuse(outcome.error(), call.request);
  announce(app, outcome->written);
  json::array skipped;
  for (const store::RowConflict& row : outcome->left_alone) {
    for (const store::CellConflict& cell : row.cells) {
      json::object one = conflict_json(cell);
      one["entry_id"] = row.current.id;
      one["reason"] = fmt::format("changed by {} since",
                                  cell.changed_by.empty() ? "somebody" : cell.changed_by);
      skipped.push_back(std::move(one));
    }
  }
  json::object out{{"success", true},
                   {"data", entries_json(outcome->written.entries)},
                   {"skipped", std::move(skipped)}};
  const std::string& undone_by = outcome->written.batch_id;
  out["batch"] = undone_by.empty() ? json::value(nullptr) : json::value(undone_by);
  co_return http::json_response(out);
}

Awaitable<http::Response> list_held(App& app, Call call) {
  auto held = co_await app.store.held();
  if (!held) co_return refuse(held.error(), call.request);
  json::array data;
  for (const store::HeldBatch& one : *held) data.push_back(held_json(one));
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> approve_held(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto version = held_version(call.request);
  if (!version) co_return refuse(version.error(), call.request);
  auto outcome = co_await app.store.approve(*id, call.caller.who(), *version);
  if (!outcome) co_return refuse(outcome.error(), call.request);
  announce(app, outcome->written);
  app.events.status_may_have_changed();
  json::array left_alone;
  for (const Op& op : outcome->left_alone) left_alone.push_back(held_change_json(op, nullptr));
  const std::string& batch = outcome->written.batch_id;
  json::object out{{"success", true}, {"data", entries_json(outcome->written.entries)}};
  out["batch"] = batch.empty() ? json::value(nullptr) : json::value(batch);
  out["left_alone"] = std::move(left_alone);
  co_return http::json_response(out);
}

Awaitable<http::Response> reject_held(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto version = held_version(call.request);
  if (!version) co_return refuse(version.error(), call.request);
  auto done = co_await app.store.reject(*id, call.caller.who(), *version);
  if (!done) co_return refuse(done.error(), call.request);
  app.events.status_may_have_changed();
  co_return http::json_response(json::object{{"success", true}});
}

Awaitable<http::Response> list_duplicates(App& app, Call call) {
  auto duplicates = co_await app.store.duplicates(duplicates_max);
  if (!duplicates) co_return refuse(duplicates.error(), call.request);
  json::array data;
  for (const store::PossibleDuplicate& one : *duplicates) {
    data.push_back({{"id", one.newer.id},
                    {"at", format_rfc3339(one.at)},
                    {"entries", entries_json(std::vector{one.twin, one.newer})}});
  }
  co_return http::json_response(json::object{{"success", true}, {"data", std::move(data)}});
}

Awaitable<http::Response> keep_duplicate(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto done = co_await app.store.keep_both(*id, call.caller.who());
  if (!done) co_return refuse(done.error(), call.request);
  co_return http::json_response(json::object{{"success", true}});
}

}  // namespace tracker::cloud

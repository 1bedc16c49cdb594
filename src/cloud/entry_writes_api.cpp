// Writing entries: add, change, delete, restore; one or many, all or nothing. Every write is one
// transaction of the store; its change is announced before the answer is sent.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/entry_json.hpp"
#include "cloud/written.hpp"
#include "core/digest.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::size_t rows_in_request_max = 5'000;
constexpr std::size_t idempotency_key_length_max = 200;

/// An element of a batch that breaks a rule, with its place.
http::Response refuse_element(const Error& error, std::size_t place, bool in_batch) {
  if (!in_batch) return refuse_value(error);
  json::object inner{{"code", name_of(error.code)},
                     {"message", fmt::format("element {}: {}", place, error.what)}};
  if (!error.where.empty()) inner["field"] = error.where;
  return http::json_response(
      json::object{{"success", false}, {"error", std::move(inner)}, {"index", place}}, 422);
}

Error bad_batch(std::string what) {
  return Error{ErrorCode::invalid_input, std::move(what), {}, {}};
}

/// How many elements a request may have; nothing if the number is right.
std::optional<http::Response> refuse_size(std::size_t size, const http::Request& request) {
  if (size == 0) return refuse_value(bad_batch("the list is empty"));
  if (size <= rows_in_request_max) return std::nullopt;
  return refuse(Error{ErrorCode::too_large,
                      fmt::format("{} elements are too many for one request", size),
                      fmt::format("send at most {} at once", rows_in_request_max),
                      {}},
                request);
}

Result<std::string> idempotency_key(const http::Request& request) {
  const auto key = request.header("Idempotency-Key");
  if (!key) return std::string();
  if (key->empty() || key->size() > idempotency_key_length_max) {
    return fail(ErrorCode::invalid_input,
                fmt::format("Idempotency-Key has 1 to {} characters", idempotency_key_length_max),
                {}, "Idempotency-Key");
  }
  return std::string(*key);
}

/// The change that one element of a request asks for. `id` goes before the element's own.
Result<store::RowEdit> row_edit(const json::value& element, std::optional<EntryId> id) {
  store::RowEdit edit;
  TRY(edit.changes, parse_cell_changes(element));
  const json::object& object = element.get_object();
  TRY(auto own_id, integer_in(object, "id"));
  TRY(edit.seen, integer_in(object, "version"));
  TRY(auto force, flag_in(object, "force"));
  edit.force = force.value_or(false);
  if (!id && !own_id) return fail(ErrorCode::invalid_input, "id is missing", {}, "id");
  edit.id = id ? *id : *own_id;
  if (id && own_id && *own_id != *id) {
    return fail(ErrorCode::invalid_input, "id in the body is another than in the address", {},
                "id");
  }
  return edit;
}

/// 412: what stands there now, and both values of each cell.
http::Response refuse_stale(const std::vector<store::RowConflict>& conflicts,
                            const std::vector<store::RowEdit>& rows, bool in_batch) {
  const store::RowConflict& first = conflicts.front();
  const store::CellConflict& cell = first.cells.front();
  const std::string_view column = spec(cell.field).column_name;
  json::object error{
      {"code", "conflict"},
      {"message", fmt::format("{} was changed by {} since", column,
                              cell.changed_by.empty() ? "somebody" : cell.changed_by)},
      {"field", column}};
  json::array all;
  for (const store::RowConflict& conflict : conflicts) {
    json::array cells;
    for (const store::CellConflict& one : conflict.cells) cells.push_back(conflict_json(one));
    std::size_t place = 0;
    while (place < rows.size() && rows[place].id != conflict.current.id) ++place;
    all.push_back(json::object{
        {"index", place}, {"data", entry_json(conflict.current)}, {"cells", std::move(cells)}});
  }
  json::object out{{"success", false}, {"error", std::move(error)}};
  out["data"] = all.front().get_object()["data"];
  out["cells"] = all.front().get_object()["cells"];
  if (in_batch) {
    out["index"] = all.front().get_object()["index"];
    out["conflicts"] = std::move(all);
  }
  return http::json_response(out, 412);
}

Awaitable<http::Response> write_edits(App& app, const Call& call, std::vector<store::RowEdit> rows,
                                      bool in_batch) {
  auto outcome = co_await app.store.edit(rows, call.caller.who());
  if (!outcome) co_return refuse(outcome.error(), call.request);
  if (!outcome->conflicts.empty()) {
    co_return refuse_stale(outcome->conflicts, rows, in_batch);
  }
  announce(app, outcome->written);
  co_return written_response(outcome->written, in_batch ? Shape::list : Shape::one);
}

Awaitable<http::Response> remove_rows(App& app, const Call& call, std::vector<EntryId> ids,
                                      Shape shape) {
  auto outcome = co_await app.store.remove(std::move(ids), call.caller.who());
  if (!outcome) co_return refuse(outcome.error(), call.request);
  if (outcome->held_id != 0) {
    app.events.status_may_have_changed();
    co_return http::json_response(
        json::object{{"success", true},
                     {"data", json::array()},
                     {"held", outcome->held_id},
                     {"message", "so many rows are deleted only after a producer said yes"}},
        202);
  }
  announce(app, outcome->written);
  co_return written_response(outcome->written, shape);
}

}  // namespace

Awaitable<http::Response> create_entries(App& app, Call call) {
  auto body = http::parse_json_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto key = idempotency_key(call.request);
  if (!key) co_return refuse(key.error(), call.request);
  const bool in_batch = body->is_array();
  const json::array elements = in_batch ? body->get_array() : json::array{*body};
  if (auto refused = refuse_size(elements.size(), call.request)) co_return std::move(*refused);
  store::Create create;
  create.idempotency_key = std::move(*key);
  create.request_hash = hex(sha256(call.request.body));
  for (std::size_t i = 0; i < elements.size(); ++i) {
    auto cells = parse_cells(elements[i]);
    if (!cells) co_return refuse_element(cells.error(), i, in_batch);
    create.rows.push_back(std::move(*cells));
  }
  auto written = co_await app.store.create(std::move(create), call.caller.who());
  if (!written) co_return refuse(written.error(), call.request);
  announce(app, *written);
  co_return written_response(*written, in_batch ? Shape::list : Shape::one, 201);
}

Awaitable<http::Response> change_entry(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto body = http::parse_json_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto edit = row_edit(*body, *id);
  if (!edit) co_return refuse_value(edit.error());
  auto seen = version_seen(call.request);
  if (!seen) co_return refuse(seen.error(), call.request);
  if (*seen) edit->seen = *seen;
  co_return co_await write_edits(app, call, {std::move(*edit)}, false);
}

Awaitable<http::Response> change_entries(App& app, Call call) {
  auto body = http::parse_json_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  const json::array* elements = body->if_array();
  if (elements == nullptr) co_return refuse(bad_batch("the body is a list"), call.request);
  if (auto refused = refuse_size(elements->size(), call.request)) co_return std::move(*refused);
  std::vector<store::RowEdit> rows;
  std::set<EntryId> ids;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    auto edit = row_edit((*elements)[i], std::nullopt);
    if (!edit) co_return refuse_element(edit.error(), i, true);
    if (!ids.insert(edit->id).second) {
      const Error twice{ErrorCode::invalid_input, "this entry stands in the list twice", {}, "id"};
      co_return refuse_element(twice, i, true);
    }
    rows.push_back(std::move(*edit));
  }
  co_return co_await write_edits(app, call, std::move(rows), true);
}

Awaitable<http::Response> delete_entry(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  co_return co_await remove_rows(app, call, {*id}, Shape::one);
}

Awaitable<http::Response> delete_entries(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  const json::value* list = body->if_contains("ids");
  if (list == nullptr || !list->is_array()) {
    co_return refuse_value(Error{ErrorCode::invalid_input, "ids is a list of numbers", {}, "ids"});
  }
  const json::array& elements = list->get_array();
  if (auto refused = refuse_size(elements.size(), call.request)) co_return std::move(*refused);
  std::vector<EntryId> ids;
  std::set<EntryId> known;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!elements[i].is_int64()) {
      co_return refuse_element(
          Error{ErrorCode::invalid_input, "ids is a list of numbers", {}, "ids"}, i, true);
    }
    if (known.insert(elements[i].get_int64()).second) ids.push_back(elements[i].get_int64());
  }
  co_return co_await remove_rows(app, call, std::move(ids), Shape::list);
}

Awaitable<http::Response> restore_entry(App& app, Call call) {
  auto id = id_of(call.request);
  if (!id) co_return refuse(id.error(), call.request);
  auto written = co_await app.store.restore(*id, call.caller.who());
  if (!written) co_return refuse(written.error(), call.request);
  announce(app, *written);
  co_return written_response(*written, Shape::one);
}

}  // namespace tracker::cloud

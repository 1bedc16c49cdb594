// Writing entries: add, change, delete, restore; one or many, all or nothing. Every write is one
// transaction of the store; its change is announced before the answer is sent.
#include <boost/json.hpp>
#include <set>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/edit_requests.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/written.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

Awaitable<http::Response> write_edits(App& app, const Call& call, std::vector<store::RowEdit> rows,
                                      bool in_batch) {
  auto once = once_of(call.request);
  if (!once) co_return refuse(once.error(), call.request);
  auto outcome = co_await app.store.edit(rows, call.caller.who(), std::move(*once));
  if (!outcome) co_return refuse(outcome.error(), call.request);
  if (!outcome->conflicts.empty()) {
    co_return refuse_stale(outcome->conflicts, rows, in_batch);
  }
  announce(app, outcome->written);
  co_return written_response(outcome->written, in_batch ? Shape::list : Shape::one);
}

Awaitable<http::Response> remove_rows(App& app, const Call& call, std::vector<EntryId> ids,
                                      Shape shape) {
  auto once = once_of(call.request);
  if (!once) co_return refuse(once.error(), call.request);
  auto outcome = co_await app.store.remove(std::move(ids), call.caller.who(), std::move(*once));
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
  auto once = once_of(call.request);
  if (!once) co_return refuse(once.error(), call.request);
  const bool in_batch = body->is_array();
  const json::array elements = in_batch ? body->get_array() : json::array{*body};
  if (auto refused = refuse_size(elements.size(), call.request)) co_return std::move(*refused);
  store::Create create;
  create.idempotency_key = std::move(once->key);
  create.request_hash = std::move(once->request_hash);
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
  auto once = once_of(call.request);
  if (!once) co_return refuse(once.error(), call.request);
  auto written = co_await app.store.restore(*id, call.caller.who(), std::move(*once));
  if (!written) co_return refuse(written.error(), call.request);
  announce(app, *written);
  co_return written_response(*written, Shape::one);
}

}  // namespace tracker::cloud

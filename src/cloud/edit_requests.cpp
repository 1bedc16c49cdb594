#include "cloud/edit_requests.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/entry_json.hpp"
#include "core/digest.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::size_t rows_in_request_max = 5'000;
constexpr std::size_t idempotency_key_length_max = 200;

}  // namespace

Result<store::Once> once_of(const http::Request& request) {
  const auto key = request.header("Idempotency-Key");
  if (!key) return store::Once();
  if (key->empty() || key->size() > idempotency_key_length_max) {
    return fail(ErrorCode::invalid_input,
                fmt::format("Idempotency-Key has 1 to {} characters", idempotency_key_length_max),
                {}, "Idempotency-Key");
  }
  // The same body elsewhere, or for another row, is another request.
  const std::string what = fmt::format("{} {}\n{}", request.method, request.path, request.body);
  return store::Once{std::string(*key), hex(sha256(what))};
}

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

std::optional<http::Response> refuse_size(std::size_t size, const http::Request& request) {
  if (size == 0) return refuse_value(bad_batch("the list is empty"));
  if (size <= rows_in_request_max) return std::nullopt;
  return refuse(Error{ErrorCode::too_large,
                      fmt::format("{} elements are too many for one request", size),
                      fmt::format("send at most {} at once", rows_in_request_max),
                      {}},
                request);
}

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

}  // namespace tracker::cloud

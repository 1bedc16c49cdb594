#include "domain/entry.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/text.hpp"

namespace tracker {
namespace {

namespace json = boost::json;

/// Text of a JSON scalar; numbers as they stand. Nothing for objects, arrays and booleans.
std::optional<std::string> scalar_text(const json::value& value) {
  if (value.is_null()) return std::string();
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return std::nullopt;
}

std::unexpected<Error> bad_field(Field field, std::string what) {
  return fail(ErrorCode::invalid_input, std::move(what), {}, std::string(spec(field).column_name));
}

}  // namespace

json::object to_json(const Cells& cells) {
  json::object out;
  for (Field field : all_fields) {
    const std::string& text = at(cells, field);
    const bool null = field == Field::notes && text.empty();
    out[spec(field).column_name] = null ? json::value(nullptr) : json::value(text);
  }
  return out;
}

json::object to_json(const Extra& extra) {
  json::object out;
  for (const auto& [header, text] : extra) out[header] = text;
  return out;
}

Extra extra_from(const json::value& value) {
  Extra extra;
  if (!value.is_object()) return extra;
  for (const auto& [key, text] : value.get_object()) {
    if (text.is_string() && extra.size() < extra_columns_max) {
      extra.emplace(std::string(key), std::string(text.get_string()));
    }
  }
  return extra;
}

json::object to_json(const Entry& entry) {
  json::object out;
  out["id"] = entry.id;
  for (auto& [key, value] : to_json(entry.cells)) out[key] = value;
  out["created_at"] = format_rfc3339(entry.created_at);
  out["updated_at"] = format_rfc3339(entry.updated_at);
  out["version"] = entry.version;
  out["extra"] = to_json(entry.extra);
  if (entry.measurement) {
    out["media"] = to_json(*entry.measurement);
  } else {
    out["media"] = nullptr;
  }
  return out;
}

Result<CellChanges> parse_cell_changes(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "an entry is a JSON object");
  CellChanges changes;
  for (Field field : all_fields) {
    const json::value* cell = object->if_contains(spec(field).column_name);
    if (cell == nullptr) continue;
    const auto text = scalar_text(*cell);
    if (!text) {
      return bad_field(field, fmt::format("{} is text", spec(field).column_name));
    }
    if (!is_utf8(*text)) {
      return bad_field(field, fmt::format("{} is not valid UTF-8", spec(field).column_name));
    }
    std::string clean = canonical(*text);
    if (auto problem = problem_with(field, clean)) return bad_field(field, *problem);
    changes[index(field)] = std::move(clean);
  }
  return changes;
}

Result<Cells> parse_cells(const json::value& value) {
  TRY(CellChanges changes, parse_cell_changes(value));
  Cells cells;
  for (Field field : all_fields) {
    cells[index(field)] = std::move(changes[index(field)]).value_or("");
    if (auto problem = problem_with(field, at(cells, field))) return bad_field(field, *problem);
  }
  return cells;
}

Cells cells_from(const json::object& object) {
  Cells cells;
  for (Field field : all_fields) {
    const json::value* cell = object.if_contains(spec(field).column_name);
    if (cell != nullptr) at(cells, field) = scalar_text(*cell).value_or("");
  }
  return cells;
}

}  // namespace tracker

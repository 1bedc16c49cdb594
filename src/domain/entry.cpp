#include "domain/entry.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/stored_text.hpp"
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
      extra.emplace(without_control_characters(key), without_control_characters(text.get_string()));
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

Result<Entry> parse_entry(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "an entry is a JSON object");
  const auto integer = [object](std::string_view key) {
    const json::value* number = object->if_contains(key);
    return number != nullptr && number->is_int64() ? number->get_int64() : 0;
  };
  const auto time = [object](std::string_view key) {
    const json::value* text = object->if_contains(key);
    if (text == nullptr || !text->is_string()) return Time();
    return parse_rfc3339(text->get_string()).value_or(Time());
  };
  Entry entry;
  entry.id = integer("id");
  if (entry.id <= 0) return fail(ErrorCode::invalid_input, "an entry has an id", {}, "id");
  entry.cells = cells_from(*object);
  entry.version = integer("version");
  entry.created_at = time("created_at");
  entry.updated_at = time("updated_at");
  if (const json::value* extra = object->if_contains("extra")) entry.extra = extra_from(*extra);
  if (const json::value* media = object->if_contains("media");
      media != nullptr && media->is_object()) {
    TRY(entry.measurement, parse_measurement(*media));
  }
  return entry;
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

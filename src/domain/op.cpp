#include "domain/op.hpp"

#include <array>
#include <boost/json.hpp>
#include <utility>

#include "domain/json_read.hpp"

namespace tracker {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<OpKind, std::string_view>, 7> op_names{{{OpKind::edit, "edit"},
                                                                       {OpKind::insert, "insert"},
                                                                       {OpKind::remove, "delete"},
                                                                       {OpKind::restore, "restore"},
                                                                       {OpKind::measure, "measure"},
                                                                       {OpKind::extra, "extra"},
                                                                       {OpKind::lost, "lost"}}};
constexpr std::array<std::pair<Origin, std::string_view>, 5> origin_names{
    {{Origin::web, "web"},
     {Origin::excel, "excel"},
     {Origin::media, "media"},
     {Origin::sql, "sql"},
     {Origin::adopt, "adopt"}}};
constexpr std::array<std::pair<ChangeKind, std::string_view>, 5> change_names{
    {{ChangeKind::insert, "insert"},
     {ChangeKind::edit, "edit"},
     {ChangeKind::remove, "delete"},
     {ChangeKind::restore, "restore"},
     {ChangeKind::media, "media"}}};

template <class Table, class Key>
std::string_view name_in(const Table& table, Key key) {
  for (const auto& [value, name] : table) {
    if (value == key) return name;
  }
  return {};
}

template <class Key, std::size_t N>
std::optional<Key> key_in(const std::array<std::pair<Key, std::string_view>, N>& table,
                          std::string_view name) {
  for (const auto& [value, text] : table) {
    if (text == name) return value;
  }
  return std::nullopt;
}

std::optional<Cells> row_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  return cells_from(value->get_object());
}

Result<std::optional<Measurement>> media_of(const json::object& object) {
  const json::value* value = object.if_contains("media");
  if (value == nullptr || value->is_null()) return std::optional<Measurement>();
  TRY(Measurement m, parse_measurement(*value));
  return std::optional<Measurement>(std::move(m));
}

json::value media_json(const std::optional<Measurement>& m) {
  return m ? json::value(to_json(*m)) : json::value(nullptr);
}

}  // namespace

std::string_view name_of(OpKind kind) { return name_in(op_names, kind); }
std::string_view name_of(Origin origin) { return name_in(origin_names, origin); }
std::string_view name_of(ChangeKind kind) { return name_in(change_names, kind); }
std::optional<Origin> origin_by_name(std::string_view name) { return key_in(origin_names, name); }
std::optional<ChangeKind> change_kind_by_name(std::string_view name) {
  return key_in(change_names, name);
}

json::object to_json(const Op& op) {
  json::object out{{"op", name_of(op.kind)}};
  if (op.row.id != 0) out["id"] = op.row.id;
  if (!op.row.uid.empty()) out["uid"] = op.row.uid;
  if (op.twin.id != 0) out["twin_id"] = op.twin.id;
  if (!op.twin.uid.empty()) out["twin_uid"] = op.twin.uid;
  switch (op.kind) {
    case OpKind::edit:
    case OpKind::lost:
      out["column"] = spec(op.field).column_name;
      out["old"] = op.before;
      out["new"] = op.after;
      break;
    case OpKind::insert:
    case OpKind::restore:
      out["cells"] = to_json(op.cells);
      break;
    case OpKind::remove:
      out["old"] = to_json(op.cells);
      break;
    case OpKind::measure:
      out["media"] = media_json(op.measurement);
      break;
    case OpKind::extra:
      out["extra"] = to_json(op.extra);
      break;
  }
  return out;
}

Result<Op> parse_op(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "an op is an object");
  const auto kind = key_in(op_names, text_of(*object, "op"));
  if (!kind) return fail(ErrorCode::invalid_input, "unknown op", {}, "op");
  Op op;
  op.kind = *kind;
  op.row = {integer_of(*object, "id"), text_of(*object, "uid")};
  op.twin = {integer_of(*object, "twin_id"), text_of(*object, "twin_uid")};
  if (op.row.id <= 0 && op.row.uid.empty()) {
    return fail(ErrorCode::invalid_input, "an op names its row by id or uid", {}, "id");
  }
  if (*kind == OpKind::edit || *kind == OpKind::lost) {
    const auto field = field_by_column(text_of(*object, "column"));
    if (!field) return fail(ErrorCode::invalid_input, "unknown column", {}, "column");
    op.field = *field;
    op.before = text_of(*object, "old");
    op.after = text_of(*object, "new");
  }
  if (*kind == OpKind::insert || *kind == OpKind::restore) {
    op.cells = row_of(*object, "cells").value_or(Cells());
  }
  if (*kind == OpKind::remove) op.cells = row_of(*object, "old").value_or(Cells());
  if (*kind == OpKind::measure) {
    TRY(op.measurement, media_of(*object));
  }
  if (const json::value* extra = object->if_contains("extra"); extra != nullptr) {
    op.extra = extra_from(*extra);
  }
  return op;
}

json::object to_json(const Change& change) {
  json::object out;
  out["seq"] = change.seq;
  out["entry_id"] = change.entry_id;
  out["op"] = name_of(change.kind);
  out["before"] = change.before ? json::value(to_json(*change.before)) : json::value(nullptr);
  out["after"] = change.after ? json::value(to_json(*change.after)) : json::value(nullptr);
  out["media"] = media_json(change.measurement);
  if (!change.uid.empty()) out["uid"] = change.uid;
  out["origin"] = name_of(change.origin);
  out["author"] = change.author;
  out["batch_id"] = change.batch_id;
  out["push_number"] = change.push_number;
  out["at"] = format_rfc3339(change.at);
  out["chain"] = change.chain;
  return out;
}

Result<Change> parse_change(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "a change is an object");
  Change change;
  change.seq = integer_of(*object, "seq");
  change.entry_id = integer_of(*object, "entry_id");
  const auto kind = change_kind_by_name(text_of(*object, "op"));
  const auto origin = origin_by_name(text_of(*object, "origin"));
  if (change.seq <= 0 || !kind || !origin) {
    return fail(ErrorCode::invalid_input, "a change has seq, op and origin", {}, "seq");
  }
  change.kind = *kind;
  change.origin = *origin;
  change.before = row_of(*object, "before");
  change.after = row_of(*object, "after");
  TRY(change.measurement, media_of(*object));
  change.uid = text_of(*object, "uid");
  change.author = text_of(*object, "author");
  change.batch_id = text_of(*object, "batch_id");
  change.push_number = integer_of(*object, "push_number");
  change.at = parse_rfc3339(text_of(*object, "at")).value_or(Time());
  change.chain = text_of(*object, "chain");
  return change;
}

}  // namespace tracker

// The shapes of every body and answer. Limits come from domain/fields.hpp; the rest stands here as
// JSON text, which is what it is.
#include <boost/json.hpp>

#include "cloud/openapi.hpp"
#include "domain/fields.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::string_view fixed_schemas = R"json({
"Object": {"type": "object"},
"Html": {"type": "string"},
"Text": {"type": "string"},
"Image": {"type": "string", "contentEncoding": "binary"},
"Events": {"type": "string", "description":
  "Events without a name: one change each, id = its number. Events named status: SyncStatus."},
"Failure": {"type": "object", "required": ["success", "error"], "properties": {
  "success": {"const": false},
  "error": {"type": "object", "required": ["code", "message"], "properties": {
    "code": {"type": "string"}, "message": {"type": "string"}, "field": {"type": "string"},
    "hint": {"type": "string"}}},
  "index": {"type": "integer"},
  "data": {"$ref": "#/components/schemas/Entry"},
  "cells": {"type": "array", "items": {"type": "object", "properties": {
    "field": {"type": "string"}, "current": {"type": ["string", "null"]},
    "yours": {"type": ["string", "null"]}}}}}},
"Done": {"type": "object", "properties": {"success": {"const": true}}},
"Health": {"type": "object", "required": ["status"], "properties": {
  "status": {"enum": ["ok", "unavailable"]}, "database": {"enum": ["ok", "away"]},
  "uptimeSeconds": {"type": "integer"}}},
"DatabaseTest": {"type": "object", "required": ["success", "message"], "properties": {
  "success": {"type": "boolean"}, "message": {"type": "string"},
  "timestamp": {"type": "string", "format": "date-time"},
  "database_version": {"type": "string"}, "production_table_exists": {"type": "boolean"},
  "database_name": {"type": "string"}, "error": {"type": "string"}}},
"SyncStatus": {"type": "object",
  "required": ["databaseEnabled", "cloudSyncEnabled", "environment"], "properties": {
  "databaseEnabled": {"type": "boolean"}, "cloudSyncEnabled": {"type": "boolean"},
  "environment": {"type": "string"},
  "local": {"enum": ["connected", "offline", "paused"]},
  "lastSyncAt": {"type": ["string", "null"]}, "pendingToWorkbook": {"type": "integer"},
  "pendingToCloud": {"type": "integer"}, "workbookOpenBy": {"type": ["string", "null"]},
  "conflicts": {"type": "integer"}, "held": {"type": "integer"},
  "equalAsOf": {"type": ["string", "null"],
   "description": "Both sides were the same when the studio was last heard, to the minute"},
  "appliedSeq": {"type": "integer"}, "version": {"type": "integer"},
  "pictures": {"type": "integer"}, "unmatched": {"type": "integer"}, "pins": {"type": "integer"},
  "workbook": {"type": "object", "properties": {
    "available": {"type": "boolean"}, "rows": {"type": "integer"}}},
  "waiting": {"type": "array", "items": {"type": "object", "properties": {
    "where": {"type": "string"}, "reason": {"type": "string"}}}},
  "problem": {"type": ["string", "null"]}, "wrongKeyAt": {"type": ["string", "null"]}}},
"Login": {"type": "object", "properties": {
  "email": {"type": "string"}, "password": {"type": "string"}, "token": {"type": "string"}}},
"MeChange": {"type": "object", "properties": {"email": {"type": "string"},
  "name": {"type": "string"}, "password": {"type": "string"},
  "current_password": {"type": "string"}}},
"Me": {"type": "object", "required": ["id", "name", "role"], "properties": {
  "id": {"type": "integer"}, "email": {"type": ["string", "null"]}, "name": {"type": "string"},
  "role": {"enum": ["viewer", "animator", "producer", "admin"]},
  "animator_names": {"type": "array", "items": {"type": "string"}},
  "via": {"enum": ["session", "token"]}, "has_password": {"type": "boolean"},
  "warning": {"type": ["string", "null"]}}},
"MeAnswer": {"type": "object", "properties": {
  "success": {"const": true}, "data": {"$ref": "#/components/schemas/Me"}}},
"SessionList": {"type": "object", "required": ["success", "data"], "properties": {
  "success": {"const": true}, "data": {"type": "array", "items": {"type": "object",
  "required": ["id", "current"], "properties": {"id": {"type": "string"},
    "current": {"type": "boolean"}, "address": {"type": "string"},
    "user_agent": {"type": "string"}, "created_at": {"type": "string"},
    "used_at": {"type": "string"}, "expires_at": {"type": "string"}}}}}},
"Media": {"type": ["object", "null"], "properties": {
  "frames": {"type": ["integer", "null"], "description": "The shot's length, without handles"},
  "file_frames": {"type": ["integer", "null"],
    "description": "What the file holds, with handles; null where there are none"},
  "fps": {"type": ["string", "null"]},
  "duration_seconds": {"type": ["number", "null"]}, "duration": {"type": ["string", "null"]},
  "start": {"type": ["string", "null"],
    "description": "Seconds before the first picture, as a fraction: an empty edit of an mp4"},
  "missing_frames": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
  "problem": {"type": ["string", "null"]}, "path": {"type": "string"},
  "version": {"type": "string"}, "how": {"type": "string"},
  "flags": {"type": "array", "items": {"enum": ["VFR", "EDIT_LIST", "TRUNCATED",
    "RATE_ASSUMED", "STILL", "AUDIO_LONGER", "RATE_NOT_PROJECT", "EMPTY", "PINNED"]}},
  "source_digest": {"type": "string"}, "modified_at": {"type": "string"},
  "measured_at": {"type": "string"},
  "thumbnail": {"type": ["string", "null"]}, "strip": {"type": ["string", "null"]}}},
"PictureList": {"type": "object", "required": ["success", "data", "pictures"], "properties": {
  "success": {"const": true}, "pictures": {"type": "integer"},
  "data": {"type": "array", "items": {"type": "object", "properties": {
    "source_digest": {"type": "string"}, "thumbnail": {"type": ["string", "null"]},
    "strip": {"type": ["string", "null"]}}}}}},
"UnmatchedList": {"type": "object", "required": ["success", "data", "total"], "properties": {
  "success": {"const": true}, "total": {"type": "integer"},
  "data": {"type": "array", "items": {"type": "object", "properties": {
    "path": {"type": "string"}, "kind": {"enum": ["movie", "animation", "sequence"]},
    "fits": {"type": "array", "items": {"type": "string"}}, "modified_at": {"type": "string"}}}},
  "pins": {"type": "array", "items": {"$ref": "#/components/schemas/Pin"}}}},
"Pin": {"type": "object", "required": ["path", "entry_id"], "properties": {
  "path": {"type": "string", "maxLength": 4096}, "entry_id": {"type": ["integer", "null"]}}},
"EntryList": {"type": "object", "required": ["success", "data", "cursor"], "properties": {
  "success": {"const": true}, "cursor": {"type": "string"},
  "pictures": {"type": "integer"}, "next": {"type": ["string", "null"]},
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}}}},
"EntryListWithSync": {"allOf": [{"$ref": "#/components/schemas/EntryList"}, {"type": "object",
  "required": ["excelSync"], "properties": {"excelSync": {"type": "object",
  "required": ["success"], "properties": {"success": {"type": "boolean"},
  "records": {"type": "integer"}, "durationMs": {"type": "integer"},
  "error": {"type": "string"}, "detail": {"type": "string"}}}}}]},
"NewEntries": {"oneOf": [{"$ref": "#/components/schemas/NewEntry"},
  {"type": "array", "minItems": 1, "maxItems": 5000,
   "items": {"$ref": "#/components/schemas/NewEntry"}}]},
"EntryChange": {"allOf": [{"$ref": "#/components/schemas/Cells"}, {"type": "object",
  "properties": {"version": {"type": "integer"}, "force": {"type": "boolean"}}}]},
"EntryChanges": {"type": "array", "minItems": 1, "maxItems": 5000, "items": {"allOf": [
  {"$ref": "#/components/schemas/EntryChange"},
  {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}]}},
"EntryIds": {"type": "object", "required": ["ids"], "properties": {
  "ids": {"type": "array", "minItems": 1, "maxItems": 5000, "items": {"type": "integer"}}}},
"EntryAnswer": {"type": "object", "required": ["success", "data"], "properties": {
  "success": {"const": true}, "batch": {"type": "string"},
  "data": {"oneOf": [{"$ref": "#/components/schemas/Entry"},
    {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}}]}}},
"EntriesAnswer": {"type": "object", "required": ["success", "data"], "properties": {
  "success": {"const": true}, "batch": {"type": "string"},
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}}}},
"UndoAnswer": {"type": "object", "properties": {"success": {"const": true},
  "batch": {"type": "string"},
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
  "skipped": {"type": "array", "items": {"type": "object", "properties": {
    "entry_id": {"type": "integer"}, "field": {"type": "string"},
    "reason": {"type": "string"}}}}}},
"Change": {"type": "object", "required": ["seq", "entry_id", "op"], "properties": {
  "seq": {"type": "integer"}, "entry_id": {"type": "integer"},
  "op": {"enum": ["insert", "edit", "delete", "restore", "media"]},
  "before": {"oneOf": [{"$ref": "#/components/schemas/Cells"}, {"type": "null"}]},
  "after": {"oneOf": [{"$ref": "#/components/schemas/Cells"}, {"type": "null"}]},
  "media": {"$ref": "#/components/schemas/Media"},
  "origin": {"enum": ["web", "excel", "media", "sql", "adopt"]}, "author": {"type": "string"},
  "batch_id": {"type": "string"}, "push_number": {"type": "integer"},
  "at": {"type": "string"}, "chain": {"type": "string"}}},
"ChangeList": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}}}},
"ConflictList": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"type": "object"}}}},
"HeldList": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": "integer"}, "version": {"type": "integer"},
    "source": {"enum": ["excel", "web"]}, "reason": {"type": "string"},
    "author": {"type": "string"}, "at": {"type": "string"}, "rows": {"type": "integer"},
    "entries": {"type": "array", "items": {"type": "object"}},
    "changes": {"type": "array", "items": {"type": "object", "properties": {
      "entry_id": {"type": ["integer", "null"]}, "op": {"enum": ["edit", "delete"]},
      "field": {"type": "string"}, "before": {"type": "string"}, "after": {"type": "string"},
      "moved_on": {"type": "boolean"}}}}}}}}},
"DuplicateList": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": "integer"}, "at": {"type": "string"},
    "entries": {"type": "array", "items": {"type": "object"}}}}}}},
"SyncLog": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": "integer"}, "sync_type": {"type": "string"}, "action": {"type": "string"},
    "status": {"type": "string"}, "error_message": {"type": ["string", "null"]},
    "local_record_id": {"type": ["integer", "null"]},
    "railway_record_id": {"type": ["integer", "null"]},
    "data_snapshot": {}, "created_at": {"type": "string"}}}}}},
"Summary": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "object", "properties": {
    "weeks": {"type": "array", "items": {"$ref": "#/components/schemas/Footage"}},
    "episodes": {"type": "array", "items": {"$ref": "#/components/schemas/Footage"}},
    "totals": {"$ref": "#/components/schemas/Footage"}}}}},
"Footage": {"type": "object", "required": ["shots", "frames", "seconds"], "properties": {
  "animator": {"type": "string"}, "week": {"type": ["string", "null"]},
  "project_type": {"type": "string"}, "episode_title": {"type": "string"},
  "shots": {"type": "integer"}, "frames": {"type": "integer"}, "seconds": {"type": "number"},
  "rows": {"type": "integer"}, "frames_all_rows": {"type": "integer"},
  "planned_shots": {"type": "integer", "description":
    "Shots whose planned length stands in the workbook (a column Planned frames)"},
  "planned_frames": {"type": "integer", "description": "The sum of what stands there"},
  "target_frames": {"type": ["integer", "null"], "description":
    "Of a person's week; of an episode only where neither from nor to is given"}}},
"NewUser": {"type": "object", "required": ["email", "name", "role"], "properties": {
  "email": {"type": "string"}, "name": {"type": "string"}, "password": {"type": "string"},
  "role": {"enum": ["viewer", "animator", "producer", "admin"]},
  "animator_names": {"type": "array", "items": {"type": "string"}}}},
"UserChange": {"type": "object", "properties": {
  "name": {"type": "string"}, "password": {"type": "string"}, "disabled": {"type": "boolean"},
  "role": {"enum": ["viewer", "animator", "producer", "admin"]},
  "reset": {"type": "boolean", "description": "true: answers a one-time sign-in link"},
  "animator_names": {"type": "array", "items": {"type": "string"}}}},
"UserAnswer": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "object"}, "link": {"type": "string"}}},
"UserList": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"type": "object"}}}},
"NewToken": {"type": "object", "required": ["name", "role"], "properties": {
  "name": {"type": "string"}, "role": {"enum": ["viewer", "animator", "producer", "admin"]},
  "days": {"type": "integer", "minimum": 1, "maximum": 3650}}},
"TokenAnswer": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "object"}, "token": {"type": "string"}}},
"TokenList": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"type": "object"}}}},
"Presence": {"type": "object", "properties": {"page": {"type": "string"},
  "row": {"type": ["integer", "null"]}, "column": {"type": ["string", "null"]},
  "editing": {"type": "boolean"}}},
"Shared": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "object", "properties": {"views": {"type": "array"},
  "statuses": {"type": "array"}, "status_done": {"type": "array"},
  "import_columns": {"type": "object"}}}}},
"SharedChange": {"type": "object", "required": ["value"], "properties": {"value": {}}},
"Workbook": {"type": "string", "contentEncoding": "binary"},
"SheetRows": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "object", "properties": {"sheet": {"type": "string"},
  "sheets": {"type": "array", "items": {"type": "string"}},
  "numbers": {"type": "array", "items": {"type": "integer"}},
  "rows": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}}}}},
"Import": {"type": "object", "properties": {
  "change": {"$ref": "#/components/schemas/EntryChanges"},
  "create": {"type": "array", "items": {"$ref": "#/components/schemas/NewEntry"}}}},
"PersonTarget": {"type": "object",
  "required": ["animator", "from_yyyymmdd", "frames_per_week"], "properties": {
  "animator": {"type": "string"}, "from_yyyymmdd": {"type": "string"},
  "frames_per_week": {"type": "integer", "minimum": 0, "description": "0 removes it"}}},
"EpisodeTarget": {"type": "object", "required": ["frames"], "properties": {
  "project_type": {"type": "string"}, "episode_title": {"type": "string"},
  "frames": {"type": "integer", "minimum": 0, "description": "0 removes it"}}},
"Targets": {"type": "object", "properties": {
  "targets": {"type": "array", "items": {"$ref": "#/components/schemas/PersonTarget"}},
  "episodes": {"type": "array", "items": {"$ref": "#/components/schemas/EpisodeTarget"}}}},
"TargetList": {"type": "object", "properties": {"success": {"const": true},
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/PersonTarget"}},
  "episodes": {"type": "array", "items": {"$ref": "#/components/schemas/EpisodeTarget"}}}}
})json";

json::object cells_schema(bool required_too) {
  json::object properties;
  json::array required;
  for (Field field : all_fields) {
    const FieldSpec& rule = spec(field);
    json::object one{{"type", field == Field::notes ? json::value(json::array{"string", "null"})
                                                    : json::value("string")},
                     {"maxLength", rule.length_max}};
    if (rule.required) {
      one["minLength"] = 1;
      required.push_back(json::value(rule.column_name));
    }
    if (field == Field::week_yyyymmdd) one["pattern"] = "^([0-9]{8})?$";
    properties[rule.column_name] = std::move(one);
  }
  json::object out{{"type", "object"}, {"properties", std::move(properties)}};
  if (required_too) out["required"] = std::move(required);
  return out;
}

constexpr std::string_view doubts_schema = R"json({"type": "array",
  "description": "What speaks against calling the shot finished, whatever its status says",
  "items": {"enum": ["no_file", "older_than_retake", "empty", "gaps", "wrong_rate",
    "problem"]}})json";

json::object entry_schema() {
  json::object schema = cells_schema(true);
  json::object& properties = schema["properties"].as_object();
  properties["id"] = json::object{{"type", "integer"}};
  properties["version"] = json::object{{"type", "integer"}};
  properties["created_at"] = json::object{{"type", "string"}, {"format", "date-time"}};
  properties["updated_at"] = json::object{{"type", "string"}, {"format", "date-time"}};
  properties["extra"] = json::object{{"type", "object"}};
  properties["media"] = json::object{{"$ref", "#/components/schemas/Media"}};
  properties["doubts"] = json::parse(doubts_schema);
  json::array& required = schema["required"].as_array();
  for (const char* key : {"id", "version", "created_at", "updated_at"}) required.emplace_back(key);
  return schema;
}

}  // namespace

json::object openapi_schemas() {
  json::object schemas = json::parse(fixed_schemas).as_object();
  schemas["Cells"] = cells_schema(false);
  schemas["NewEntry"] = cells_schema(true);
  schemas["Entry"] = entry_schema();
  return schemas;
}

}  // namespace tracker::cloud

#include "domain/fields.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "core/time.hpp"

namespace tracker {
namespace {

constexpr std::array<FieldSpec, field_count> specs{{
    {Field::animator,
     "animator",
     "Animator",
     {"animator", "artist", "animator name", "assigned to", "assignee", "name"},
     100,
     false},
    {Field::project_type,
     "project_type",
     "Project Type",
     {"project type", "project", "type", "production type"},
     20,
     false},
    {Field::episode_title,
     "episode_title",
     "Episode Title",
     {"episode title", "episode", "ep", "episode name", "title"},
     200,
     false},
    {Field::scene,
     "scene",
     "Scene",
     {"scene", "sc", "sequence", "seq", "scene number", "scene no"},
     50,
     true},
    {Field::shot, "shot", "Shot", {"shot", "sh", "shot number", "shot no", "cut"}, 50, true},
    {Field::week_yyyymmdd,
     "week_yyyymmdd",
     "Week (YYYYMMDD)",
     {"week yyyymmdd", "week (yyyymmdd)", "week", "week of", "week start", "week starting",
      "week (mon)", "date"},
     8,
     false},
    {Field::status, "status", "Status", {"status", "state", "shot status"}, 20, false},
    {Field::notes,
     "notes",
     "Notes",
     {"notes", "note", "comments", "comment", "remarks"},
     10000,
     false},
}};

}  // namespace

const FieldSpec& spec(Field field) { return specs[index(field)]; }

std::optional<Field> field_by_column(std::string_view column_name) {
  for (const FieldSpec& one : specs) {
    if (one.column_name == column_name) return one.field;
  }
  return std::nullopt;
}

std::optional<Field> field_by_header(std::string_view header) {
  const std::string text = folded(header);
  for (const FieldSpec& one : specs) {
    for (std::string_view synonym : one.sheet_headers) {
      if (!synonym.empty() && synonym == text) return one.field;
    }
  }
  return std::nullopt;
}

std::string natural_key(const Cells& cells) {
  std::string key;
  for (Field field : natural_key_fields) {
    key += at(cells, field);
    key += '\x1F';  // unit separator: no cell of the database may hold it
  }
  return key;
}

bool is_blank(const Cells& cells) {
  for (const std::string& cell : cells) {
    if (!cell.empty()) return false;
  }
  return true;
}

std::optional<std::string> problem_with(Field field, std::string_view text) {
  const FieldSpec& rule = spec(field);
  if (!is_utf8(text)) return fmt::format("{} is not valid UTF-8", rule.column_name);
  if (rule.required && text.empty()) return fmt::format("{} may not be blank", rule.column_name);
  const std::size_t length = length_in_characters(text);
  if (field == Field::week_yyyymmdd && !is_week(text)) {
    return fmt::format("{} is a date YYYYMMDD such as 20260105, or blank", rule.column_name);
  }
  if (length > rule.length_max) {
    return fmt::format("{} holds at most {} characters, this has {}", rule.column_name,
                       rule.length_max, length);
  }
  const std::string_view allowed = field == Field::notes ? "\n\t" : "";
  if (find_control_character(text, allowed) != std::string_view::npos) {
    return fmt::format("{} may not hold control characters{}", rule.column_name,
                       field == Field::notes ? " but line break and tab" : "");
  }
  return std::nullopt;
}

}  // namespace tracker

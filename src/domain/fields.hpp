// The eight fields of an entry: the ONLY place where a column name, a header synonym or a length
// limit stands. Source: the guide's schema of production_summary. Pure; safe on any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tracker {

enum class Field : std::uint8_t {
  animator,
  project_type,
  episode_title,
  scene,
  shot,
  week_yyyymmdd,
  status,
  notes
};
inline constexpr std::size_t field_count = 8;

inline constexpr std::array<Field, field_count> all_fields{
    Field::animator, Field::project_type,  Field::episode_title, Field::scene,
    Field::shot,     Field::week_yyyymmdd, Field::status,        Field::notes};

/// Canonical text of the eight cells, indexed by Field. NULL, '' and a missing cell are one: ''.
using Cells = std::array<std::string, field_count>;

constexpr std::size_t index(Field field) { return static_cast<std::size_t>(field); }
inline const std::string& at(const Cells& cells, Field field) { return cells[index(field)]; }
inline std::string& at(Cells& cells, Field field) { return cells[index(field)]; }

struct FieldSpec {
  Field field;
  std::string_view column_name;                    ///< in the database and in JSON
  std::string_view header;                         ///< in a workbook that we create
  std::array<std::string_view, 12> sheet_headers;  ///< synonyms, folded() form; '' ends the list
  std::size_t length_max;                          ///< characters
  bool required;                                   ///< may not be blank
};

const FieldSpec& spec(Field field);

/// By column name ("episode_title"), exactly.
std::optional<Field> field_by_column(std::string_view column_name);

/// By header text as a person writes it ("Episode", "Week (Mon)"): order, case and blanks are free.
std::optional<Field> field_by_header(std::string_view header);

/// Headers of a workbook's column that says how many frames a shot is meant to have, folded() form.
/// It is one of the extra columns: read, never written.
inline constexpr std::array<std::string_view, 7> planned_headers{
    "planned frames", "frames planned", "planned",      "planned (frames)",
    "planned length", "bid frames",     "target frames"};

/// The natural key of an entry, in the order of design/sync.md §2.
inline constexpr std::array<Field, 6> natural_key_fields{Field::project_type, Field::episode_title,
                                                         Field::scene,        Field::shot,
                                                         Field::animator,     Field::week_yyyymmdd};

/// The natural key as one comparable text.
std::string natural_key(const Cells& cells);

bool is_blank(const Cells& cells);

/// Why this text can't stand in this field of the database, as a sentence that names the limit; or
/// nothing. `text` is canonical.
std::optional<std::string> problem_with(Field field, std::string_view text);

}  // namespace tracker

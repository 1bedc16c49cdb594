#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/sync_command.hpp"

namespace tracker::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t lines_max = 500;  ///< of one list; --json has all
constexpr std::size_t shown_max = 60;   ///< bytes of one value

std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return value.is_null() ? std::string() : json::serialize(value);
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::string() : text_of(*value);
}

std::int64_t number_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

const json::array& list_at(const json::object& object, std::string_view key) {
  static const json::array none;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

const json::object& side_of(const json::object& preview, std::string_view key) {
  static const json::object none;
  const json::value* value = preview.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : none;
}

/// One line on a terminal, not too long: line breaks are shown, a character is not cut in two.
std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (out.size() > shown_max && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      return out + "…\"";
    }
    if (c == '\n') {
      out += "⏎";
    } else {
      out += static_cast<unsigned char>(c) < ' ' || c == 0x7F ? '?' : c;
    }
  }
  return out + "\"";
}

std::string name_of(const json::object& one) {
  const std::string name = in_quotes(text_at(one, "row"));
  const std::int64_t id = number_at(one, "id");
  return name.substr(1, name.size() - 2) + (id > 0 ? fmt::format(" (entry {})", id) : "");
}

std::string plural(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

template <class Line>
void add_lines(std::string& out, const json::array& list, Line line) {
  std::size_t number = 0;
  for (const json::value& one : list) {
    if (!one.is_object()) continue;
    if (++number > lines_max) {
      out += fmt::format("  … and {} more (--json lists all)\n", list.size() - lines_max);
      return;
    }
    out += "  " + line(one.get_object()) + "\n";
  }
}

bool is_empty(const json::object& side) {
  return list_at(side, "cells").empty() && list_at(side, "added").empty() &&
         list_at(side, "removed").empty();
}

void add_side(std::string& out, std::string_view title, const json::object& side) {
  if (is_empty(side)) return;
  out += fmt::format("in the {}: {} changed, {} added, {} deleted\n", title,
                     plural(list_at(side, "cells").size(), "cell"),
                     plural(list_at(side, "added").size(), "row"),
                     plural(list_at(side, "removed").size(), "row"));
  add_lines(out, list_at(side, "cells"), [](const json::object& cell) {
    return fmt::format("{}  {}: {} → {}", name_of(cell), text_at(cell, "column"),
                       in_quotes(text_at(cell, "before")), in_quotes(text_at(cell, "after")));
  });
  add_lines(out, list_at(side, "added"),
            [](const json::object& row) { return "+ " + name_of(row); });
  add_lines(out, list_at(side, "removed"),
            [](const json::object& row) { return "- " + name_of(row); });
}

}  // namespace

bool changes_anything(const json::object& preview) {
  return !is_empty(side_of(preview, "database")) || !is_empty(side_of(preview, "workbook")) ||
         !list_at(preview, "conflicts").empty() || number_at(preview, "measuredCells") > 0;
}

std::string preview_text(const json::object& preview) {
  std::string out;
  add_side(out, "database", side_of(preview, "database"));
  add_side(out, "workbook", side_of(preview, "workbook"));
  const json::array& conflicts = list_at(preview, "conflicts");
  if (!conflicts.empty()) {
    out += fmt::format(
        "{}: the workbook's value is taken, the database's stays in Conflicts and can be put "
        "back\n",
        plural(conflicts.size(), "conflict"));
    add_lines(out, conflicts, [](const json::object& cell) {
      return fmt::format("{}  {}: workbook {}, database {}", name_of(cell), text_at(cell, "column"),
                         in_quotes(text_at(cell, "workbook")),
                         in_quotes(text_at(cell, "database")));
    });
  }
  if (const std::int64_t measured = number_at(preview, "measuredCells"); measured > 0) {
    out += fmt::format("{} of the workbook with what was measured (frames, duration, …)\n",
                       plural(static_cast<std::size_t>(measured), "cell"));
  }
  const json::array& waiting = list_at(preview, "waiting");
  if (!waiting.empty()) {
    out += fmt::format("waiting for somebody to mend {}\n", waiting.size() == 1 ? "it" : "them");
    add_lines(out, waiting, [](const json::object& one) {
      return text_at(one, "where") + ": " + text_at(one, "reason");
    });
  }
  const std::string open_by = text_at(preview, "workbookOpenBy");
  if (!open_by.empty()) {
    out += fmt::format("the workbook is open by {}: it is written once it is closed\n", open_by);
  }
  const std::string problem = text_at(preview, "problem");
  if (!problem.empty()) out += problem + "\n";
  return out;
}

std::string what_waits(const json::object& report) {
  const std::string problem = text_at(report, "problem");
  if (!problem.empty()) return problem;
  const std::int64_t to_workbook = number_at(report, "pendingToWorkbook");
  const std::string open_by = text_at(report, "workbookOpenBy");
  if (to_workbook > 0 && !open_by.empty()) {
    return fmt::format(
        "{} for the workbook, which is open by {}",
        to_workbook == 1 ? "1 change waits" : fmt::format("{} changes wait", to_workbook), open_by);
  }
  const std::int64_t left = to_workbook + number_at(report, "pendingToCloud");
  return left == 0
             ? std::string()
             : fmt::format("{} still under way", plural(static_cast<std::size_t>(left), "change"));
}

}  // namespace tracker::cli

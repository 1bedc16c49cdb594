#include "journal/row_json.hpp"

#include <boost/json.hpp>

namespace tracker::journal {
namespace {

namespace json = boost::json;

template <std::size_t N>
json::array texts_json(const std::array<std::string, N>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

template <std::size_t N>
bool read_texts(const json::value* value, std::array<std::string, N>& texts) {
  if (value == nullptr || !value->is_array() || value->get_array().size() != N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const json::value& text = value->get_array()[i];
    if (!text.is_string()) return false;
    texts[i] = std::string(text.get_string());
  }
  return true;
}

std::unexpected<Error> damaged() {
  return fail(ErrorCode::corrupt, "a row of the journal is damaged",
              "restore the data folder from a backup, or move journal.sqlite aside: the next "
              "start joins workbook and cloud anew without deleting anything",
              "journal.sqlite");
}

std::int64_t integer(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

}  // namespace

std::string sheet_row_text(const merge::SheetRow& row) {
  json::object out{{"uid", row.uid}, {"id", row.id}, {"text", texts_json(row.text)}};
  if (!row.marks.empty()) {
    json::object marks;
    for (const merge::Mark& mark : row.marks) marks[spec(mark.field).column_name] = mark.cloud;
    out["marks"] = std::move(marks);
  }
  out["measured"] = texts_json(row.measured);
  if (row.pinned.any()) out["pinned"] = static_cast<std::int64_t>(row.pinned.to_ulong());
  if (row.extra_hash != 0) out["extra"] = static_cast<std::int64_t>(row.extra_hash);
  if (row.draft) out["draft"] = true;
  if (row.twin != 0) out["twin"] = row.twin;
  if (row.shown != 0) out["shown"] = row.shown;
  return json::serialize(out);
}

Result<merge::SheetRow> parse_sheet_row(const std::string& text) {
  boost::system::error_code problem;
  const json::value value = json::parse(text, problem);
  if (problem || !value.is_object()) return damaged();
  const json::object& object = value.get_object();
  merge::SheetRow row;
  row.uid = integer(object, "uid");
  row.id = integer(object, "id");
  row.shown = integer(object, "shown");
  row.twin = integer(object, "twin");
  if (!read_texts(object.if_contains("text"), row.text)) return damaged();
  if (!read_texts(object.if_contains("measured"), row.measured)) return damaged();
  if (const json::value* marks = object.if_contains("marks")) {
    if (!marks->is_object()) return damaged();
    for (const auto& [column, cloud] : marks->get_object()) {
      const auto field = field_by_column(column);
      if (!field || !cloud.is_string()) return damaged();
      row.marks.push_back({*field, std::string(cloud.get_string())});
    }
  }
  row.pinned = static_cast<unsigned long>(integer(object, "pinned"));
  row.extra_hash = static_cast<std::uint64_t>(integer(object, "extra"));
  const json::value* draft = object.if_contains("draft");
  row.draft = draft != nullptr && draft->is_bool() && draft->get_bool();
  return row;
}

std::string cells_text(const Cells& cells) { return json::serialize(texts_json(cells)); }

Result<Cells> parse_cells_text(const std::string& text) {
  boost::system::error_code problem;
  const json::value value = json::parse(text, problem);
  Cells cells;
  if (problem || !read_texts(&value, cells)) return damaged();
  return cells;
}

std::string ops_text(const std::vector<Op>& ops) {
  json::array out;
  for (const Op& op : ops) out.emplace_back(to_json(op));
  return json::serialize(out);
}

Result<std::vector<Op>> parse_ops_text(const std::string& text) {
  boost::system::error_code problem;
  const json::value value = json::parse(text, problem);
  if (problem || !value.is_array()) return damaged();
  std::vector<Op> ops;
  for (const json::value& one : value.get_array()) {
    TRY(Op op, parse_op(one));
    ops.push_back(std::move(op));
  }
  return ops;
}

}  // namespace tracker::journal

#include "sync/preview.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "merge/decide.hpp"

namespace tracker::sync {
namespace {

namespace json = boost::json;

std::string name_of_row(const Cells& cells) {
  std::string name;
  for (Field field : {Field::episode_title, Field::scene, Field::shot}) {
    if (at(cells, field).empty()) continue;
    name += (name.empty() ? "" : " · ") + at(cells, field);
  }
  return name;
}

/// The mirror as the cloud's transaction would read it.
merge::DecideInput as_cloud(const merge::Mirror& mirror) {
  merge::DecideInput input;
  for (const auto& [id, row] : mirror) {
    merge::CloudRow cloud;
    cloud.id = id;
    cloud.cells = row.cells;
    cloud.measurement = row.measurement;
    input.rows.push_back(std::move(cloud));
    if (!row.uid.empty()) input.ids_by_uid.emplace(row.uid, id);
  }
  return input;
}

void add_decided(const merge::Mirror& mirror, const std::vector<Op>& ops, Preview& out) {
  merge::DecideInput input = as_cloud(mirror);
  input.ops = ops;
  const merge::Decision decision = merge::decide(input);
  std::map<std::pair<EntryId, Field>, bool> lost;
  for (const merge::DecidedLoser& loser : decision.losers) {
    const Cells& cells = mirror.at(loser.id).cells;
    lost[{loser.id, loser.field}] = true;
    out.conflicts.push_back({loser.id, name_of_row(cells),
                             std::string(spec(loser.field).column_name), loser.losing,
                             loser.winning});
  }
  for (const merge::RowWrite& write : decision.writes) {
    if (!write.before && write.after) out.database.added.push_back({0, *write.after});
    if (write.before && !write.after) out.database.removed.push_back({write.id, *write.before});
    if (!write.before || !write.after) continue;
    for (Field field : all_fields) {
      const std::string& before = at(*write.before, field);
      const std::string& after = at(*write.after, field);
      if (before == after || lost.contains({write.id, field})) continue;
      out.database.cells.push_back({write.id, name_of_row(*write.before),
                                    std::string(spec(field).column_name), before, after});
    }
  }
}

void add_written(const Engine& engine, const merge::SheetPlan& plan, Preview& out) {
  const workbook::Patch& patch = plan.patch;
  const merge::SheetState& sheet = *engine.sheet();
  std::map<std::int64_t, EntryId> ids;  // also those that the feed has told since it was observed
  for (const merge::SheetRow& row : plan.rows) ids.emplace(row.uid, row.id);
  const auto id_of = [&](const merge::SheetRow& row) {
    const auto known = ids.find(row.uid);
    return known == ids.end() ? row.id : known->second;
  };
  const auto numbers = engine.row_numbers();
  const auto row_at = [&](std::uint32_t number) -> const merge::SheetRow& {
    const auto place = std::ranges::lower_bound(numbers, number);
    return sheet[static_cast<std::size_t>(place - numbers.begin())];
  };
  for (const workbook::CellWrite& cell : patch.cells) {
    const merge::SheetRow& row = row_at(cell.row_number);
    out.workbook.cells.push_back({id_of(row), name_of_row(row.text),
                                  std::string(spec(cell.field).column_name),
                                  at(row.text, cell.field), cell.text});
  }
  for (const std::uint32_t number : patch.deleted_rows) {
    const merge::SheetRow& row = row_at(number);
    out.workbook.removed.push_back({row.id, row.text});
  }
  const std::size_t first_new = plan.rows.size() - patch.appended.size();
  for (std::size_t i = first_new; i < plan.rows.size(); ++i) {
    out.workbook.added.push_back({plan.rows[i].id, plan.rows[i].text});
  }
  out.measured_cells = patch.measured.size();
}

json::array cells_json(const std::vector<PreviewCell>& cells, std::string_view before,
                       std::string_view after) {
  json::array out;
  for (const PreviewCell& cell : cells) {
    json::object one{{"id", cell.id}, {"row", cell.row}, {"column", cell.column}};
    one[before] = cell.before;
    one[after] = cell.after;
    out.push_back(std::move(one));
  }
  return out;
}

json::array rows_json(const std::vector<PreviewRow>& rows) {
  json::array out;
  for (const PreviewRow& row : rows) {
    json::object one{{"id", row.id == 0 ? json::value(nullptr) : json::value(row.id)},
                     {"row", name_of_row(row.cells)}};
    one["cells"] = tracker::to_json(row.cells);
    out.push_back(std::move(one));
  }
  return out;
}

json::object side_json(const PreviewSide& side) {
  return {{"cells", cells_json(side.cells, "before", "after")},
          {"added", rows_json(side.added)},
          {"removed", rows_json(side.removed)}};
}

}  // namespace

Preview preview(const Engine& engine, const WriteWorkbook* write) {
  Preview out;
  out.report = engine.report();
  std::vector<Op> ops;
  for (const Push& push : engine.memory().queue) {
    ops.insert(ops.end(), push.ops.begin(), push.ops.end());
  }
  if (!ops.empty()) add_decided(engine.memory().mirror, ops, out);
  if (write != nullptr) add_written(engine, write->plan, out);
  return out;
}

json::object to_json(const Preview& preview) {
  json::object out{{"database", side_json(preview.database)},
                   {"workbook", side_json(preview.workbook)}};
  out["conflicts"] = cells_json(preview.conflicts, "database", "workbook");
  out["measuredCells"] = preview.measured_cells;
  return out;
}

}  // namespace tracker::sync

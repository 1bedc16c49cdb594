#include "workbook/patch_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "core/text.hpp"
#include "workbook/part_changes.hpp"
#include "workbook/region.hpp"
#include "workbook/row_map.hpp"
#include "workbook/sheet_plan.hpp"
#include "workbook/token.hpp"

namespace tracker::workbook {
namespace {

/// What each CellRequest stands for, so that a refusal can name it.
struct CellSource {
  std::uint32_t row = 0;
  std::optional<Field> field;
};

Refusal refusal_of(const PlanRefusal& refusal, const SheetState& sheet, const SheetRequest& request,
                   const std::vector<CellSource>& sources) {
  Refusal out;
  out.reason = refusal.reason;
  switch (refusal.what) {
    case PlanRefusal::What::cell: {
      const CellRequest& cell = request.cells[refusal.index];
      out.where =
          fmt::format("{}!{}", sheet.entry.name, to_string(CellAddress{cell.row, cell.column}));
      out.row_number = cell.row;
      out.formula = refusal.formula;
      if (refusal.index < sources.size()) out.field = sources[refusal.index].field;
      break;
    }
    case PlanRefusal::What::deletion:
      out.row_number = request.deleted[refusal.index];
      out.where = fmt::format("row {}", out.row_number);
      out.cleared = refusal.cleared;
      if (out.cleared) out.reason = "emptied, but it can't be removed: " + out.reason;
      break;
    case PlanRefusal::What::insertion:
      out.row_number = request.insert_before;
      out.where = fmt::format("insert before row {}", out.row_number);
      break;
    case PlanRefusal::What::append:
      out.where = "append";
      out.append_index = refusal.index;
      break;
    case PlanRefusal::What::appended_cell:
      out.where = "append";
      out.append_index = refusal.index;
      if (refusal.cell < field_count) out.field = all_fields[refusal.cell];
      break;
  }
  return out;
}

class EntryRequest {
 public:
  EntryRequest(const Region& region, const SheetState& sheet) : region_(region), sheet_(sheet) {
    request.header_row = region.header_row;
    request.last_row = region.last_row;
    request.table = region.table;
    request.first_deletable = region.header_row + 1;
    request.entry_columns.assign(region.field_columns.begin(), region.field_columns.end());
    request.entry_columns.push_back(region.id_column);
    request.measured_columns.assign(region.measured_columns.begin(), region.measured_columns.end());
  }

  void add(const Patch& patch) {
    for (const CellWrite& write : patch.cells) {
      add_cell(write.row_number, region_.column(write.field), write.text, false, write.field,
               fmt::format("column {}", spec(write.field).header));
    }
    for (const MeasuredWrite& write : patch.measured) {
      add_cell(write.row_number, region_.measured_columns[static_cast<std::size_t>(write.column)],
               write.text, true, {}, "measured column");
    }
    for (const IdWrite& write : patch.ids) {
      add_cell(write.row_number, region_.id_column, std::to_string(write.tracker_id), true, {},
               "Tracker ID column");
    }
    request.deleted = patch.deleted_rows;
    for (const RowAppend& append : patch.appended) request.appended.push_back(row_of(append));
  }

  SheetRequest request;
  std::vector<CellSource> sources;
  std::vector<Refusal> refusals;

 private:
  void add_cell(std::uint32_t row, std::uint32_t column, const std::string& text, bool as_number,
                std::optional<Field> field, const std::string& what) {
    const bool in_data = row > region_.header_row;
    if (column == 0 || !in_data) {
      refusals.push_back(
          {fmt::format("{} row {}", sheet_.entry.name, row),
           in_data ? fmt::format("the sheet has no {}", what) : "the row is not a data row", row,
           field, 0});
      return;
    }
    request.cells.push_back({row, column, canonical(text), region_.meaning(column), as_number});
    sources.push_back({row, field});
  }

  /// The eight fields stand first, in their order: a refused cell is known by its place.
  std::vector<CellRequest> row_of(const RowAppend& append) const {
    std::vector<CellRequest> cells;
    const auto add = [&](std::uint32_t column, const std::string& text, bool as_number) {
      const std::string value = column == 0 ? "" : canonical(text);
      cells.push_back({0, column, value, region_.meaning(column), as_number});
    };
    for (const Field field : all_fields) add(region_.column(field), at(append.cells, field), false);
    for (std::size_t i = 0; i < measured_column_count; ++i) {
      add(region_.measured_columns[i], append.measured[i], true);
    }
    add(region_.id_column, append.tracker_id ? std::to_string(*append.tracker_id) : "", true);
    return cells;
  }

  const Region& region_;
  const SheetState& sheet_;
};

Result<PatchOutcome> finish(const std::shared_ptr<const State>& state, PartChanges& changes,
                            std::vector<Refusal> refusals) {
  if (changes.empty()) return PatchOutcome{state, std::move(refusals)};
  TRY(std::shared_ptr<const State> next, changes.build());
  return PatchOutcome{std::move(next), std::move(refusals)};
}

bool asks_for_cells(const Patch& patch) {
  return !patch.cells.empty() || !patch.measured.empty() || !patch.ids.empty() ||
         !patch.deleted_rows.empty() || !patch.appended.empty();
}

Status write_token_unless_gated(PartChanges& changes, const Token& token,
                                std::vector<Refusal>& refusals) {
  const State& state = changes.state();
  if (read_token(state) == token) return {};
  if (state.package.is_signed || state.has_utf16()) {
    refusals.push_back({"token",
                        state.package.is_signed ? "the workbook is digitally signed"
                                                : "the workbook is written in UTF-16",
                        0,
                        {},
                        0});
    return {};
  }
  return write_token(changes, token);
}

/// Number of the last row that holds anything, and of the first.
RowSpan used_rows(const CellReader& reader) {
  RowSpan used;
  for (const RowIndex& row : reader.sheet.rows) {
    for (const CellIndex& cell : row.cells()) {
      if (!cell.has_formula() && is_blank_cell(reader, row, cell)) continue;
      if (used.first == 0) used.first = row.number;
      used.last = row.number;
      break;
    }
  }
  return used;
}

Result<std::vector<CellRequest>> row_of(const TextByColumn& row) {
  std::vector<CellRequest> cells;
  for (const auto& [letters, text] : row) {
    const auto column = parse_column(letters);
    if (!column) return fail(ErrorCode::invalid_input, "there is no column " + letters);
    cells.push_back({0, *column, canonical(text)});
  }
  return cells;
}

/// Where the data of any sheet is, for a tool: a table that holds the last rows, or all rows.
SheetRequest request_for(const State& state, const SheetState& sheet) {
  SheetRequest request;
  const RowSpan used = used_rows(state.cells_of(*sheet.index));
  request.header_row = used.first;
  request.last_row = used.last;
  if (sheet.tables.size() == 1 && sheet.tables[0].ref.last.row >= used.last &&
      sheet.tables[0].header_rows == 1) {
    request.table = &sheet.tables[0];
    request.header_row = request.table->ref.first.row;
    request.last_row = request.table->body_last();
  }
  return request;
}

Result<PatchOutcome> plan_edit(const std::shared_ptr<const State>& state, const SheetState& sheet,
                               SheetRequest request) {
  PartChanges changes(*state);
  TRY(const std::vector<PlanRefusal> undone, plan_sheet(changes, sheet, request));
  std::vector<Refusal> refusals;
  for (const PlanRefusal& refusal : undone) {
    refusals.push_back(refusal_of(refusal, sheet, request, {}));
    refusals.back().field.reset();
  }
  return finish(state, changes, std::move(refusals));
}

Result<PatchOutcome> insert_rows(const std::shared_ptr<const State>& state,
                                 const std::string& sheet_name, const RowInsertion& insertion) {
  TRY(const SheetState* sheet, state->find_sheet(sheet_name));
  SheetRequest request = request_for(*state, *sheet);
  request.insert_before = insertion.before;
  for (const TextByColumn& row : insertion.rows) {
    TRY(std::vector<CellRequest> cells, row_of(row));
    request.inserted.push_back(std::move(cells));
  }
  return plan_edit(state, *sheet, std::move(request));
}

/// The number of an old row below rows that were inserted.
std::uint32_t row_after(std::uint32_t row, const std::vector<RowInsertion>& done) {
  std::uint32_t down = 0;
  for (const RowInsertion& insertion : done) {
    if (insertion.before <= row) down += static_cast<std::uint32_t>(insertion.rows.size());
  }
  return row + down;
}

}  // namespace

Result<PatchOutcome> patch_document(const std::shared_ptr<const State>& state, const Patch& patch,
                                    const ReadOptions& options) {
  PartChanges changes(*state);
  std::vector<Refusal> refusals;
  if (asks_for_cells(patch)) {
    TRY(const SheetState* sheet, state->find_sheet(options.sheet));
    const CellReader reader = state->cells_of(*sheet->index);
    TRY(const Region region, find_region(reader, *sheet, options));
    EntryRequest entries(region, *sheet);
    entries.add(patch);
    refusals = std::move(entries.refusals);
    TRY(const std::vector<PlanRefusal> undone, plan_sheet(changes, *sheet, entries.request));
    for (const PlanRefusal& refusal : undone) {
      refusals.push_back(refusal_of(refusal, *sheet, entries.request, entries.sources));
    }
  }
  if (patch.token) CHECK_OK(write_token_unless_gated(changes, *patch.token, refusals));
  return finish(state, changes, std::move(refusals));
}

Result<PatchOutcome> edit_document(const std::shared_ptr<const State>& state,
                                   const SheetEdit& edit) {
  PatchOutcome outcome{state, {}};
  std::multimap<std::uint32_t, RowInsertion> insertions;
  for (const RowInsertion& insertion : edit.inserted) {
    insertions.emplace(insertion.before, insertion);
  }
  std::vector<RowInsertion> done;
  while (!insertions.empty()) {  // from below: the numbers above stay as they are
    const auto lowest = std::prev(insertions.end());
    TRY(PatchOutcome next, insert_rows(outcome.state, edit.sheet, lowest->second));
    if (next.state != outcome.state) done.push_back(lowest->second);
    insertions.erase(lowest);
    outcome.state = std::move(next.state);
    std::ranges::move(next.refusals, std::back_inserter(outcome.refusals));
  }
  TRY(const SheetState* sheet, outcome.state->find_sheet(edit.sheet));
  SheetRequest request = request_for(*outcome.state, *sheet);
  for (const std::uint32_t row : edit.deleted_rows) {
    request.deleted.push_back(row_after(row, done));
  }
  for (const auto& [place, text] : edit.cells) {
    const auto address = parse_cell(place);
    if (!address) return fail(ErrorCode::invalid_input, "there is no cell " + place);
    request.cells.push_back({row_after(address->row, done), address->column, canonical(text)});
  }
  for (const TextByColumn& row : edit.appended) {
    TRY(std::vector<CellRequest> cells, row_of(row));
    request.appended.push_back(std::move(cells));
  }
  TRY(PatchOutcome last, plan_edit(outcome.state, *sheet, std::move(request)));
  outcome.state = std::move(last.state);
  std::ranges::move(last.refusals, std::back_inserter(outcome.refusals));
  return outcome;
}

}  // namespace tracker::workbook

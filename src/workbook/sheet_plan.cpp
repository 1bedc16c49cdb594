#include "workbook/sheet_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "workbook/append_plan.hpp"
#include "workbook/cell_codec.hpp"
#include "workbook/cell_writer.hpp"
#include "workbook/region.hpp"
#include "workbook/sheet_formulas.hpp"
#include "workbook/sheet_frame.hpp"
#include "workbook/sheet_parts.hpp"
#include "workbook/sheet_references.hpp"

namespace tracker::workbook {
namespace {

using What = PlanRefusal::What;

/// Why nothing at all may be written to this workbook or sheet.
std::optional<std::string> whole_gate(const State& state, const SheetState& sheet) {
  if (state.package.is_signed) {
    return "the workbook is digitally signed; writing would break the signature";
  }
  if (state.has_utf16()) return "the workbook is written in UTF-16";
  if (!sheet.index->ascending) return "the sheet's rows or cells are out of order";
  return std::nullopt;
}

class Planner {
 public:
  Planner(PartChanges& changes, const SheetState& sheet, SheetRequest request)
      : changes_(changes),
        state_(changes.state()),
        sheet_(sheet),
        index_(*sheet.index),
        request_(std::move(request)),
        writer_(changes, *sheet.index) {}

  Result<std::vector<PlanRefusal>> run() {
    if (const auto reason = whole_gate(state_, sheet_)) {
      refuse_everything(*reason);
      return std::move(refusals_);
    }
    merged_ = merged_areas(index_);
    change_.map = base_map();
    plan_deletions();
    plan_insertion();
    for (std::size_t i = 0; i < request_.cells.size(); ++i) plan_cell(i);
    plan_appends();
    CHECK_OK(writer_.finish(change_));
    move_references(changes_, sheet_, request_.table, change_);
    if (const auto edit = grown_dimension(index_, change_.map, writer_.extent())) {
      change_.frame.push_back(*edit);
    }
    if (!change_.empty()) changes_.set(sheet_.entry.part, rewrite_sheet(index_, change_));
    return std::move(refusals_);
  }

 private:
  void refuse(What what, std::size_t i, std::string reason, std::size_t cell = 0) {
    refusals_.push_back({what, i, cell, std::move(reason)});
  }

  void refuse_everything(const std::string& reason) {
    for (std::size_t i = 0; i < request_.cells.size(); ++i) refuse(What::cell, i, reason);
    for (std::size_t i = 0; i < request_.deleted.size(); ++i) refuse(What::deletion, i, reason);
    for (std::size_t i = 0; i < request_.inserted.size(); ++i) refuse(What::insertion, i, reason);
    for (std::size_t i = 0; i < request_.appended.size(); ++i) refuse(What::append, i, reason);
  }

  /// Cells that an array formula or a data table fills.
  bool in_fixed_area(CellAddress place) {
    if (!fixed_areas_) {
      fixed_areas_.emplace();
      for (const RowIndex& row : index_.rows) {
        for (const CellIndex& cell : row.cells()) {
          if (cell.formula != FormulaKind::fixed_area) continue;
          const CellFormula formula = read_formula(row, cell);
          if (const auto area = parse_range(formula.ref)) fixed_areas_->push_back(*area);
        }
      }
    }
    return std::ranges::any_of(*fixed_areas_, [place](const CellRange& area) {
      return area.has_column(place.column) && area.first.row <= place.row &&
             place.row <= area.last.row;
    });
  }

  /// True if a formula, in the cell or around it, gives the cell its value.
  bool is_calculated(const CellRequest& request, const CellIndex* cell) {
    return (cell != nullptr && cell->has_formula()) || in_fixed_area({request.row, request.column});
  }

  std::optional<std::string> reason_against(const CellRequest& request, const CellIndex* cell) {
    if (request.row == 0 || request.row > rows_max || request.column == 0 ||
        request.column > columns_max) {
      return "there is no such cell";
    }
    if (cell != nullptr && cell->has_formula()) return "the cell is a formula";
    if (length_in_utf16(request.text) > cell_length_max) {
      return "the text is longer than the 32,767 characters that a cell holds";
    }
    if (is_table_heading(sheet_, request.row, request.column)) {
      return "the cell is the heading of a table's column, which formulas call by it";
    }
    for (const CellRange& area : merged_) {
      const bool covers = area.has_column(request.column) && area.first.row <= request.row &&
                          request.row <= area.last.row;
      if (covers && area.first != CellAddress{request.row, request.column}) {
        return "the cell is covered by the merged cell " + to_string(area);
      }
    }
    if (in_fixed_area({request.row, request.column})) {
      return "the cell is filled by an array formula";
    }
    return std::nullopt;
  }

  void plan_cell(std::size_t i) {
    const CellRequest& request = request_.cells[i];
    if (change_.map.is_deleted(request.row)) return;
    const RowIndex* row = index_.find_row(request.row);
    const CellIndex* cell = row == nullptr ? nullptr : row->find(request.column);
    const std::string old =
        cell == nullptr ? "" : state_.cells_of(index_).text(*row, *cell, request.meaning);
    if (old == request.text && (cell == nullptr || !cell->has_formula())) return;
    if (const auto reason = reason_against(request, cell)) {
      refuse(What::cell, i, *reason);
      refusals_.back().formula = is_calculated(request, cell);
      return;
    }
    if (!written_.emplace(request.row, request.column).second) {
      refuse(What::cell, i, "the cell is written twice in one patch");
      return;
    }
    const CellIndex* above = nullptr;
    if (request.row > request_.header_row + 1) {
      const RowIndex* row_above = index_.find_row(request.row - 1);
      if (row_above != nullptr) above = row_above->find(request.column);
    }
    writer_.set(request.row, writer_.make(request.column, request.text, request.meaning,
                                          request.as_number, {row, cell, above}));
  }

  void plan_deletions() {
    if (request_.deleted.empty()) return;
    RowMap map = base_map();
    for (const std::uint32_t row : request_.deleted) {
      if (row >= request_.first_deletable && row <= rows_max) map.deleted.push_back(row);
    }
    std::ranges::sort(map.deleted);
    const auto doubled = std::ranges::unique(map.deleted);
    map.deleted.erase(doubled.begin(), doubled.end());
    const std::optional<std::uint32_t> cleared = kept_table_row(map);
    if (cleared) std::erase(map.deleted, *cleared);
    const auto reason = reason_against_moving(map);
    for (std::size_t i = 0; i < request_.deleted.size(); ++i) {
      const std::uint32_t row = request_.deleted[i];
      if (row < request_.first_deletable || row > rows_max) {
        refuse(What::deletion, i, "the row is not a data row");
      } else if (reason) {
        refuse(What::deletion, i, *reason);
        refusals_.back().cleared = clear_entry(row);
      }
    }
    if (reason) return;
    change_.map = map;
    if (cleared) clear_row(*cleared);
  }

  /// A table keeps at least one row (R3): the one that stays is cleared.
  std::optional<std::uint32_t> kept_table_row(const RowMap& map) const {
    if (request_.table == nullptr) return std::nullopt;
    const std::uint32_t first = request_.table->body_first();
    if (map.span({first, request_.table->body_last()}, Growth::none)) return std::nullopt;
    return first;
  }

  /// R11: the row has to stay, its entry goes, unless something else gives a cell of it its value.
  bool clear_entry(std::uint32_t number) {
    const RowIndex* row = index_.find_row(number);
    if (row == nullptr || request_.entry_columns.empty()) return false;
    std::vector<NewCell> blank;
    const auto add = [&](std::uint32_t column) {
      const CellIndex* cell = column == 0 ? nullptr : row->find(column);
      if (cell == nullptr) return true;
      if (reason_against({number, column, ""}, cell)) return false;
      NewCell& empty = blank.emplace_back();
      empty.column = column;
      empty.style = cell->style;
      return true;
    };
    if (!std::ranges::all_of(request_.entry_columns, add)) return false;
    std::ranges::for_each(request_.measured_columns, add);
    for (const NewCell& cell : blank) {
      if (written_.emplace(number, cell.column).second) writer_.set(number, cell);
    }
    return true;
  }

  void clear_row(std::uint32_t number) {
    const RowIndex* row = index_.find_row(number);
    cleared_row_ = number;
    if (row == nullptr) return;
    for (const CellIndex& cell : row->cells()) {
      if (cell.has_formula() || cell.value_length == 0 ||
          !request_.table->ref.has_column(cell.column)) {
        continue;
      }
      NewCell empty;
      empty.column = cell.column;
      empty.style = cell.style;
      cleared_cells_.push_back(empty);
    }
  }

  RowMap base_map() const {
    RowMap map;
    map.header_row = request_.header_row;
    map.body_first =
        request_.table != nullptr ? request_.table->body_first() : request_.header_row + 1;
    map.body_last = request_.table != nullptr ? request_.table->body_last() : request_.last_row;
    return map;
  }

  std::optional<std::string> reason_against_moving(const RowMap& map) const {
    if (!map.shifts()) return std::nullopt;
    if (!index_.rows.empty() && index_.rows.back().number + map.inserted > rows_max) {
      return "the sheet's last row is in use: there is no room to move rows down";
    }
    const FormulaPlace place{.own_sheet = true, .sheet_name = sheet_.entry.name};
    const FrameChange frame = move_frame(index_, map, place);
    if (frame.problem) return frame.problem;
    if (const auto reason = check_parts(state_, sheet_, map)) return reason;
    return move_formulas(index_, map, place).problem;
  }

  /// What stands below moves down, and areas that hold the place grow.
  void plan_insertion() {
    if (request_.inserted.empty()) return;
    const std::uint32_t before = request_.insert_before;
    RowMap map = base_map();
    map.insert_after = before - 1;
    map.inserted = static_cast<std::uint32_t>(request_.inserted.size());
    map.grows_up = before == map.body_first && map.body_first <= map.body_last;
    std::optional<std::string> reason;
    if (before == 0 || before > rows_max) reason = "there is no such row";
    if (!reason) reason = reason_against_moving(map);
    if (reason) {
      for (std::size_t i = 0; i < request_.inserted.size(); ++i)
        refuse(What::insertion, i, *reason);
      return;
    }
    change_.map = map;
    const auto is_data = [&map](std::uint32_t row) {
      return map.body_first <= row && row <= map.body_last;
    };
    AppendPlaces places;
    places.map = map;
    places.model_row = is_data(before - 1) ? before - 1 : is_data(before) ? before : 0;
    const AppendContext context{state_, sheet_, request_, 0};
    for (std::uint32_t i = 0; i < map.inserted; ++i) {
      const AppendedRow row =
          render_append(context, places, writer_, {0, before + i}, request_.inserted[i]);
      for (const auto& [cell, why] : row.refused) refuse(What::insertion, i, why, cell);
    }
  }

  void plan_appends() {
    if (request_.appended.empty()) {
      write_cleared_row(nullptr);
      return;
    }
    const AppendContext context{state_, sheet_, request_, cleared_row_};
    AppendPlaces places = place_appends(context, change_.map, request_.appended.size());
    std::optional<std::string> reason;
    if (places.map.inserted > 0) reason = reason_against_moving(places.map);
    if (!places.targets.empty() && places.targets.back().new_row > rows_max) {
      reason = "the sheet has no rows left below its data";
    }
    if (reason) {
      const std::size_t fitting = places.in_table;
      for (std::size_t i = fitting; i < request_.appended.size(); ++i) {
        refuse(What::append, i, *reason);
      }
      request_.appended.resize(fitting);
      places = place_appends(context, change_.map, fitting);
    }
    change_.map = places.map;
    const bool reuses_cleared =
        !places.targets.empty() && cleared_row_ != 0 && places.targets[0].old_row == cleared_row_;
    write_cleared_row(reuses_cleared ? &request_.appended[0] : nullptr);
    for (std::size_t i = 0; i < request_.appended.size(); ++i) {
      const AppendedRow row =
          render_append(context, places, writer_, places.targets[i], request_.appended[i]);
      for (const auto& [cell, why] : row.refused) refuse(What::appended_cell, i, why, cell);
    }
  }

  /// Blanks what the kept row held, but for cells that an appended row fills.
  void write_cleared_row(const std::vector<CellRequest>* instead) {
    for (const NewCell& cell : cleared_cells_) {
      const bool filled =
          instead != nullptr && std::ranges::any_of(*instead, [&cell](const CellRequest& request) {
            return request.column == cell.column && !request.text.empty();
          });
      if (!filled) writer_.set(cleared_row_, cell);
    }
  }

  PartChanges& changes_;
  const State& state_;
  const SheetState& sheet_;
  const SheetIndex& index_;
  SheetRequest request_;
  CellWriter writer_;
  SheetChange change_;
  std::vector<PlanRefusal> refusals_;
  std::vector<CellRange> merged_;
  std::optional<std::vector<CellRange>> fixed_areas_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> written_;
  std::uint32_t cleared_row_ = 0;  ///< the table row that is cleared instead of deleted
  std::vector<NewCell> cleared_cells_;
};

}  // namespace

Result<std::vector<PlanRefusal>> plan_sheet(PartChanges& changes, const SheetState& sheet,
                                            SheetRequest request) {
  return Planner(changes, sheet, std::move(request)).run();
}

}  // namespace tracker::workbook

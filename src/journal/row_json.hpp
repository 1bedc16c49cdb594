// The journal's text form of sheet rows and mirror rows. Pure functions.
#pragma once

#include <string>

#include "core/result.hpp"
#include "merge/materialise.hpp"
#include "merge/sheet_state.hpp"

namespace tracker::journal {

std::string sheet_row_text(const merge::SheetRow& row);
Result<merge::SheetRow> parse_sheet_row(const std::string& text);

std::string cells_text(const Cells& cells);
Result<Cells> parse_cells_text(const std::string& text);

std::string ops_text(const std::vector<Op>& ops);
Result<std::vector<Op>> parse_ops_text(const std::string& text);

}  // namespace tracker::journal

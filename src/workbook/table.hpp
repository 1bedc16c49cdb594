// Tables of a sheet (xl/tables/*.xml): where they stand. Pure; safe on any thread.
#pragma once

#include <string_view>
#include <vector>

#include "workbook/package.hpp"
#include "workbook/state.hpp"

namespace tracker::workbook {

/// Tables that can't be read are left out: their area is plain cells then.
std::vector<TableInfo> read_tables(const PartReader& read, std::string_view sheet_part);

}  // namespace tracker::workbook

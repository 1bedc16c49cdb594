// From a sheet's cells to the Image of its entries. Pure; safe on any thread.
#pragma once

#include <vector>

#include "workbook/document.hpp"
#include "workbook/state.hpp"

namespace tracker::workbook {

Result<Image> read_image(const State& state, const ReadOptions& options);
Result<std::vector<GridRow>> read_grid(const State& state, std::string_view sheet);

}  // namespace tracker::workbook

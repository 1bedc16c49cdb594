// Rows of a sheet that look like others of it, cell by cell: somebody copied them. Pure; safe on
// any thread; linear in the number of rows.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "workbook/image.hpp"

namespace tracker::merge {

/// All cells as one text: equal for rows that look the same.
std::string content_of(const Cells& cells);

/// Which of `rows` look like an earlier one of the list.
std::vector<bool> repeats(const std::vector<std::size_t>& rows,
                          const std::function<const Cells&(std::size_t)>& cells_of);

/// Those of the new rows that look like one which `stayed` as it was.
std::set<std::size_t> copies_in(std::span<const workbook::ImageRow> sheet,
                                const std::vector<std::size_t>& news,
                                const std::function<bool(std::size_t)>& stayed);

}  // namespace tracker::merge

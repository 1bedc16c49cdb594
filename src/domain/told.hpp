// Rows and changes in a few words, for the logs that people read: which row, which column, which
// value. Pure functions; nothing returned refers to an argument.
#pragma once

#include <string>

#include "domain/op.hpp"

namespace tracker {

/// "EP01 The Lost Kite · SC010 · SH0040".
std::string name_of_row(const Cells& cells);

/// At most its first 80 characters, then "…".
std::string beginning_of(const std::string& text);

/// "EP01 · SC010 · SH0040, status: “Approved”", or what else became of the row.
std::string told(const Change& change);

}  // namespace tracker

// One state of the sheet as local remembers it: S (what we wrote) or O (what we observed), the two
// kinds of base of design/sync.md §1. Plain values; pure functions; safe on any thread.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/entry.hpp"
#include "workbook/image.hpp"

namespace tracker::merge {

using MeasuredTexts = std::array<std::string, workbook::measured_column_count>;

/// A cell whose text in the file is not the cloud value it stands for: quarantined, refused, or
/// owned by a formula. A marked but unchanged cell is never an edit.
struct Mark {
  Field field = Field::animator;
  std::string cloud;
  bool operator==(const Mark&) const = default;
};

struct SheetRow {
  std::int64_t uid = 0;  ///< local identity, given once and never again
  EntryId id = 0;        ///< the cloud's id; 0 = not known yet
  Cells text;            ///< canonical text as it stands in the file
  std::vector<Mark> marks;
  MeasuredTexts measured;
  std::bitset<workbook::measured_column_count> pinned;  ///< typed by hand: never overwritten
  std::uint64_t extra_hash = 0;                         ///< of the extra columns; 0 = none
  bool draft = false;  ///< new, scene or shot still blank: kept here, not sent

  bool operator==(const SheetRow&) const = default;
};

/// Rows in the human's order.
using SheetState = std::vector<SheetRow>;

/// The cloud value that the cell stands for.
const std::string& cloud_value(const SheetRow& row, Field field);
void set_cloud_value(SheetRow& row, Field field, std::string value);
Cells cloud_cells(const SheetRow& row);

/// "<store>:<uid>", as ops name a row that has no id yet.
std::string uid_text(std::string_view store, std::int64_t uid);

std::uint64_t hash_of(const Extra& extra);

}  // namespace tracker::merge

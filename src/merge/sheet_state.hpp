// One state of the sheet as local remembers it: S (what we wrote) or O (what we observed), the two
// kinds of base of design/sync.md §1. Plain values; pure functions; safe on any thread.
#pragma once

#include <array>
#include <bitset>
#include <boost/iterator/indirect_iterator.hpp>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/entry.hpp"
#include "domain/op.hpp"
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
  EntryId shown = 0;     ///< the id that stands in the file: of a copied row its original's
  Cells text;            ///< canonical text as it stands in the file
  std::vector<Mark> marks;
  MeasuredTexts measured;
  std::bitset<workbook::measured_column_count> pinned;  ///< typed by hand: never overwritten
  std::uint64_t extra_hash = 0;                         ///< of the extra columns; 0 = none
  bool draft = false;  ///< new, scene or shot still blank: kept here, not sent
  /// The uid of the row that a draft may be a second copy of, told once it is sent; 0 = of none.
  std::int64_t twin = 0;

  bool operator==(const SheetRow&) const = default;
};

using SharedRow = std::shared_ptr<const SheetRow>;

/// Rows in the human's order. A row never changes once it stands in a state, so states share the
/// rows that they have in common: a new state costs its changed rows and a pointer for each other.
class SheetState {
 public:
  using Iterator = boost::indirect_iterator<std::vector<SharedRow>::const_iterator>;

  SheetState() = default;
  SheetState(std::initializer_list<SheetRow> rows) {
    for (const SheetRow& row : rows) push_back(row);
  }

  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  const SheetRow& operator[](std::size_t i) const { return *rows_[i]; }
  const SheetRow& front() const { return *rows_.front(); }
  const SheetRow& back() const { return *rows_.back(); }
  Iterator begin() const { return Iterator(rows_.begin()); }
  Iterator end() const { return Iterator(rows_.end()); }
  const SharedRow& shared(std::size_t i) const { return rows_[i]; }

  void reserve(std::size_t count) { rows_.reserve(count); }
  void push_back(SheetRow row) {
    rows_.push_back(std::make_shared<const SheetRow>(std::move(row)));
  }
  void push_back(SharedRow row) { rows_.push_back(std::move(row)); }
  void replace(std::size_t i, SheetRow row) {
    rows_[i] = std::make_shared<const SheetRow>(std::move(row));
  }

  bool operator==(const SheetState& other) const;

 private:
  std::vector<SharedRow> rows_;
};

/// The cloud value that the cell stands for.
const std::string& cloud_value(const SheetRow& row, Field field);
void set_cloud_value(SheetRow& row, Field field, std::string value);
Cells cloud_cells(const SheetRow& row);
/// What the cloud has under a cell that can't travel was never on the screen: it is logged when
/// that cell is mended or its row deleted.
void forget_unseen_marks(SheetState& rows);

/// "<store>:<uid>", as ops name a row that has no id yet.
std::string uid_text(std::string_view store, std::int64_t uid);
/// As ops name it: by its id, or by its uid where the cloud has not told one yet.
RowRef reference_to(const SheetRow& row, std::string_view store);
/// The uid of such a text.
std::int64_t uid_number(std::string_view text);

std::uint64_t hash_of(const Extra& extra);

}  // namespace tracker::merge

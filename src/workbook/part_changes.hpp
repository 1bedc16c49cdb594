// New texts of a workbook's parts while a patch is being made. Not shared between threads.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/state.hpp"
#include "workbook/zip_rewrite.hpp"

namespace tracker::workbook {

class PartChanges {
 public:
  explicit PartChanges(const State& state) : state_(state) {}

  const State& state() const { return state_; }

  /// The part as it stands now; nullptr if there is none, or it is a worksheet.
  const std::string* read(std::string_view key) const;
  PartReader reader() const;

  /// REQUIRES: the part exists. A text equal to the old one is no change.
  void set(std::string_view key, std::string text);
  void set(std::string_view key, SheetPointer sheet);
  void add(std::string name, std::string text);
  void remove(std::string_view key);

  bool empty() const { return texts_.empty() && removed_.empty(); }

  /// The new file and its state.
  Result<std::shared_ptr<const State>> build() const;

 private:
  DeflatedBefore before(const PartText& part) const;

  const State& state_;
  KnownParts texts_;
  std::map<std::string, std::string> added_names_;  // key -> name as it is written
  std::set<std::string, std::less<>> removed_;
};

}  // namespace tracker::workbook

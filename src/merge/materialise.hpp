// What must change in the sheet so that it shows what the cloud decided (design/sync.md §5, T).
// One of the three functions of the merge.
//
// The T rule: the sheet is the one observed (O) plus changes, in the human's row order. A cell is
// written only if mirror + queue differs from the cloud value that O's cell stands for. So cells
// that are quarantined, refused or owned by a formula, and draft rows, stay exactly as the human
// left them. Pure; safe on any thread.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "domain/op.hpp"
#include "merge/sheet_state.hpp"

namespace tracker::merge {

/// One row of M, the mirror of the cloud.
struct MirrorRow {
  Cells cells;
  std::optional<Measurement> measurement;
  ChangeNumber version = 0;
  std::string uid;  ///< "<store>:<n>" if the row came from a sheet; else ''
  bool operator==(const MirrorRow&) const = default;
};
using Mirror = std::map<EntryId, MirrorRow>;

/// What the queue (ops not yet decided by the cloud) says over the mirror.
class Overlay {
 public:
  void add(const Op& op);
  bool empty() const { return cells_.empty() && removed_.empty() && waiting_uids_.empty(); }
  /// The queued text of a cell, or nullptr.
  const std::string* cell(EntryId id, Field field) const;
  bool removed(EntryId id) const { return removed_.contains(id); }
  /// An edit or restore waits: the cloud will have the row, whoever deleted it there.
  bool revived(EntryId id) const { return revived_.contains(id); }
  bool waits(const std::string& uid) const { return waiting_uids_.contains(uid); }
  /// Inserts of from-railway commands that no sheet row has yet.
  const std::map<std::string, Cells>& inserts() const { return inserts_; }

 private:
  std::map<std::pair<EntryId, Field>, std::string> cells_;
  std::set<EntryId> removed_;
  std::set<EntryId> revived_;
  std::set<std::string> waiting_uids_;
  std::map<std::string, Cells> inserts_;
};

struct SheetPlan {
  workbook::Patch patch;
  SheetState rows;  ///< S: observed rows that stay, in sheet order, then the appended ones
  bool empty() const;
};

struct MaterialiseInput {
  const SheetState* sheet = nullptr;           ///< O
  std::span<const std::uint32_t> row_numbers;  ///< of O's rows
  const workbook::Image* image = nullptr;      ///< columns only
  const Mirror* mirror = nullptr;
  const Overlay* overlay = nullptr;
  std::string store;
  const std::set<EntryId>* refused_appends = nullptr;    ///< rows that the gate would not take
  const std::set<std::int64_t>* refused_rows = nullptr;  ///< uids: only their cells are written
  std::int64_t next_uid = 1;
};

struct Materialised {
  SheetPlan plan;
  std::int64_t next_uid = 1;
};

Materialised materialise(const MaterialiseInput& input);

/// S as it really is after the gate refused some of the plan: a refused cell keeps its text and is
/// marked with the cloud value it should show; a refused append is not there; a refused deletion
/// stays, unless it was cleared. `before` and `row_numbers` are the O that the plan was made from.
void apply_refusals(SheetPlan& plan, const SheetState& before,
                    std::span<const std::uint32_t> row_numbers,
                    std::span<const workbook::Refusal> refusals);

/// The measured columns' texts for a measurement ("142", "5.916667", "24", "v003", "7, 9-11", …).
MeasuredTexts measured_texts(const std::optional<Measurement>& measurement);

}  // namespace tracker::merge

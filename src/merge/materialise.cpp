#include "merge/materialise.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace tracker::merge {
namespace {

using workbook::MeasuredColumn;

std::string frame_rate_text(Rational rate) {
  return rate.denominator == 1 ? std::to_string(rate.numerator) : to_string(rate);
}

std::string& at(MeasuredTexts& texts, MeasuredColumn column) {
  return texts[static_cast<std::size_t>(column)];
}

/// A row of O that is copied only when something of it changes.
class RowInWork {
 public:
  explicit RowInWork(SharedRow row) : row_(std::move(row)) {}

  const SheetRow& operator*() const { return copy_ ? *copy_ : *row_; }
  const SheetRow* operator->() const { return &**this; }
  SheetRow& change() {
    if (!copy_) copy_ = *row_;
    return *copy_;
  }
  SharedRow done() {
    return copy_ ? std::make_shared<const SheetRow>(std::move(*copy_)) : std::move(row_);
  }

 private:
  SharedRow row_;
  std::optional<SheetRow> copy_;
};

class Materialiser {
 public:
  explicit Materialiser(const MaterialiseInput& input)
      : input_(input),
        sheet_(*input.sheet),
        mirror_(*input.mirror),
        overlay_(*input.overlay),
        next_mirrored_(mirror_.begin()) {
    out_.next_uid = input.next_uid;
    for (const auto& [uid, cells] : overlay_.inserts()) queued_uids_.insert(uid_number(uid));
  }

  Materialised run() {
    out_.plan.rows.reserve(sheet_.size() + 16);
    std::unordered_set<EntryId> present;
    present.reserve(sheet_.size());
    std::set<std::string> present_uids;
    for (std::size_t i = 0; i < sheet_.size(); ++i) {
      RowInWork row(sheet_.shared(i));
      learn_id(row);
      if (row->id != 0 && !present.insert(row->id).second) {
        // The same new shot on both sides: ours was appended before the cloud made them one entry.
        out_.plan.patch.deleted_rows.push_back(input_.row_numbers[i]);
        continue;
      }
      if (row->id == 0 || queued_uids_.contains(row->uid)) {
        present_uids.insert(uid_text(input_.store, row->uid));
      }
      observed_row(std::move(row), input_.row_numbers[i], id_shown(i));
    }
    for (const auto& [id, mirrored] : mirror_) {
      if (present.contains(id) || overlay_.removed(id)) continue;
      if (input_.refused_appends->contains(id) || may_be_queued(mirrored)) continue;
      append(id, mirrored);
    }
    for (const auto& [uid, cells] : overlay_.inserts()) {
      if (!present_uids.contains(uid) && id_of(uid) == 0) append_queued(uid, cells);
    }
    return std::move(out_);
  }

 private:
  /// The id of a row that came from the sheet, once the feed has told it.
  EntryId id_of(const std::string& uid) {
    if (!uids_indexed_) {
      uids_indexed_ = true;
      for (const auto& [id, row] : mirror_) {
        if (!row.uid.empty()) id_of_uid_.emplace(row.uid, id);
      }
    }
    const auto found = id_of_uid_.find(uid);
    return found == id_of_uid_.end() ? 0 : found->second;
  }

  /// True if the cloud may yet join this row of the page with one that the sheet has sent: until
  /// it has answered, the row would stand in the sheet twice.
  bool may_be_queued(const MirrorRow& mirrored) {
    if (!mirrored.uid.empty() || overlay_.inserts().empty()) return false;
    if (queued_keys_.empty()) {
      for (const auto& [uid, cells] : overlay_.inserts()) queued_keys_.insert(natural_key(cells));
    }
    return queued_keys_.contains(natural_key(mirrored.cells));
  }

  /// The id that stands in the file's ID column; 0 = none yet.
  EntryId id_shown(std::size_t row) const {
    const auto& rows = input_.image->rows;
    return row < rows.size() ? rows[row].tracker_id.value_or(0) : 0;
  }

  /// Rows mostly stand in the order of their ids: the next one of the mirror is tried first.
  const MirrorRow* mirrored(EntryId id) {
    if (id == 0) return nullptr;
    if (next_mirrored_ == mirror_.end() || next_mirrored_->first != id) {
      next_mirrored_ = mirror_.find(id);
      if (next_mirrored_ == mirror_.end()) return nullptr;
    }
    return &(next_mirrored_++)->second;
  }

  void learn_id(RowInWork& row) {
    if (row->id != 0 || row->draft) return;
    const EntryId id = id_of(uid_text(input_.store, row->uid));
    if (id != 0) row.change().id = id;
  }

  void observed_row(RowInWork row, std::uint32_t row_number, EntryId id_in_sheet) {
    const MirrorRow* const cloud = mirrored(row->id);
    if (cloud == nullptr || overlay_.removed(row->id)) {
      const bool waits = row->draft || overlay_.waits(uid_text(input_.store, row->uid)) ||
                         overlay_.revived(row->id) || input_.refused_rows->contains(row->uid);
      if (waits || has_quarantined(*row)) {
        out_.plan.rows.push_back(row.done());
      } else {
        out_.plan.patch.deleted_rows.push_back(row_number);
      }
      return;
    }
    for (Field field : all_fields) write_cell(row, row_number, field, *cloud);
    if (!input_.refused_rows->contains(row->uid)) {
      write_measured(row, row_number, *cloud);
      if (id_in_sheet != row->id && input_.image->has_id_column) {
        out_.plan.patch.ids.push_back({row_number, row->id});
        row.change().shown = row->id;
      }
    }
    out_.plan.rows.push_back(row.done());
  }

  /// A human typed what can't travel, which stands nowhere else: a row that is deleted elsewhere
  /// stays as it is. What is then typed into it brings it back, as into any deleted row.
  static bool has_quarantined(const SheetRow& row) {
    return std::ranges::any_of(all_fields, [&](Field field) {
      const std::string& text = tracker::at(row.text, field);
      const bool is_ours = text == cloud_value(row, field);  // as the cloud has it
      return !text.empty() && !is_ours && problem_with(field, text);
    });
  }

  void write_cell(RowInWork& row, std::uint32_t row_number, Field field, const MirrorRow& cloud) {
    const std::string* queued = overlay_.cell(row->id, field);
    const std::string& wanted = queued != nullptr ? *queued : tracker::at(cloud.cells, field);
    if (wanted == cloud_value(*row, field)) return;
    // A column that is missing now is not blank: the cell is written once it is back. What a human
    // typed where it can't travel, or emptied, stays, for it is nowhere else; and the cloud's value
    // stays unseen. Such a cell has a mark.
    if (!input_.image->columns[index(field)]) return;
    const std::string& text = tracker::at(row->text, field);
    if (text != cloud_value(*row, field) && problem_with(field, text)) return;
    SheetRow& changed = row.change();
    if (wanted == tracker::at(changed.text, field)) {
      set_cloud_value(changed, field, wanted);
      return;
    }
    out_.plan.patch.cells.push_back({row_number, field, wanted});
    std::erase_if(changed.marks, [&](const Mark& mark) { return mark.field == field; });
    tracker::at(changed.text, field) = wanted;
  }

  void write_measured(RowInWork& row, std::uint32_t row_number, const MirrorRow& cloud) {
    if (input_.image->measured_columns.none()) return;
    if (!cloud.measurement && row->measured == MeasuredTexts()) return;
    const MeasuredTexts wanted = measured_texts(cloud.measurement);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!input_.image->measured_columns[i] || row->pinned[i]) continue;
      if (row->measured[i] == wanted[i]) continue;
      out_.plan.patch.measured.push_back({row_number, static_cast<MeasuredColumn>(i), wanted[i]});
      row.change().measured[i] = wanted[i];
    }
  }

  void append(EntryId id, const MirrorRow& mirrored) {
    SheetRow row;
    row.uid = out_.next_uid++;
    row.id = id;
    row.text = mirrored.cells;
    for (Field field : all_fields) {
      const std::string* queued = overlay_.cell(id, field);
      if (queued != nullptr) tracker::at(row.text, field) = *queued;
    }
    append_row(std::move(row), measured_texts(mirrored.measurement));
  }

  void append_queued(const std::string& uid, const Cells& cells) {
    SheetRow row;
    row.uid = uid_number(uid);
    row.text = cells;
    append_row(std::move(row), {});
  }

  void append_row(SheetRow row, MeasuredTexts measured) {
    for (std::size_t i = 0; i < measured.size(); ++i) {
      if (input_.image->measured_columns[i]) row.measured[i] = measured[i];
    }
    workbook::RowAppend appended;
    appended.cells = row.text;
    if (row.id != 0 && input_.image->has_id_column) {
      appended.tracker_id = row.id;
      row.shown = row.id;
    }
    appended.measured = row.measured;
    for (Field field : all_fields) {
      if (!input_.image->columns[index(field)]) tracker::at(row.text, field).clear();
    }
    out_.plan.patch.appended.push_back(std::move(appended));
    out_.plan.rows.push_back(std::move(row));
  }

  const MaterialiseInput& input_;
  const SheetState& sheet_;
  const Mirror& mirror_;
  const Overlay& overlay_;
  Mirror::const_iterator next_mirrored_;
  std::map<std::string, EntryId> id_of_uid_;
  bool uids_indexed_ = false;
  std::unordered_set<std::int64_t> queued_uids_;
  std::unordered_set<std::string> queued_keys_;
  Materialised out_;
};

}  // namespace

void Overlay::add(const Op& op) {
  if (op.row.id == 0) {
    waiting_uids_.insert(op.row.uid);
    if (op.kind == OpKind::insert) inserts_[op.row.uid] = op.cells;
    if (op.kind == OpKind::remove) inserts_.erase(op.row.uid);
    if (op.kind == OpKind::edit) {
      const auto found = inserts_.find(op.row.uid);
      if (found != inserts_.end()) tracker::at(found->second, op.field) = op.after;
    }
    return;
  }
  switch (op.kind) {
    case OpKind::edit:
      cells_[{op.row.id, op.field}] = op.after;
      revived_.insert(op.row.id);
      removed_.erase(op.row.id);
      break;
    case OpKind::remove:
      removed_.insert(op.row.id);
      revived_.erase(op.row.id);
      break;
    case OpKind::insert:
    case OpKind::restore:
      revived_.insert(op.row.id);
      removed_.erase(op.row.id);
      for (Field field : all_fields) cells_[{op.row.id, field}] = tracker::at(op.cells, field);
      break;
    case OpKind::measure:
    case OpKind::extra:
    case OpKind::lost:
      break;
  }
}

const std::string* Overlay::cell(EntryId id, Field field) const {
  if (cells_.empty()) return nullptr;
  const auto found = cells_.find({id, field});
  return found == cells_.end() ? nullptr : &found->second;
}

bool SheetPlan::empty() const {
  return patch.cells.empty() && patch.measured.empty() && patch.ids.empty() &&
         patch.deleted_rows.empty() && patch.appended.empty();
}

Materialised materialise(const MaterialiseInput& input) { return Materialiser(input).run(); }

void apply_refusals(SheetPlan& plan, const SheetState& before,
                    std::span<const std::uint32_t> row_numbers,
                    std::span<const workbook::Refusal> refusals) {
  if (refusals.empty()) return;
  std::multimap<std::uint32_t, const workbook::Refusal*> of_row;
  std::set<std::size_t> missing_appends;
  for (const workbook::Refusal& refusal : refusals) {
    if (refusal.row_number == 0) {
      missing_appends.insert(refusal.append_index);
    } else {
      of_row.emplace(refusal.row_number, &refusal);
    }
  }
  const auto& deleted = plan.patch.deleted_rows;
  SheetState rows;
  std::size_t next = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool removed = std::find(deleted.begin(), deleted.end(), row_numbers[i]) != deleted.end();
    const auto [first, last] = of_row.equal_range(row_numbers[i]);
    if (removed) {
      if (first != last && !first->second->cleared) rows.push_back(before.shared(i));
      continue;
    }
    RowInWork row(plan.rows.shared(next++));
    for (auto it = first; it != last; ++it) {
      SheetRow& changed = row.change();
      if (!it->second->field) {
        changed.measured = before[i].measured;
        changed.shown = before[i].shown;
        continue;
      }
      const Field field = *it->second->field;
      std::string wanted =
          std::exchange(tracker::at(changed.text, field), tracker::at(before[i].text, field));
      set_cloud_value(changed, field, std::move(wanted));
    }
    rows.push_back(row.done());
  }
  for (std::size_t k = 0; k < plan.patch.appended.size(); ++k, ++next) {
    if (!missing_appends.contains(k)) rows.push_back(plan.rows.shared(next));
  }
  plan.rows = std::move(rows);
}

MeasuredTexts measured_texts(const std::optional<Measurement>& measurement) {
  MeasuredTexts texts;
  if (!measurement) return texts;
  if (measurement->frames) at(texts, MeasuredColumn::frames) = std::to_string(*measurement->frames);
  if (measurement->duration) {
    at(texts, MeasuredColumn::duration) = seconds_text(*measurement->duration);
  }
  if (measurement->frame_rate) {
    at(texts, MeasuredColumn::fps) = frame_rate_text(*measurement->frame_rate);
  }
  at(texts, MeasuredColumn::version) = measurement->version;
  at(texts, MeasuredColumn::missing) = to_string(measurement->missing_frames);
  at(texts, MeasuredColumn::problem) = measurement->problem;
  return texts;
}

}  // namespace tracker::merge

#include "merge/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tracker::merge {
namespace {

/// A row as the ops so far left it.
struct Work {
  CloudRow row;
  std::optional<Cells> before;
  std::vector<std::string> uids;
  bool measured = false;
  bool extra_changed = false;
  bool merged = false;  ///< an insert of this push was merged into it
};

bool same_measurement(const std::optional<Measurement>& a, const std::optional<Measurement>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  Measurement later = *a;
  later.measured_at = b->measured_at;  // measuring again is no news
  return later == *b;
}

class Decider {
 public:
  explicit Decider(const DecideInput& input) : input_(input), ids_by_uid_(input.ids_by_uid) {
    for (const CloudRow& row : input.rows) {
      Work work{row, {}, {}, false, false, false};
      if (!row.removed) work.before = row.cells;
      works_.emplace(row.id, std::move(work));
      if (!row.removed) by_key_[natural_key(row.cells)].push_back(row.id);
    }
  }

  Decision decide() {
    for (op_ = 0; op_ < input_.ops.size(); ++op_) apply(input_.ops[op_]);
    const auto first_known = works_.upper_bound(0);
    for (auto work = first_known; work != works_.end(); ++work) emit(work->first, work->second);
    for (auto work = std::make_reverse_iterator(first_known); work != works_.rend(); ++work) {
      emit(work->first, work->second);  // new rows: -1, -2 …
    }
    return std::move(decision_);
  }

 private:
  void apply(const Op& op) {
    if (op.kind == OpKind::insert) {
      insert(op);
      return;
    }
    Work* work = find(op.row);
    if (work == nullptr) {
      refuse(op, std::nullopt, "the cloud does not know this row");
      return;
    }
    switch (op.kind) {
      case OpKind::edit:
        edit(*work, op);
        break;
      case OpKind::remove:
        remove(*work, op);
        break;
      case OpKind::restore:
        restore(*work, op);
        break;
      case OpKind::measure:
        measure(*work, op);
        break;
      case OpKind::extra:
        replace_extra(*work, op);
        break;
      case OpKind::lost:
        log_lost(*work, op);
        break;
      case OpKind::insert:
        break;
    }
  }

  /// New rows have negative ids among themselves until the database names them.
  Work* find(const RowRef& ref) {
    EntryId id = ref.id;
    if (id == 0) {
      const auto known = ids_by_uid_.find(ref.uid);
      if (known == ids_by_uid_.end()) return nullptr;
      id = known->second;
    }
    const auto work = works_.find(id);
    return work == works_.end() ? nullptr : &work->second;
  }

  void refuse(const Op& op, std::optional<Field> field, std::string reason) {
    decision_.refusals.push_back({op_, op.row, field, std::move(reason)});
  }

  bool acceptable(const Op& op, Field field, const std::string& text) {
    const auto problem = problem_with(field, text);
    if (problem) refuse(op, field, *problem);
    return !problem;
  }

  bool acceptable(const Op& op, const Cells& cells) {
    return std::ranges::all_of(
        all_fields, [&](Field field) { return acceptable(op, field, at(cells, field)); });
  }

  void lose(const Work& work, Field field, const std::string& winning, bool row_removed) {
    if (work.row.id <= 0) return;  // nobody but this push has ever seen the row
    decision_.losers.push_back({work.row.id, field, winning, at(work.row.cells, field),
                                work.row.cell_seq[index(field)], row_removed});
  }

  void write(Work& work, Field field, const std::string& text) {
    at(work.row.cells, field) = text;
    work.row.cell_seq[index(field)] = 0;
  }

  void edit(Work& work, const Op& op) {
    if (!acceptable(op, op.field, op.after)) return;
    work.row.removed = false;
    const std::string& current = at(work.row.cells, op.field);
    if (current == op.after) return;
    if (current != op.before) lose(work, op.field, op.after, false);
    write(work, op.field, op.after);
  }

  void remove(Work& work, const Op& op) {
    if (work.row.removed) return;
    for (Field field : all_fields) {
      if (at(work.row.cells, field) != at(op.cells, field)) lose(work, field, {}, true);
    }
    work.row.removed = true;
  }

  void restore(Work& work, const Op& op) {
    if (!acceptable(op, op.cells)) return;
    work.row.removed = false;
    for (Field field : all_fields) {
      const std::string& text = at(op.cells, field);
      if (at(work.row.cells, field) == text) continue;
      lose(work, field, text, false);
      write(work, field, text);
    }
  }

  void measure(Work& work, const Op& op) {
    if (work.row.removed || same_measurement(work.row.measurement, op.measurement)) return;
    work.row.measurement = op.measurement;
    work.measured = true;
  }

  void replace_extra(Work& work, const Op& op) {
    if (work.row.removed || work.row.extra == op.extra) return;
    if (op.extra.size() > extra_columns_max) {
      refuse(op, std::nullopt, fmt::format("more than {} further columns", extra_columns_max));
      return;
    }
    work.row.extra = op.extra;
    work.extra_changed = true;
  }

  void log_lost(const Work& work, const Op& op) {
    if (!acceptable(op, op.field, op.after)) return;
    const std::string& current = at(work.row.cells, op.field);
    if (work.row.id <= 0 || current == op.after) return;
    decision_.losers.push_back({work.row.id, op.field, current, op.after, 0, false});
  }

  void insert(const Op& op) {
    if (ids_by_uid_.contains(op.row.uid)) return;  // once and for ever
    if (op.row.uid.empty()) {
      refuse(op, std::nullopt, "a new row needs a uid");
      return;
    }
    if (!acceptable(op, op.cells)) return;
    if (Work* twin = unseen_twin(op.cells); twin != nullptr) {
      merge_into(*twin, op);
      return;
    }
    const EntryId id = --last_new_id_;
    CloudRow row;
    row.id = id;
    row.cells = op.cells;
    row.inserted_by_workbook = true;
    works_.emplace(id, Work{std::move(row), {}, {op.row.uid}, false, false, false});
    ids_by_uid_.emplace(op.row.uid, id);
  }

  /// The same row, made on the other side where the workbook's human could not have seen it.
  Work* unseen_twin(const Cells& cells) {
    const auto same_key = by_key_.find(natural_key(cells));
    if (same_key == by_key_.end()) return nullptr;
    for (const EntryId id : same_key->second) {
      Work& work = works_.at(id);
      const bool unseen = !work.row.inserted_by_workbook && work.row.inserted_seq > input_.based_on;
      if (unseen && !work.merged && !work.row.removed) return &work;
    }
    return nullptr;
  }

  void merge_into(Work& work, const Op& op) {
    work.merged = true;
    work.uids.push_back(op.row.uid);
    ids_by_uid_.emplace(op.row.uid, work.row.id);
    for (Field field : all_fields) {
      const std::string& text = at(op.cells, field);
      const std::string& current = at(work.row.cells, field);
      if (text == current || text.empty()) continue;  // a blank says nothing against a value
      if (!current.empty()) lose(work, field, text, false);
      write(work, field, text);
    }
  }

  void emit(EntryId id, Work& work) {
    RowWrite out;
    out.id = id > 0 ? id : 0;
    out.before = std::move(work.before);
    if (!work.row.removed) out.after = work.row.cells;
    const bool never_there = id < 0 && work.row.removed;
    const bool changed = out.before != out.after || work.measured || work.extra_changed;
    if (never_there || (!changed && work.uids.empty())) return;
    out.uids = std::move(work.uids);
    out.measured = work.measured;
    if (work.measured) out.measurement = std::move(work.row.measurement);
    if (work.extra_changed) out.extra = std::move(work.row.extra);
    decision_.writes.push_back(std::move(out));
  }

  const DecideInput& input_;
  std::size_t op_ = 0;
  EntryId last_new_id_ = 0;
  std::map<EntryId, Work> works_;
  std::map<std::string, EntryId> ids_by_uid_;
  std::map<std::string, std::vector<EntryId>> by_key_;
  Decision decision_;
};

}  // namespace

Decision decide(const DecideInput& input) { return Decider(input).decide(); }

}  // namespace tracker::merge

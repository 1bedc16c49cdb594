// Two people at one workbook, or a save that came late: what of a file is its human's own word, and
// what may be a second copy (design/sync.md §2, §6 "Known limit").
#include <algorithm>
#include <ranges>
#include <unordered_map>
#include <unordered_set>

#include "merge/twins.hpp"
#include "sync/engine.hpp"

namespace tracker::sync {

using merge::equal_cells;
using merge::mostly_equal;
using merge::Observation;
using merge::partly_equal;
using merge::SheetRow;
using merge::SheetState;

namespace {

/// Looks for a second copy of a row of the file among the rows of earlier states.
class TwinSearch {
 public:
  TwinSearch(const SheetState& file, const std::vector<SharedState>& states) {
    std::unordered_map<EntryId, int> shown;
    for (const SheetRow& row : file) {
      now_.emplace(row.uid, &row);
      ++shown[row.shown];
    }
    // Newest first and each once: states share their rows, and a paste may bring thousands.
    std::unordered_set<const SheetRow*> known;
    for (const SharedState& state : std::views::reverse(states)) {
      for (const SheetRow& row : *state) {
        if (row.draft || !known.insert(&row).second) continue;
        const bool named = row.id != 0 && row.shown == row.id && shown[row.id] < 2;
        const auto now = now_.find(row.uid);
        if (now == now_.end()) {
          missing_.push_back(&row);
          ++versions_[row.uid];
          missing_by_key_.emplace(natural_key(row.text), &row);
        } else if (!named && now->second->text != row.text) {
          changed_.push_back(&row);
        }
      }
    }
  }

  /// `old`: what the row was; nothing = it is new here, as a row is whose key was typed anew.
  const SheetRow* twin_of(const SheetRow& now, const SheetRow* old, bool new_here) {
    if (old != nullptr) {
      const auto copy = missing_by_key_.find(natural_key(old->text));
      if (copy != missing_by_key_.end()) return copy->second;
    }
    if (const SheetRow* const missing = nearest_missing(now, old, new_here)) return missing;
    for (const SheetRow* row : changed_) {
      if (comparisons_left_ == 0) return nullptr;
      --comparisons_left_;
      if (row->uid != now.uid && mostly_equal(row->text, now.text) && is_nearer(*row, now)) {
        return row;
      }
    }
    return nullptr;
  }

 private:
  /// Among equals one of several versions: what somebody changed is how a row comes to stand twice.
  const SheetRow* nearest_missing(const SheetRow& now, const SheetRow* old, bool new_here) {
    const SheetRow* nearest = nullptr;
    int most = -1;
    for (const SheetRow* row : missing_) {
      if (comparisons_left_ == 0) break;
      --comparisons_left_;
      const int equal = equal_cells(row->text, now.text);
      const bool nearer = old != nullptr && equal >= equal_cells(old->text, now.text);
      const bool may_be = (new_here && partly_equal(row->text, now.text)) ||
                          (nearer && mostly_equal(row->text, now.text));
      const int score = 2 * equal + (versions_[row->uid] > 1);
      if (may_be && score > most) {
        most = score;
        nearest = row;
      }
    }
    return nearest;
  }

  /// As near to a row of before as what was taken for it, in the columns that the file has.
  bool is_nearer(const SheetRow& row, const SheetRow& now) const {
    Cells taken = now_.at(row.uid)->text;
    for (Field field : all_fields) {
      if (at(now.text, field).empty()) at(taken, field).clear();
    }
    return equal_cells(row.text, now.text) >= equal_cells(row.text, taken);
  }

  std::unordered_map<std::int64_t, const SheetRow*> now_;
  std::vector<const SheetRow*> missing_;
  std::unordered_map<std::int64_t, int> versions_;  ///< of the missing ones, by uid
  std::unordered_map<std::string, const SheetRow*> missing_by_key_;
  std::vector<const SheetRow*> changed_;  ///< rows that no id names
  /// So much at once is a mass change, and no doubt about single rows.
  std::size_t comparisons_left_ = 1'000'000;
};

}  // namespace

/// Somebody else saved last, or the file came late. This human looked at the last O if the file is
/// nearer to it than to any state before. Whichever it was: what somebody else did in this
/// generation may never have been on this screen, so it is not taken back, and what is typed over
/// it is logged.
Observation Engine::observe_other_hand(Guesses guesses, const WorkbookSeen& event) const {
  const SharedState last = guesses.states.back();
  // Joined anew since: nothing says what stood on this screen.
  static const SharedState unknown = std::make_shared<const SheetState>();
  const SharedState earliest = guesses.seen_by_all ? guesses.seen_by_all : unknown;
  const std::size_t newer = std::min(event.newer_saves.value_or(0), guesses.states.size() - 1);
  const std::vector<SharedState> older(guesses.states.begin(),
                                       guesses.states.end() - static_cast<std::ptrdiff_t>(newer));
  std::erase_if(guesses.states, [&](const SharedState& one) { return *one == *last; });
  const bool saw_last = is_nearest(*last, guesses, event);
  guesses.states.push_back(last);
  Observation seen = saw_last ? observe_against(*last, event, {}) : observe_nearest(guesses, event);
  edit_known_rows(seen, guesses, *event.image);
  guesses.states.pop_back();
  for (const SharedState& one : guesses.states) {
    leave_out_reverts(seen, *one, true);
    keep_in_drafts(seen.ops, *one, *last);
  }
  take_as_edited(seen.ops, *earliest);
  take_as_unseen(seen.ops, *earliest);
  merge::forget_unseen_marks(seen.rows);
  if (event.newer_saves) give_way(seen.ops, older, *last);
  return seen;
}

/// Nothing goes back to what it was in `earlier`; with `drafts`, there perhaps as a draft.
void Engine::leave_out_reverts(Observation& seen, const SheetState& earlier, bool drafts) const {
  const auto like = [&](const RowRef& named) -> const SheetRow* {
    const SheetRow* const now = row_of(seen.rows, named);
    const auto found = std::find_if(earlier.begin(), earlier.end(), [&](const SheetRow& one) {
      if (now == nullptr) return false;
      return one.uid == now->uid || (drafts && one.draft && mostly_equal(one.text, now->text));
    });
    return found == earlier.end() ? nullptr : &*found;
  };
  std::erase_if(seen.ops, [&](const Op& op) {
    if (op.kind != OpKind::edit) return false;
    const SheetRow* row = row_of(earlier, op.row);
    if (row == nullptr) row = like(op.row);
    return row != nullptr && at(row->text, op.field) == op.after;
  });
}

/// The last cell missing of a draft was typed here, while somebody else typed over others of it.
void Engine::keep_in_drafts(std::vector<Op>& ops, const SheetState& earlier,
                            const SheetState& last) const {
  for (Op& op : ops) {
    if (op.kind != OpKind::insert) continue;
    const SheetRow* const draft = row_of(last, op.row);
    const SheetRow* const before = row_of(earlier, op.row);
    if (draft == nullptr || before == nullptr) continue;
    for (Field field : all_fields) {
      const std::string& newer = at(draft->text, field);
      const bool typed = at(op.cells, field) != at(before->text, field);
      if (!typed && !newer.empty() && !problem_with(field, newer)) at(op.cells, field) = newer;
    }
  }
}

/// A draft that somebody else completed first is a known row here too, complete or not: what was
/// typed since any of the guesses are edits of it.
void Engine::edit_known_rows(Observation& seen, const Guesses& guesses,
                             const workbook::Image& image) const {
  const auto is_insert = [](const Op& op) { return op.kind == OpKind::insert; };
  const auto is_draft = [](const SheetRow& row) { return row.draft; };
  if (std::ranges::none_of(seen.ops, is_insert) && std::ranges::none_of(seen.rows, is_draft)) {
    return;
  }
  std::unordered_set<std::string> known;
  for (const auto& [id, row] : memory_.mirror) known.insert(row.uid);
  for (const Push& push : memory_.queue) {
    for (const Op& op : push.ops) {
      if (is_insert(op)) known.insert(op.row.uid);
    }
  }
  std::vector<Op> told;
  const auto tell_typed = [&](const RowRef& named, const Cells& cells) {
    for (Field field : all_fields) {
      const std::string& text = at(cells, field);
      const bool stood_there = std::ranges::any_of(guesses.states, [&](const SharedState& state) {
        const SheetRow* const row = row_of(*state, named);
        return row != nullptr && row->draft && at(row->text, field) == text;
      });
      if (text.empty() || stood_there || problem_with(field, text)) continue;
      told.push_back({OpKind::edit, named, field, {}, text, {}, {}, {}});
    }
  };
  for (Op& op : seen.ops) {
    if (is_insert(op) && known.contains(op.row.uid)) {
      tell_typed(op.row, op.cells);
    } else {
      told.push_back(std::move(op));
    }
  }
  for (std::size_t i = 0; i < seen.rows.size(); ++i) {
    if (!seen.rows[i].draft) continue;
    const std::string uid = merge::uid_text(lineage(), seen.rows[i].uid);
    if (!known.contains(uid)) continue;
    tell_typed({0, uid}, seen.rows[i].text);
    merge::take_as_known(seen, i, image);
  }
  seen.ops = std::move(told);
}

/// A row that somebody else deleted stands in this file as it stood in `earlier`, or edited: only
/// the edits bring it back.
void Engine::take_as_edited(std::vector<Op>& ops, const SheetState& earlier) const {
  std::vector<Op> taken;
  for (Op& op : ops) {
    const SheetRow* const row = op.kind == OpKind::restore ? row_of(earlier, op.row) : nullptr;
    if (row == nullptr) {
      taken.push_back(std::move(op));
      continue;
    }
    for (Field field : all_fields) {
      const std::string& text = at(op.cells, field);
      if (text == at(row->text, field)) continue;
      taken.push_back({OpKind::edit, op.row, field, {}, text, {}, {}, {}});
    }
  }
  ops = std::move(taken);
}

/// The human may have looked at `earlier`: what came later is overwritten unseen, so it is logged;
/// and a row that came later was not deleted by somebody who never saw it.
void Engine::take_as_unseen(std::vector<Op>& ops, const SheetState& earlier) const {
  keep_what_is_not_in(ops, earlier);
  for (Op& op : ops) {
    const SheetRow* const row = row_of(earlier, op.row);
    if (op.kind == OpKind::edit) op.before = row ? merge::cloud_value(*row, op.field) : "";
    if (op.kind == OpKind::remove) op.cells = merge::cloud_cells(*row);
  }
}

/// The human may as well have looked at `other`: a row that is not there was not deleted.
void Engine::keep_what_is_not_in(std::vector<Op>& ops, const SheetState& other) const {
  std::erase_if(ops, [&](const Op& op) {
    return op.kind == OpKind::remove && row_of(other, op.row) == nullptr;
  });
}

/// And what is something else there is logged if it is overwritten.
void Engine::log_what_differs(std::vector<Op>& ops, const SheetState& other) const {
  for (Op& op : ops) {
    const SheetRow* const row = row_of(other, op.row);
    const auto same = [row](Field field, const std::string& text) {
      return row != nullptr && merge::cloud_value(*row, field) == text;
    };
    if (op.kind == OpKind::edit && !same(op.field, op.before)) op.before.clear();
    if (op.kind != OpKind::remove) continue;
    for (Field field : all_fields) {
      if (!same(field, at(op.cells, field))) at(op.cells, field).clear();
    }
  }
}

/// What newer saves made of a cell stays, and what was made of it since; what this one had made of
/// it before is logged. A newer save that shows what stood there earlier is of somebody who never
/// saw the cell change.
void Engine::give_way(std::vector<Op>& ops, const std::vector<SharedState>& older,
                      const SheetState& newer) const {
  const auto shows = [this](const SheetState& state, const Op& op, const std::string& text) {
    const SheetRow* const row = row_of(state, op.row);
    return row != nullptr && at(row->text, op.field) == text;
  };
  for (Op& op : ops) {
    const SheetRow* const now = op.kind == OpKind::edit ? row_of(newer, op.row) : nullptr;
    if (now == nullptr) continue;
    const std::string& text = at(now->text, op.field);
    const bool old = std::ranges::any_of(
        older, [&](const SharedState& state) { return shows(*state, op, text); });
    // What can't be sent waits in the sheet, over what is.
    if (old || problem_with(op.field, text)) continue;
    op.kind = OpKind::lost;
  }
}

/// What may be a second copy of a row which others saved in this generation: nothing but its cells
/// tells. Listed once a row.
void Engine::mark_twins(Observation& seen, const Guesses& guesses) const {
  const SheetState& last = *guesses.states.back();
  const auto is_new_draft = [&](const SheetRow& row) {
    return row.draft && row_of(last, merge::reference_to(row, lineage())) == nullptr;
  };
  if (seen.ops.empty() && std::ranges::none_of(seen.rows, is_new_draft)) return;
  std::vector<SharedState> states = guesses.states;
  if (sheet_) states.push_back(sheet_);
  TwinSearch search(seen.rows, states);
  std::unordered_set<std::int64_t> done;
  for (Op& op : seen.ops) {
    if (op.kind != OpKind::insert && op.kind != OpKind::edit) continue;
    const SheetRow* const now = row_of(seen.rows, op.row);
    if (now == nullptr) continue;
    const bool key = std::ranges::find(natural_key_fields, op.field) != natural_key_fields.end();
    if (!done.insert(now->uid).second && !key) continue;
    const SheetRow* const old = row_of(last, op.row);
    const bool new_here = op.kind == OpKind::insert || old == nullptr || key;
    const SheetRow* const twin = search.twin_of(*now, old, new_here);
    if (twin != nullptr) op.twin = merge::reference_to(*twin, lineage());
  }
  for (std::size_t i = 0; i < seen.rows.size(); ++i) {
    const SheetRow& now = seen.rows[i];
    const SheetRow* const twin = is_new_draft(now) ? search.twin_of(now, nullptr, true) : nullptr;
    if (twin == nullptr) continue;
    SheetRow doubtful = now;
    doubtful.twin = twin->uid;
    seen.rows.replace(i, std::move(doubtful));
  }
}

}  // namespace tracker::sync

// Which base? What the human who saved this file was looking at (design/sync.md §2).
#include <algorithm>
#include <ranges>
#include <span>
#include <unordered_set>

#include "merge/twins.hpp"
#include "sync/engine.hpp"

namespace tracker::sync {
namespace {

using merge::Observation;
using merge::SheetRow;
using merge::SheetState;

/// Edits weigh one cell, whole rows all of theirs.
std::size_t distance(const Observation& seen) {
  std::size_t cells = 0;
  for (const Op& op : seen.ops) cells += op.kind == OpKind::edit ? 1 : field_count + 1;
  return cells;
}

/// What the cloud has under a cell that can't travel was never on the screen: it is logged when
/// that cell is mended or its row deleted.
void forget_unseen_marks(SheetState& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SheetRow row = rows[i];
    for (merge::Mark& mark : row.marks) {
      if (!at(row.text, mark.field).empty()) mark.cloud.clear();
    }
    if (!rows[i].marks.empty()) rows.replace(i, std::move(row));
  }
}

/// One row at two times: most of its cells are equal.
bool mostly_equal(const Cells& one, const Cells& two) {
  std::size_t filled = 0;
  std::size_t equal = 0;
  for (Field field : all_fields) {
    filled += !at(one, field).empty();
    equal += !at(one, field).empty() && at(one, field) == at(two, field);
  }
  return 2 * equal > filled;
}

}  // namespace

Observation Engine::observe_against(const SheetState& base, const WorkbookSeen& event,
                                    Trust trust) const {
  merge::ObserveInput input;
  input.base = &base;
  input.image = event.image.get();
  input.store = lineage();
  input.trust_ids = trust.ids;
  input.deletes_allowed = trust.deletes;
  std::unordered_set<std::int64_t> seen;
  if (trust.seen != nullptr) {
    for (const SheetRow& row : *trust.seen) seen.insert(row.uid);
  }
  if (!trust.base) {
    input.surely_seen = [&seen](const SheetRow& row) { return seen.contains(row.uid); };
  }
  input.next_uid = memory_.next_uid;
  input.unseen_twin =
      [this, &base, twins = std::optional<merge::Twins>()](const Cells& cells) mutable -> EntryId {
    if (!twins) twins = merge::rows_unseen_in(base, memory_.mirror);
    const auto found = twins->find(natural_key(cells));
    return found == twins->end() ? 0 : found->second;
  };
  input.cloud_row = [this](EntryId id) -> const Cells* {
    const auto found = memory_.mirror.find(id);
    return found == memory_.mirror.end() ? nullptr : &found->second.cells;
  };
  return merge::observe(input);
}

Observation Engine::observe(const WorkbookSeen& event) const {
  const auto& token = event.image->token;
  const bool own = token && token->store == memory_.store;
  if (!event.bases.newest || (token && !own)) return first_contact(event);
  if (event.bases.seen) return observe_against(*event.bases.seen, event, {.ids = own});
  const bool base_known = event.bases.written || !event.bases.observed.empty();
  if (own && base_known) return observe_own(event);
  // Open since before we forgot what we wrote then: what differs is joined, and logged.
  if (own) return first_contact(event);
  // The token is lost: the nearest state that we remember, and no deletes.
  Guesses guesses{event.bases.observed, nullptr, false};
  guesses.states.push_back(event.bases.newest);
  std::ranges::reverse(guesses.states);
  return observe_nearest(guesses, event);
}

/// The file carries our token g: the human looked at S[g], or at what was observed of g since.
Observation Engine::observe_own(const WorkbookSeen& event) const {
  const Bases& bases = event.bases;
  const SharedState& last = bases.observed.empty() ? bases.written : bases.observed.back();
  const std::int64_t generation = event.image->token->generation;
  const bool session_ended = generation < memory_.written_generation ||
                             (image_ && image_->token && image_->token->generation != generation);
  const std::string& author = event.image->last_modified_by;
  const bool other_author =
      !author.empty() && !memory_.last_author.empty() && author != memory_.last_author;
  const bool other_hand = event.late || (other_author && !all_left_);
  if ((!session_ended && !other_hand) || bases.observed.empty()) {
    return observe_against(*last, event, {});
  }
  Guesses guesses{bases.observed, bases.written};
  if (bases.written) guesses.states.insert(guesses.states.begin(), bases.written);
  if (other_hand) return observe_other_hand(std::move(guesses), event);
  // Another file was the workbook since. If nothing of this one goes back behind the last O, the
  // human looked at that one; else it is a second copy, opened earlier.
  Observation seen = observe_against(*last, event, {});
  const std::span earlier(guesses.states.begin(), guesses.states.end() - 1);
  if (std::ranges::any_of(
          earlier, [&](const SharedState& one) { return goes_back(seen.ops, *one, *last); })) {
    return observe_nearest(guesses, event);
  }
  const std::size_t from_last = distance_from(*last, event);
  const auto as_near = std::ranges::find_if(
      earlier, [&](const SharedState& one) { return distance_from(*one, event) <= from_last; });
  if (as_near != earlier.end()) take_as_unseen(seen.ops, **as_near);
  return seen;
}

/// Somebody else saved last, or the file came late. This human looked at the last O if the file is
/// nearer to it than to any state before. Whichever it was: what somebody else did in this
/// generation may never have been on this screen, so it is not taken back, and what is typed over
/// it is logged.
Observation Engine::observe_other_hand(Guesses guesses, const WorkbookSeen& event) const {
  const SharedState last = guesses.states.back();
  // Joined anew since: nothing says what stood on this screen.
  static const SharedState unknown = std::make_shared<const SheetState>();
  const SharedState earliest = guesses.seen_by_all ? guesses.seen_by_all : unknown;
  std::erase_if(guesses.states, [&](const SharedState& one) { return *one == *last; });
  const std::size_t from_last = distance_from(*last, event);
  const bool saw_last = std::ranges::all_of(guesses.states, [&](const SharedState& earlier) {
    return from_last < distance_from(*earlier, event);
  });
  guesses.states.push_back(last);
  Observation seen = saw_last ? observe_against(*last, event, {}) : observe_nearest(guesses, event);
  mark_twins(seen, guesses);
  guesses.states.pop_back();
  for (const SharedState& one : guesses.states) leave_out_reverts(seen.ops, *one);
  take_as_edited(seen.ops, *earliest);
  take_as_unseen(seen.ops, *earliest);
  return seen;
}

/// Nothing goes back to what it was in `earlier`.
void Engine::leave_out_reverts(std::vector<Op>& ops, const SheetState& earlier) const {
  std::erase_if(ops, [&](const Op& op) {
    const SheetRow* const row = row_of(earlier, op.row);
    return op.kind == OpKind::edit && row != nullptr && at(row->text, op.field) == op.after;
  });
}

std::size_t Engine::distance_from(const SheetState& state, const WorkbookSeen& event) const {
  return distance(observe_against(state, event, {.deletes = false, .base = false}));
}

const SheetRow* Engine::row_of(const SheetState& state, const RowRef& row) const {
  const auto found = std::find_if(state.begin(), state.end(), [&](const SheetRow& one) {
    return row.id != 0 ? one.id == row.id : merge::uid_text(lineage(), one.uid) == row.uid;
  });
  return found == state.end() ? nullptr : &*found;
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
  std::erase_if(ops, [&](const Op& op) {
    return op.kind == OpKind::remove && row_of(earlier, op.row) == nullptr;
  });
  for (Op& op : ops) {
    const SheetRow* const row = row_of(earlier, op.row);
    if (op.kind == OpKind::edit) op.before = row ? merge::cloud_value(*row, op.field) : "";
    if (op.kind == OpKind::remove) op.cells = merge::cloud_cells(*row);
  }
}

/// True if an op takes back what was done between `earlier` and `last`.
bool Engine::goes_back(const std::vector<Op>& ops, const SheetState& earlier,
                       const SheetState& last) const {
  const auto with_text = [](const SheetState& state, const Cells& cells) {
    return std::any_of(state.begin(), state.end(),
                       [&](const SheetRow& one) { return one.text == cells; });
  };
  // A row that went meanwhile, as it was or edited in one or two cells.
  const auto gone_since = [&](const Cells& cells) {
    return std::any_of(earlier.begin(), earlier.end(), [&](const SheetRow& one) {
      return mostly_equal(one.text, cells) &&
             std::none_of(last.begin(), last.end(),
                          [&](const SheetRow& other) { return other.uid == one.uid; });
    });
  };
  return std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
    const SheetRow* const row = row_of(earlier, op.row);
    if (op.kind == OpKind::edit) return row != nullptr && at(row->text, op.field) == op.after;
    if (op.kind == OpKind::remove) {
      // Rows of the file that the earlier state knew under their uid only are found by content.
      return row == nullptr && !with_text(earlier, op.cells);
    }
    if (op.kind != OpKind::insert) return false;
    return (with_text(earlier, op.cells) && !with_text(last, op.cells)) || gone_since(op.cells);
  });
}

/// True if the human had every row of `guess` on the screen: the rows that it has beyond S[g] are
/// all in the file, and everybody who saves with token g looked at S[g].
bool Engine::shows_all(const Observation& seen, const SheetState& guess,
                       const Guesses& guesses) const {
  if (!guesses.seen_by_all) return false;
  std::unordered_set<std::int64_t> known;
  for (const SheetRow& row : *guesses.seen_by_all) known.insert(row.uid);
  for (const SheetRow& row : seen.rows) known.insert(row.uid);
  return std::ranges::all_of(guess, [&](const SheetRow& row) { return known.contains(row.uid); });
}

/// A new row that looks like one which others saved in this generation, and which this file lacks,
/// may be a second copy of it: nothing but its cells tells.
void Engine::mark_twins(Observation& seen, const Guesses& guesses) const {
  std::unordered_set<std::int64_t> present;
  for (const SheetRow& row : seen.rows) present.insert(row.uid);
  // Newest first and each once: states share their rows, and a paste may bring thousands.
  std::vector<const SheetRow*> missing;
  std::unordered_set<const SheetRow*> listed;
  for (const SharedState& state : std::views::reverse(guesses.states)) {
    for (const SheetRow& row : *state) {
      if (!present.contains(row.uid) && listed.insert(&row).second) missing.push_back(&row);
    }
  }
  for (Op& op : seen.ops) {
    if (op.kind != OpKind::insert) continue;
    const auto twin = std::ranges::find_if(
        missing, [&](const SheetRow* row) { return mostly_equal(row->text, op.cells); });
    if (twin == missing.end()) continue;
    op.twin.id = (*twin)->id;
    if (op.twin.id == 0) op.twin.uid = merge::uid_text(lineage(), (*twin)->uid);
  }
}

/// From the guess (the first among equals) that the fewest cells lie away from; no deletes, no cell
/// goes back to what it was before that guess, and no row of it is taken for another one where it
/// may never have been on the human's screen.
Observation Engine::observe_nearest(const Guesses& guesses, const WorkbookSeen& event) const {
  std::optional<Observation> best;
  for (const SharedState& guess : guesses.states) {
    Trust trust{guesses.trust_ids, false, false, guesses.seen_by_all.get()};
    Observation seen = observe_against(*guess, event, trust);
    trust.base = shows_all(seen, *guess, guesses);
    if (trust.base) seen = observe_against(*guess, event, trust);
    if (!best || distance(seen) < distance(*best)) best = std::move(seen);
  }
  for (const SharedState& guess : guesses.states) leave_out_reverts(best->ops, *guess);
  return std::move(*best);
}

/// The cloud as it will be once the queue is decided, in the place of a base.
merge::ObserveInput Engine::against_cloud(const WorkbookSeen& event, SheetState& base) const {
  base.reserve(memory_.mirror.size());
  std::int64_t uid = memory_.next_uid;
  const merge::Overlay queued = overlay();
  for (const auto& [id, row] : memory_.mirror) {
    SheetRow known;
    known.uid = uid++;
    known.id = id;
    known.text = row.cells;
    for (Field field : all_fields) {
      if (const std::string* text = queued.cell(id, field)) at(known.text, field) = *text;
    }
    known.measured = merge::measured_texts(row.measurement);
    base.push_back(std::move(known));
  }
  for (const auto& [name, cells] : queued.inserts()) {
    SheetRow known;
    known.uid = merge::uid_number(name);
    known.text = cells;
    base.push_back(std::move(known));
  }
  merge::ObserveInput input;
  input.base = &base;
  input.image = event.image.get();
  input.store = lineage();
  input.next_uid = uid;
  return input;
}

/// No base: rows that stand on one side only are added to the other; where both have a value, the
/// workbook wins and the cloud logs the loser; a blank cell takes the cloud's value.
Observation Engine::first_contact(const WorkbookSeen& event) const {
  SheetState base;
  merge::ObserveInput input = against_cloud(event, base);
  input.deletes_allowed = false;
  Observation seen = merge::observe(input);
  seen.base_rows = 0;
  std::erase_if(seen.ops, [](const Op& op) { return op.kind == OpKind::edit && op.after.empty(); });
  for (Op& op : seen.ops) {
    if (op.kind == OpKind::edit) op.before.clear();
  }
  forget_unseen_marks(seen.rows);
  return seen;
}

/// The cloud becomes what the sheet shows: what only the cloud has goes, and nothing is a conflict.
Observation Engine::replacement(const WorkbookSeen& event) const {
  SheetState base;
  merge::ObserveInput input = against_cloud(event, base);
  input.trust_ids = event.image->token && event.image->token->store == memory_.store;
  return merge::observe(input);
}

}  // namespace tracker::sync

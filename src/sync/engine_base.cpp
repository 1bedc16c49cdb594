// Which base? What the human who saved this file was looking at (design/sync.md §2).
#include <algorithm>
#include <ranges>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "merge/twins.hpp"
#include "sync/engine.hpp"

namespace tracker::sync {
namespace {

using merge::mostly_equal;
using merge::Observation;
using merge::SheetRow;
using merge::SheetState;
using Uids = std::unordered_set<std::int64_t>;

Uids uids_of(const SheetState& state) {
  Uids uids;
  for (const SheetRow& row : state) uids.insert(row.uid);
  return uids;
}

/// Rows that the human had on the screen: those of `earliest`, S[g], which everybody who saves with
/// token g looked at, and those of every state that knows all that the file shows of `guess`.
Uids on_screen(const SheetState& shown, const SheetState& guess,
               const std::vector<SharedState>& states, const SheetState& earliest) {
  Uids screen = uids_of(earliest);
  Uids since = uids_of(guess);
  const Uids now = uids_of(shown);
  std::erase_if(since, [&](auto uid) { return screen.contains(uid) || !now.contains(uid); });
  if (since.empty()) return screen;
  std::size_t possible = 0;
  std::unordered_map<std::int64_t, std::size_t> standing;
  for (const SharedState& state : states) {
    const Uids uids = uids_of(*state);
    if (!std::ranges::all_of(since, [&](auto uid) { return uids.contains(uid); })) continue;
    ++possible;
    for (const std::int64_t uid : uids) ++standing[uid];
  }
  for (const auto& [uid, times] : standing) {
    if (times == possible) screen.insert(uid);
  }
  return screen;
}

/// Its token names our store.
bool is_own(const WorkbookSeen& event, const std::string& store) {
  return event.image->token && event.image->token->store == store;
}

/// The id that one state knows of a row holds for all: once the row is deleted, nothing but they
/// tells it.
void name_rows(std::vector<SharedState>& states) {
  std::unordered_map<std::int64_t, EntryId> ids;
  for (const SharedState& state : states) {
    for (const SheetRow& row : *state) {
      if (row.id != 0) ids.emplace(row.uid, row.id);
    }
  }
  for (SharedState& state : states) {
    std::optional<SheetState> named;
    for (std::size_t i = 0; i < state->size(); ++i) {
      const auto found = (*state)[i].id == 0 ? ids.find((*state)[i].uid) : ids.end();
      if (found == ids.end()) continue;
      if (!named) named = *state;
      SheetRow row = (*state)[i];
      row.id = found->second;
      named->replace(i, std::move(row));
    }
    if (named) state = std::make_shared<const SheetState>(std::move(*named));
  }
}

/// A draft is sent when somebody completes it, and then nothing else tells any more that it came
/// of two.
void tell_twins_of_drafts(Observation& seen, const std::string& store) {
  const auto with_uid = [&seen](std::int64_t uid) {
    return std::find_if(seen.rows.begin(), seen.rows.end(),
                        [uid](const SheetRow& row) { return row.uid == uid; });
  };
  for (Op& op : seen.ops) {
    if (op.kind != OpKind::insert || op.twin != RowRef()) continue;
    const auto now = with_uid(merge::uid_number(op.row.uid));
    if (now == seen.rows.end() || now->twin == 0) continue;
    const auto twin = with_uid(now->twin);
    if (twin != seen.rows.end()) op.twin = merge::reference_to(*twin, store);
  }
}

/// Edits weigh one cell, whole rows and new drafts all of theirs; a draft of `base` that is
/// complete now, one.
std::size_t distance(const Observation& seen, const SheetState& base) {
  std::unordered_map<std::int64_t, bool> drafts;  // of the base, by uid
  for (const SheetRow& row : base) drafts.emplace(row.uid, row.draft);
  std::size_t cells = 0;
  for (const Op& op : seen.ops) {
    const auto known =
        op.kind == OpKind::insert ? drafts.find(merge::uid_number(op.row.uid)) : drafts.end();
    const bool completed = known != drafts.end() && known->second;
    cells += op.kind == OpKind::edit || completed ? 1 : field_count + 1;
  }
  for (const SheetRow& row : seen.rows) {
    if (row.draft && !drafts.contains(row.uid)) cells += field_count + 1;
  }
  return cells;
}

}  // namespace

Observation Engine::observe_against(const SheetState& base, const WorkbookSeen& event,
                                    Trust trust) const {
  merge::ObserveInput input;
  input.base = &base;
  input.image = event.image.get();
  input.store = lineage();
  input.ids = trust.ids ? merge::IdTrust::full : merge::IdTrust::none;
  input.deletes_allowed = trust.deletes;
  if (!trust.base) {
    input.surely_seen = [&trust](const SheetRow& row) {
      return trust.seen != nullptr && trust.seen->contains(row.uid);
    };
  }
  input.next_uid = memory_.next_uid;
  input.unseen_twin =
      [this, &base, twins = std::optional<merge::Twins>()](const Cells& cells) mutable -> EntryId {
    if (!twins) twins = merge::rows_unseen_in(base, memory_.mirror);
    const auto found = twins->find(natural_key(cells));
    return found == twins->end() ? 0 : found->second;
  };
  input.gone_row = [this, &event](EntryId id) { return gone_row(event.bases, id); };
  input.cloud_row = [this](EntryId id) -> const Cells* {
    const auto found = memory_.mirror.find(id);
    return found == memory_.mirror.end() ? nullptr : &found->second.cells;
  };
  return merge::observe(input);
}

/// As the states that we remember show it.
const Cells* Engine::gone_row(const Bases& bases, EntryId id) const {
  std::vector<SharedState> states = bases.observed;
  states.insert(states.end(), {bases.written, bases.newest, bases.seen, sheet_});
  for (const SharedState& state : std::views::reverse(states)) {
    if (!state) continue;
    const auto found = std::ranges::find(*state, id, &SheetRow::id);
    if (found != state->end()) return &found->text;
  }
  return nullptr;
}

Observation Engine::observe(const WorkbookSeen& event) const {
  const bool own = is_own(event, memory_.store);
  if (!event.bases.newest || (event.image->token && !own)) return first_contact(event);
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
  const bool other_hand = is_other_hand(event);
  Guesses guesses{bases.observed, bases.written};
  if (bases.written) guesses.states.insert(guesses.states.begin(), bases.written);
  name_rows(guesses.states);
  if (bases.written) guesses.seen_by_all = guesses.states.front();
  const bool only_guess = bases.observed.empty() || (!session_ended && !other_hand);
  Observation seen = only_guess   ? observe_against(*last, event, {})
                     : other_hand ? observe_other_hand(guesses, event)
                                  : observe_again(guesses, event);
  edit_known_rows(seen, guesses, *event.image);
  if (session_ended) {
    for (const SharedState& one : guesses.states) keep_in_drafts(seen.ops, *one, *bases.newest);
  }
  if (session_ended || other_hand || two_hands_) mark_twins(seen, guesses);
  tell_twins_of_drafts(seen, lineage());
  return seen;
}

/// The file came late, or is of another person than the save before it, or that one came late, and
/// nothing showed that all had closed it in between.
bool Engine::is_other_hand(const WorkbookSeen& event) const {
  const std::string& author = event.image->last_modified_by;
  const bool other_author =
      !author.empty() && !memory_.last_author.empty() && author != memory_.last_author;
  return event.late || ((other_author || was_late_) && !all_left_);
}

/// Another file was the workbook since. If nothing of this one goes back behind the last O, or it
/// is nearer to it than to any state before, the human looked at that one; else it is a second
/// copy, opened earlier.
Observation Engine::observe_again(const Guesses& guesses, const WorkbookSeen& event) const {
  const SharedState& last = guesses.states.back();
  Observation seen = observe_against(*last, event, {});
  const std::span earlier(guesses.states.begin(), guesses.states.end() - 1);
  const bool back = std::ranges::any_of(
      earlier, [&](const SharedState& one) { return goes_back(seen.ops, *one, *last); });
  if (back && !is_nearest(*last, guesses, event)) {
    Observation nearest = observe_nearest(guesses, event);
    if (guesses.seen_by_all) take_as_unseen(nearest.ops, *guesses.seen_by_all);
    return nearest;
  }
  const std::size_t from_last = distance_from(*last, event);
  for (const SharedState& one : earlier) {
    const bool as_near = distance_from(*one, event) <= from_last;
    if (as_near) keep_what_is_not_in(seen.ops, *one);
    if (as_near || back) log_what_differs(seen.ops, *one);
  }
  return seen;
}

/// True if the file lies nearer to `state` than to any other guess.
bool Engine::is_nearest(const SheetState& state, const Guesses& guesses,
                        const WorkbookSeen& event) const {
  const std::size_t away = distance_from(state, event);
  return std::ranges::all_of(guesses.states, [&](const SharedState& guess) {
    return *guess == state || away < distance_from(*guess, event);
  });
}

std::size_t Engine::distance_from(const SheetState& state, const WorkbookSeen& event) const {
  return distance(observe_against(state, event, {.deletes = false, .base = false}), state);
}

/// Older states may know it by its uid only.
const SheetRow* Engine::row_of(const SheetState& state, const RowRef& row) const {
  const auto mirrored = memory_.mirror.find(row.id);
  const std::string& uid = mirrored == memory_.mirror.end() ? row.uid : mirrored->second.uid;
  const std::int64_t number = uid.empty() ? 0 : merge::uid_number(uid);
  const auto found = std::find_if(state.begin(), state.end(), [&](const SheetRow& one) {
    if (row.id != 0 && one.id != 0) return one.id == row.id;
    return one.uid == number && merge::uid_text(lineage(), one.uid) == uid;
  });
  return found == state.end() ? nullptr : &*found;
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
    if (op.kind == OpKind::restore) return row != nullptr;
    if (op.kind != OpKind::insert) return false;
    return (with_text(earlier, op.cells) && !with_text(last, op.cells)) || gone_since(op.cells);
  });
}

/// From the guess (the first among equals) that the fewest cells lie away from; no deletes, no cell
/// goes back to what it was before that guess, and no row of it is taken for another one where it
/// may never have been on the human's screen.
Observation Engine::observe_nearest(const Guesses& guesses, const WorkbookSeen& event) const {
  std::optional<Observation> best;
  std::size_t nearest = 0;
  static const SheetState nothing;
  const SheetState& earliest = guesses.seen_by_all ? *guesses.seen_by_all : nothing;
  const Uids surely = uids_of(earliest);
  for (const SharedState& guess : guesses.states) {
    Trust trust{guesses.trust_ids, false, false, &surely};
    Observation seen = observe_against(*guess, event, trust);
    if (guesses.seen_by_all) {
      const Uids screen = on_screen(seen.rows, *guess, guesses.states, earliest);
      trust.seen = &screen;
      if (screen.size() > surely.size()) seen = observe_against(*guess, event, trust);
    }
    const std::size_t away = distance(seen, *guess);
    if (best && away >= nearest) continue;
    nearest = away;
    best = std::move(seen);
  }
  for (const SharedState& guess : guesses.states) {
    leave_out_reverts(*best, *guess, guess != guesses.states.back());
  }
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
  // Deleted in the cloud, and an edit of ours travels that brings it back.
  const auto returns = [&](const SheetRow& row) {
    return queued.revived(row.id) && !memory_.mirror.contains(row.id);
  };
  for (std::size_t i = 0; sheet_ && i < sheet_->size(); ++i) {
    if (!returns((*sheet_)[i])) continue;
    SheetRow known = (*sheet_)[i];
    known.uid = uid++;
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
  if (is_own(event, memory_.store)) input.ids = merge::IdTrust::hint;
  Observation seen = merge::observe(input);
  seen.base_rows = 0;
  std::erase_if(seen.ops, [](const Op& op) { return op.kind == OpKind::edit && op.after.empty(); });
  for (Op& op : seen.ops) {
    if (op.kind == OpKind::edit) op.before.clear();
  }
  merge::forget_unseen_marks(seen.rows);
  return seen;
}

/// The cloud becomes what the sheet shows: what only the cloud has goes, and nothing is a conflict.
Observation Engine::replacement(const WorkbookSeen& event) const {
  SheetState base;
  merge::ObserveInput input = against_cloud(event, base);
  if (is_own(event, memory_.store)) input.ids = merge::IdTrust::full;
  return merge::observe(input);
}

}  // namespace tracker::sync

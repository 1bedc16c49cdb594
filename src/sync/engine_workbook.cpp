// The engine's workbook side: which base, what was done to it, when to write (design/sync.md §2,
// §5).
#include <algorithm>
#include <unordered_map>

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

std::vector<std::uint32_t> row_numbers_of(const workbook::Image& image) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(image.rows.size());
  for (const workbook::ImageRow& row : image.rows) numbers.push_back(row.row_number);
  return numbers;
}

}  // namespace

// ---- events

void Engine::on(WorkbookSeen event) {
  unreadable_.clear();
  write_blocked_ = false;
  take(event, true);
}

void Engine::on(const WorkbookUnreadable& event) { unreadable_ = event.reason; }

void Engine::on(const LockSeen& event) {
  open_by_ = event.open_by;
  write_blocked_ = false;
}

void Engine::on(const HeldApproved&) {
  if (held_.empty() || !pending_seen_) return;
  const WorkbookSeen seen = *std::exchange(pending_seen_, std::nullopt);
  take(seen, false);
}

void Engine::on(WorkbookWritten event) {
  writing_ = false;
  // The engine was not stepped while the write went on: the sheet is what was planned.
  dirty_ = dirty_ || !event.refusals.empty();
  const SharedState before = std::exchange(sheet_, event.rows);
  const std::vector<std::uint32_t> numbers =
      std::exchange(row_numbers_, row_numbers_of(*event.image));
  image_ = std::move(event.image);
  digest_ = std::move(event.digest);
  memory_.written_generation = event.generation;
  session_changed_ = false;
  waiting_writes_ = 0;
  keep_refusals(*before, numbers, event.refusals);
}

void Engine::on(const WriteDropped& event) {
  writing_ = false;
  dirty_ = true;
  write_blocked_ = true;
  if (!event.reason.empty()) refused_ = {{"workbook", event.reason}};
}

// ---- observing

void Engine::take(const WorkbookSeen& event, bool guards) {
  digest_ = event.digest;
  const auto& token = event.image->token;
  if (token && token->store == memory_.store && token->generation > memory_.generation) {
    // We wrote this file and do not remember it: the journal is older than the workbook.
    image_ = event.image;
    restart(false);
    return;
  }
  if (!memory_.has_mirror) {
    pending_seen_ = event;
    ask_for_changes();
    return;
  }
  Observation seen = observe(event, guards);
  held_ = seen.held;
  if (!held_.empty()) {
    pending_seen_ = event;
    return;
  }
  pending_seen_.reset();
  dirty_ = true;
  resolve_rows(seen.ops);
  session_changed_ = session_changed_ || !seen.ops.empty() || !seen.kept.empty();
  image_ = event.image;
  sheet_ = std::make_shared<const SheetState>(std::move(seen.rows));
  row_numbers_ = std::move(seen.row_numbers);
  kept_ = std::move(seen.kept);
  refused_.clear();
  refused_appends_.clear();
  refused_rows_.clear();
  memory_.next_uid = seen.next_uid;
  SaveObservation save;
  save.rows = sheet_;
  save.digest = event.digest;
  memory_.last_author = event.image->last_modified_by;
  save.author = memory_.last_author;
  save.generation = event.image->token ? event.image->token->generation : 0;
  if (!seen.ops.empty()) save.pushes = number(std::move(seen.ops), event.image->last_modified_by);
  save.next_number = memory_.next_number;
  save.next_uid = memory_.next_uid;
  out_.emplace_back(std::move(save));
  send_next_push();
}

/// Ops name a row by its id as soon as the feed has told it.
void Engine::resolve_rows(std::vector<Op>& ops) const {
  std::unordered_map<std::string, EntryId> ids;
  for (Op& op : ops) {
    if (op.row.id != 0 || op.kind == OpKind::insert) continue;
    if (ids.empty()) {
      for (const auto& [id, row] : memory_.mirror) {
        if (!row.uid.empty()) ids.emplace(row.uid, id);
      }
    }
    const auto found = ids.find(op.row.uid);
    if (found != ids.end()) op.row = {found->second, {}};
  }
}

Observation Engine::observe_against(const SheetState& base, const WorkbookSeen& event, Trust trust,
                                    bool guards) const {
  merge::ObserveInput input;
  input.base = &base;
  input.image = event.image.get();
  input.store = lineage();
  input.trust_ids = trust.ids;
  input.deletes_allowed = trust.deletes;
  input.base_is_sure = trust.base;
  input.guards = guards;
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

Observation Engine::observe(const WorkbookSeen& event, bool guards) const {
  const auto& token = event.image->token;
  const bool own = token && token->store == memory_.store;
  if (!event.bases.newest || (token && !own)) return first_contact(event);
  if (event.bases.seen) return observe_against(*event.bases.seen, event, {.ids = own}, false);
  const bool base_known = event.bases.written || !event.bases.observed.empty();
  if (own && base_known) return observe_own(event, guards);
  // Open since before we forgot what we wrote then: what differs is joined, and logged.
  if (own) return first_contact(event);
  // The token is lost: the nearest state that we remember, and no deletes.
  std::vector<SharedState> candidates = event.bases.observed;
  candidates.push_back(event.bases.newest);
  return observe_nearest(candidates, event, false, guards);
}

/// The file carries our token g: the human looked at S[g], or at what was observed of g since.
Observation Engine::observe_own(const WorkbookSeen& event, bool guards) const {
  const Bases& bases = event.bases;
  const SharedState& last = bases.observed.empty() ? bases.written : bases.observed.back();
  const bool later_written = event.image->token->generation < memory_.written_generation;
  const std::string& author = event.image->last_modified_by;
  const bool other_hand =
      !author.empty() && !memory_.last_author.empty() && author != memory_.last_author;
  if ((!later_written && !other_hand) || bases.observed.empty()) {
    return observe_against(*last, event, {}, guards);
  }
  std::vector<SharedState> candidates = bases.observed;
  if (bases.written) candidates.insert(candidates.begin(), bases.written);
  if (!later_written) return observe_other_hand(candidates, event, guards);
  // g+1 was written since. If nothing of this file goes back behind the last O, the human looked
  // at that one; else it is a second copy, opened earlier.
  Observation seen = observe_against(*last, event, {}, guards);
  const bool stale =
      std::any_of(candidates.begin(), candidates.end() - 1,
                  [&](const SharedState& earlier) { return goes_back(seen.ops, *earlier, *last); });
  return stale ? observe_nearest(candidates, event, true, guards) : seen;
}

/// Somebody else saved last. This human looked at the last O if the file is nearer to it than to
/// any state before; where that is not clear, at the older one: what was not seen is then logged.
Observation Engine::observe_other_hand(std::vector<SharedState> candidates,
                                       const WorkbookSeen& event, bool guards) const {
  const SharedState last = candidates.back();
  const Trust doubtful{.ids = true, .deletes = false, .base = false};
  const auto away = [&](const SharedState& state) {
    return distance(observe_against(*state, event, doubtful, false));
  };
  const std::size_t from_last = away(last);
  const bool saw_last =
      std::all_of(candidates.begin(), candidates.end() - 1,
                  [&](const SharedState& earlier) { return from_last < away(earlier); });
  if (saw_last) return observe_against(*last, event, {}, guards);
  std::reverse(candidates.begin(), candidates.end());
  return observe_nearest(candidates, event, true, guards);
}

/// True if an op takes back what was done between `earlier` and `last`.
bool Engine::goes_back(const std::vector<Op>& ops, const SheetState& earlier,
                       const SheetState& last) const {
  const auto row_in = [this](const SheetState& state, const RowRef& row) {
    return std::find_if(state.begin(), state.end(), [&](const SheetRow& one) {
      return row.id != 0 ? one.id == row.id : merge::uid_text(lineage(), one.uid) == row.uid;
    });
  };
  const auto with_text = [](const SheetState& state, const Cells& cells) {
    return std::any_of(state.begin(), state.end(),
                       [&](const SheetRow& one) { return one.text == cells; });
  };
  return std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
    const auto row = row_in(earlier, op.row);
    if (op.kind == OpKind::edit) return row != earlier.end() && at(row->text, op.field) == op.after;
    if (op.kind == OpKind::remove) {
      // Rows of the file that the earlier state knew under their uid only are found by content.
      return row == earlier.end() && !with_text(earlier, op.cells);
    }
    if (op.kind == OpKind::insert)
      return with_text(earlier, op.cells) && !with_text(last, op.cells);
    return false;
  });
}

/// From the candidate (the last among equals) that the fewest cells lie away from; no deletes,
/// and no row of the base is taken for another one: it may never have been on the human's screen.
Observation Engine::observe_nearest(const std::vector<SharedState>& candidates,
                                    const WorkbookSeen& event, bool trust_ids, bool guards) const {
  const Trust doubtful{.ids = trust_ids, .deletes = false, .base = false};
  std::optional<Observation> best;
  for (auto candidate = candidates.rbegin(); candidate != candidates.rend(); ++candidate) {
    Observation seen = observe_against(**candidate, event, doubtful, guards);
    const bool readable = seen.held.empty() && best && !best->held.empty();
    const bool nearer =
        best && seen.held.empty() == best->held.empty() && distance(seen) < distance(*best);
    if (!best || readable || nearer) best = std::move(seen);
  }
  return std::move(*best);
}

/// No base: rows that stand on one side only are added to the other; where both have a value, the
/// workbook wins and the cloud logs the loser; a blank cell takes the cloud's value.
Observation Engine::first_contact(const WorkbookSeen& event) const {
  SheetState base;
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
  input.deletes_allowed = false;
  input.guards = false;
  input.next_uid = uid;
  Observation seen = merge::observe(input);
  std::erase_if(seen.ops, [](const Op& op) { return op.kind == OpKind::edit && op.after.empty(); });
  for (Op& op : seen.ops) {
    if (op.kind == OpKind::edit) op.before.clear();
  }
  return seen;
}

// ---- writing

merge::Overlay Engine::overlay() const {
  merge::Overlay overlay;
  for (const Push& push : memory_.queue) {
    std::vector<Op> ops = push.ops;
    resolve_rows(ops);
    for (const Op& op : ops) overlay.add(op);
  }
  return overlay;
}

bool Engine::may_write() const {
  return !writing_ && image_ && sheet_ && held_.empty() && unreadable_.empty() &&
         memory_.has_mirror && (at_head_ || !link_up_);
}

void Engine::plan_write() {
  if (!dirty_ || !may_write()) return;
  const merge::Overlay queued = overlay();
  merge::MaterialiseInput input;
  input.sheet = sheet_.get();
  input.row_numbers = row_numbers_;
  input.image = image_.get();
  input.mirror = &memory_.mirror;
  input.overlay = &queued;
  input.store = lineage();
  input.refused_appends = &refused_appends_;
  input.refused_rows = &refused_rows_;
  input.next_uid = memory_.next_uid;
  merge::Materialised materialised = merge::materialise(input);
  merge::SheetPlan& plan = materialised.plan;
  const bool token_missing = !image_->token || image_->token->store != memory_.store;
  const bool session_ended = session_changed_ && memory_.queue.empty();
  waiting_writes_ =
      static_cast<std::int64_t>(plan.patch.cells.size() + plan.patch.measured.size() +
                                plan.patch.deleted_rows.size() + plan.patch.appended.size());
  const bool nothing = plan.empty() && !token_missing && !session_ended;
  if (!nothing && (!open_by_.empty() || write_blocked_)) return;
  // A changed session whose edits still travel ends, with a new token, once they are decided.
  dirty_ = false;
  if (nothing) return;
  memory_.next_uid = materialised.next_uid;
  write(std::move(plan));
}

void Engine::write(merge::SheetPlan plan) {
  writing_ = true;
  ++memory_.generation;
  plan.patch.token = workbook::Token{memory_.store, memory_.generation, {}};
  WriteWorkbook effect;
  effect.plan = std::move(plan);
  effect.expected_digest = digest_;
  effect.generation = memory_.generation;
  effect.next_uid = memory_.next_uid;
  out_.emplace_back(std::move(effect));
}

/// "In Excel" is said only of what stands in the workbook on disk.
void Engine::tell_applied() {
  const bool shown = at_head_ && image_ && held_.empty() && nothing_to_write();
  if (!link_up_ || !shown || told_seq_ == memory_.cursor) return;
  told_seq_ = memory_.cursor;
  out_.emplace_back(SendApplied{{memory_.store, memory_.cursor, memory_.written_generation}});
}

/// What the gate refused waits, with its reason, until a human saves the workbook again. A refused
/// write into a formula cell goes back to the cloud: Excel owns it, the web's value is logged.
void Engine::keep_refusals(const SheetState& before, std::span<const std::uint32_t> row_numbers,
                           const std::vector<workbook::Refusal>& refusals) {
  if (refusals.empty()) return;
  std::vector<Op> ops;
  for (const workbook::Refusal& refusal : refusals) {
    refused_.push_back({refusal.where, refusal.reason});
    const auto place = std::find(row_numbers.begin(), row_numbers.end(), refusal.row_number);
    if (refusal.row_number == 0 || place == row_numbers.end()) continue;
    const SheetRow& row = before[static_cast<std::size_t>(place - row_numbers.begin())];
    if (!refusal.field) {
      refused_rows_.insert(row.uid);
    } else if (refusal.formula) {
      const std::string& text = at(row.text, *refusal.field);
      const RowRef named =
          row.id != 0 ? RowRef{row.id, {}} : RowRef{0, merge::uid_text(lineage(), row.uid)};
      ops.push_back({OpKind::edit, named, *refusal.field, text, text, {}, {}, {}});
    }
  }
  std::set<EntryId> present;
  for (const SheetRow& row : *sheet_) present.insert(row.id);
  for (const auto& mirrored : memory_.mirror) {
    if (!present.contains(mirrored.first)) refused_appends_.insert(mirrored.first);
  }
  resolve_rows(ops);
  enqueue(std::move(ops), "workbook formula");
}

}  // namespace tracker::sync

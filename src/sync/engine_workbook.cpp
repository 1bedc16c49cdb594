// The engine's workbook side: what was seen, when to write (design/sync.md §2, §5).
#include <algorithm>

#include "sync/engine.hpp"

namespace tracker::sync {
namespace {

using merge::Observation;
using merge::SheetRow;
using merge::SheetState;

/// Of the batch in which the database became what the workbook shows.
constexpr std::string_view replacement_author = "Excel replaces the database";

std::vector<std::uint32_t> row_numbers_of(const workbook::Image& image) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(image.rows.size());
  for (const workbook::ImageRow& row : image.rows) numbers.push_back(row.row_number);
  return numbers;
}

bool too_much(const merge::Held& held) {
  std::size_t bytes = 0;
  for (const Op& op : held.ops) bytes += bytes_of(op);
  return held.ops.size() > held_ops_max || bytes > ops_bytes_in_push_max;
}

}  // namespace

// ---- events

void Engine::on(WorkbookSeen event) {
  unreadable_.clear();
  write_blocked_ = false;
  take(event);
}

void Engine::on(const WorkbookUnreadable& event) { unreadable_ = event.reason; }

void Engine::on(const LockSeen& event) {
  open_by_ = event.open_by;
  write_blocked_ = false;
  // At the look before this one nobody had it open, and it brought no news.
  all_left_ = all_left_ || left_;
  lock_seen_ = lock_seen_ || !open_by_.empty();
  left_ = open_by_.empty() && lock_seen_;
}

void Engine::on(const ReplacementWanted&) {
  replacement_wanted_ = true;
  pending_first_.reset();
  if (!image_ && !pending_seen_) return;  // done with the first look
  const WorkbookSeen seen = pending_seen_ ? *std::exchange(pending_seen_, std::nullopt)
                                          : WorkbookSeen{digest_, image_, {}, {}, false};
  take(seen);
}

void Engine::on(WorkbookWritten event) {
  writing_ = false;
  write_problem_.clear();
  // The engine was not stepped while the write went on: the sheet is what was planned.
  if (!event.refusals.empty()) plan_ = Plan::due;
  const SharedState before = std::exchange(sheet_, event.rows);
  const std::vector<std::uint32_t> numbers =
      std::exchange(row_numbers_, row_numbers_of(*event.image));
  image_ = std::move(event.image);
  digest_ = std::move(event.digest);
  memory_.written_generation = event.generation;
  session_changed_ = false;
  two_hands_ = false;
  waiting_writes_ = 0;
  rename_kept(*before, numbers);
  keep_refusals(*before, numbers, event.refusals);
}

/// Rows that we deleted or inserted moved the cells that wait.
void Engine::rename_kept(const SheetState& before, std::span<const std::uint32_t> numbers) {
  if (kept_.empty()) return;
  std::unordered_map<std::int64_t, std::uint32_t> number_now;
  for (std::size_t i = 0; i < sheet_->size(); ++i) {
    number_now.emplace((*sheet_)[i].uid, row_numbers_[i]);
  }
  for (merge::Kept& kept : kept_) {
    const auto place = std::ranges::find(numbers, kept.row_number);
    if (place == numbers.end()) continue;
    const auto now = number_now.find(before[static_cast<std::size_t>(place - numbers.begin())].uid);
    if (now == number_now.end()) continue;
    kept.row_number = now->second;
    kept.where = merge::place_name(*image_, now->second, kept.field);
  }
}

void Engine::on(const WriteDropped& event) {
  writing_ = false;
  plan_ = Plan::due;
  write_blocked_ = true;
  write_problem_ = event.reason;
}

// ---- observing

void Engine::take(const WorkbookSeen& event) {
  digest_ = event.digest;
  const auto& token = event.image->token;
  if (token && token->store == memory_.store && token->generation > memory_.generation) {
    // We wrote this file and do not remember it: the journal is older than the workbook.
    wait_with(event);
    restart(false);
    return;
  }
  const bool too_early = replacement_wanted_ && (!at_head() || !memory_.queue.empty());
  if (!memory_.has_mirror || too_early) {
    wait_with(event);
    ask_for_changes();
    return;
  }
  const bool replaces = std::exchange(replacement_wanted_, false);
  two_hands_ = two_hands_ || is_other_hand(event);
  Observation seen = replaces ? replacement(event) : observe(event);
  if (!seen.frozen.empty()) return freeze(event, std::move(seen.frozen));
  resolve_rows(seen.ops);
  learn_ids(seen.rows);
  // Whoever replaces the database has said yes to all of it.
  merge::Held held = replaces ? merge::Held() : hold_back(seen, *event.image);
  if (too_much(held)) {
    return freeze(event, held.reason +
                             "; that is more than can be held for a decision: undo it "
                             "and save, or do it in several steps");
  }
  frozen_.clear();
  all_left_ = left_ = false;
  was_late_ = event.late;
  lock_seen_ = !open_by_.empty();
  pending_seen_.reset();
  plan_ = Plan::due;
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
  const std::string author = replaces ? std::string(replacement_author) : memory_.last_author;
  if (!seen.ops.empty()) save.pushes = number(std::move(seen.ops), author);
  if (replaces) replacement_batch_ = save.pushes.empty() ? "" : save.pushes.front().batch_id;
  tell_held(save, std::move(held));
  save.next_number = memory_.next_number;
  save.next_uid = memory_.next_uid;
  out_.emplace_back(std::move(save));
  send_next_push();
}

/// Until the cloud is known. The first save may show what a later one, of an old copy, does not.
void Engine::wait_with(const WorkbookSeen& event) {
  const bool another = pending_seen_ && pending_seen_->digest != event.digest;
  if (another && !pending_first_ && !replacement_wanted_) pending_first_ = pending_seen_;
  pending_seen_ = event;
}

void Engine::take_pending() {
  const auto first = std::exchange(pending_first_, std::nullopt);
  WorkbookSeen seen = *std::exchange(pending_seen_, std::nullopt);
  if (first) take(*first);
  if (first && sheet_ && !seen.bases.newest) {  // the journal was asked before the first was taken
    seen.bases.newest = sheet_;
    if (first->image->token == seen.image->token) seen.bases.observed = {sheet_};
  }
  take(seen);
}

/// Nothing is taken from this file, and nothing is written, until another one is saved.
void Engine::freeze(const WorkbookSeen& event, std::string reason) {
  frozen_ = std::move(reason);
  pending_seen_ = event;
}

/// What is held after this save; what stays in `seen.ops` travels.
merge::Held Engine::hold_back(Observation& seen, const workbook::Image& image) const {
  merge::Held held = memory_.held_back.held;
  resolve_rows(held.ops);
  const merge::Doubt doubt = merge::doubt_of(seen.ops, seen.base_rows, image, limits_);
  merge::hold_back(held, seen.ops, doubt, seen.rows);
  return held;
}

/// The cloud is told what is held whenever it is something else, and again after a restart.
void Engine::tell_held(SaveObservation& save, merge::Held held) {
  HeldBack& known = memory_.held_back;
  const bool untold = !held.empty() && known.number == 0;
  if (held == known.held && !untold) return;
  if (save.pushes.empty()) {
    memory_.queue.push_back(empty_push(save.author));
    save.pushes.push_back(memory_.queue.back());
  }
  save.pushes.back().held = held;
  memory_.queue.back().held = held;
  known = {std::move(held), save.pushes.back().number};
  if (known.held.empty()) known.number = 0;
  save.held = known;
}

/// What the feed has told of rows that the sheet brought.
std::unordered_map<std::string, EntryId> Engine::ids_by_uid() const {
  std::unordered_map<std::string, EntryId> ids;
  for (const auto& [id, row] : memory_.mirror) {
    if (!row.uid.empty()) ids.emplace(row.uid, id);
  }
  return ids;
}

/// Ops name a row by its id as soon as the feed has told it.
void Engine::resolve_rows(std::vector<Op>& ops) const {
  const auto by_uid = [](const Op& op) { return op.row.id == 0 && op.kind != OpKind::insert; };
  if (std::ranges::none_of(ops, by_uid)) return;
  const auto ids = ids_by_uid();
  for (Op& op : ops) {
    const auto found = by_uid(op) ? ids.find(op.row.uid) : ids.end();
    if (found != ids.end()) op.row = {found->second, {}};
  }
}

/// So do rows: one that is deleted elsewhere while an edit of it is on its way is known by its id.
void Engine::learn_ids(SheetState& rows) const {
  const auto unnamed = [](const SheetRow& row) { return row.id == 0 && !row.draft; };
  if (std::none_of(rows.begin(), rows.end(), unnamed)) return;
  const auto ids = ids_by_uid();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!unnamed(rows[i])) continue;
    const auto found = ids.find(merge::uid_text(lineage(), rows[i].uid));
    if (found == ids.end()) continue;
    SheetRow named = rows[i];
    named.id = found->second;
    rows.replace(i, std::move(named));
  }
}

// ---- writing

merge::Overlay Engine::overlay() const {
  merge::Overlay overlay;
  for (const Push& push : memory_.queue) {
    std::vector<Op> ops = push.ops;
    resolve_rows(ops);
    for (const Op& op : ops) overlay.add(op);
  }
  std::vector<Op> held = memory_.held_back.held.ops;
  resolve_rows(held);
  for (const Op& op : held) overlay.add(op);
  return overlay;
}

bool Engine::may_write() const {
  return !writing_ && image_ && sheet_ && frozen_.empty() && unreadable_.empty() &&
         memory_.has_mirror && (at_head_ || !link_up_);
}

void Engine::plan_write() {
  const bool blocked = !open_by_.empty() || write_blocked_;
  const bool is_due = plan_ == Plan::due || (plan_ == Plan::waits && !blocked);
  if (!is_due || !may_write()) return;
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
  // A changed session whose edits still travel ends, with a new token, once they are decided.
  const bool session_ended = session_changed_ && memory_.queue.empty();
  waiting_writes_ =
      static_cast<std::int64_t>(plan.patch.cells.size() + plan.patch.measured.size() +
                                plan.patch.deleted_rows.size() + plan.patch.appended.size());
  const bool nothing = plan.empty() && !token_missing && !session_ended;
  plan_ = !nothing && blocked ? Plan::waits : Plan::done;
  if (nothing) keep_refused_ = false;
  if (nothing || blocked) return;
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
  effect.keep_refused = std::exchange(keep_refused_, false);
  out_.emplace_back(std::move(effect));
}

/// "In Excel" is said only of what stands in the workbook on disk.
void Engine::tell_applied() {
  const bool shown = at_head_ && image_ && frozen_.empty() && nothing_to_write();
  if (!link_up_ || !shown || told_seq_ == memory_.cursor) return;
  told_seq_ = memory_.cursor;
  out_.emplace_back(SendApplied{{memory_.store, memory_.cursor, memory_.written_generation}});
}

void Engine::refuse_what_is_missing() {
  std::set<EntryId> present;
  for (const SheetRow& row : *sheet_) present.insert(row.id);
  const merge::Overlay waiting = overlay();
  for (const auto& [id, row] : memory_.mirror) {
    if (!present.contains(id) && !waiting.removed(id)) refused_appends_.insert(id);
  }
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
    if (refusal.row_number == 0 || refusal.cleared || place == row_numbers.end()) continue;
    const SheetRow& row = before[static_cast<std::size_t>(place - row_numbers.begin())];
    if (!refusal.field) {
      refused_rows_.insert(row.uid);
    } else if (refusal.formula) {
      const std::string& text = at(row.text, *refusal.field);
      const RowRef named = merge::reference_to(row, lineage());
      ops.push_back({OpKind::edit, named, *refusal.field, text, text, {}, {}, {}});
    }
  }
  const bool appends_refused = std::ranges::any_of(
      refusals, [](const workbook::Refusal& refusal) { return refusal.row_number == 0; });
  if (appends_refused) refuse_what_is_missing();
  resolve_rows(ops);
  enqueue(std::move(ops), "workbook formula");
}

}  // namespace tracker::sync

#include "sync/engine.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace tracker::sync {
namespace {

/// Equal but for the moment of measuring.
bool same_measurement(const std::optional<Measurement>& a, const std::optional<Measurement>& b) {
  if (a.has_value() != b.has_value()) return false;
  if (!a) return true;
  Measurement left = *a;
  left.measured_at = b->measured_at;
  return left == *b;
}

/// No journal is so many writes behind its workbook.
constexpr std::int64_t generations_in_backup_max = 1'000'000;
/// Rows that only our mirror remembers are named by their old ids, beyond all other uids.
constexpr std::int64_t rescued_uid_first = std::int64_t{1} << 52U;

/// Of the push that brings back what a restored database lost.
constexpr std::string_view rescue_author = "restored database";

/// One row at two times, rather than two rows that got the same id one after the other.
bool alike(const Cells& a, const Cells& b) {
  return std::ranges::any_of(all_fields, [&](Field field) {
    return !at(a, field).empty() && at(a, field) == at(b, field);
  });
}

}  // namespace

Engine::Engine(Memory memory, merge::GuardLimits limits)
    : memory_(std::move(memory)), limits_(limits) {}

Effects Engine::step(Event event) {
  out_.clear();
  std::visit([this](auto&& one) { on(std::forward<decltype(one)>(one)); }, std::move(event));
  plan_write();
  tell_applied();
  return std::move(out_);
}

Hello Engine::hello() const {
  Hello message;
  message.store = memory_.store;
  message.incarnation = memory_.incarnation;
  message.last_number = memory_.next_number - 1;
  message.cursor = memory_.cursor;
  message.chain = memory_.chain;
  if (!memory_.mirror.empty()) message.highest_id = memory_.mirror.rbegin()->first;
  return message;
}

Report Engine::report() const {
  Report report;
  report.store = memory_.store;
  report.workbook_available = image_ != nullptr && unreadable_.empty();
  report.rows = sheet_ ? static_cast<std::int64_t>(sheet_->size()) : 0;
  report.open_by = open_by_;
  report.pending_to_workbook = waiting_writes_;
  for (const Push& push : memory_.queue) {
    report.pending_to_cloud += static_cast<std::int64_t>(push.ops.size());
  }
  for (const merge::Kept& kept : kept_) report.quarantined.push_back({kept.where, kept.reason});
  report.quarantined.insert(report.quarantined.end(), refused_.begin(), refused_.end());
  if (!write_problem_.empty()) report.quarantined.push_back({"workbook", write_problem_});
  if (const merge::Held& held = memory_.held_back.held; !held.empty()) {
    report.quarantined.push_back(
        {image_ ? image_->sheet_name : "workbook",
         held.reason + ": this waits for a producer's yes or no on the page; whoever did not mean "
                       "it undoes it and saves"});
  }
  if (image_) {
    for (const std::string& sentence : image_->warnings) {
      report.quarantined.push_back({"sheet " + image_->sheet_name, sentence});
    }
  }
  report.problem = !unreadable_.empty() ? unreadable_ : !frozen_.empty() ? frozen_ : link_problem_;
  return report;
}

bool Engine::at_rest() const {
  return memory_.queue.empty() && !pulling_ && !writing_ && waiting_writes_ == 0 && !pending_seen_;
}

/// Rows that the sheet brings are named by store and incarnation: a restored journal must never
/// give a name twice.
std::string Engine::lineage() const {
  return memory_.store + "." + std::to_string(memory_.incarnation);
}

// ---- the link

void Engine::on(const LinkUp& event) {
  link_up_ = event.answer.outcome == HelloOutcome::ok;
  pulling_ = pushing_ = false;
  at_head_ = false;
  link_problem_.clear();
  if (event.answer.outcome == HelloOutcome::leased) {
    link_problem_ =
        "another local server (" + event.answer.held_by + ") holds this studio; stop it first";
    return;
  }
  if (event.answer.outcome == HelloOutcome::too_old) {
    link_problem_ = "the cloud speaks a newer protocol; update this program";
    return;
  }
  epoch_ = event.answer.epoch;
  const bool journal_restored = gave_numbers_again(event.answer);
  const bool forgot_pushes = event.answer.outcome == HelloOutcome::ok &&
                             event.answer.applied_number < memory_.applied_number;
  const bool database_restored = event.answer.outcome == HelloOutcome::diverged || forgot_pushes;
  if (event.answer.outcome == HelloOutcome::rewound || database_restored || journal_restored) {
    restart(database_restored);
    return;
  }
  sent_number_ = 0;
  told_seq_ = 0;
  ask_for_changes();
  send_next_push();
}

/// A journal that came from a backup, and made other pushes since under the numbers of lost ones.
bool Engine::gave_numbers_again(const HelloAnswer& answer) const {
  if (answer.applied_number >= memory_.next_number) return true;
  return !answer.applied_hash.empty() && std::ranges::any_of(memory_.queue, [&](const Push& push) {
    return push.number == answer.applied_number && hash_of(push) != answer.applied_hash;
  });
}

/// A part was restored from a backup: forget the bases, take the cloud as it is, and join the
/// workbook to it as on first contact (a union: nothing is deleted). `rescue`: the database lost
/// what our mirror holds; the mirror stays until it is pushed again (push_rescued).
void Engine::restart(bool rescue) {
  ++memory_.incarnation;
  // A file of before may still be open somewhere: its generation must never be ours again.
  memory_.generation += generations_in_backup_max;
  memory_.next_number = 1;
  memory_.applied_number = 0;
  if (memory_.has_mirror && !rescue) memory_.mirror.clear();
  memory_.has_mirror = false;
  memory_.cursor = 0;
  memory_.chain.clear();
  memory_.queue.clear();
  measured_.clear();
  memory_.held_back.number = 0;
  out_.emplace_back(SaveRestart{memory_.incarnation, memory_.generation, !memory_.mirror.empty()});
  if (pending_first_) pending_first_->bases = {};
  if (pending_seen_) {
    pending_seen_->bases = {};
  } else if (image_) {
    pending_seen_ = WorkbookSeen{digest_, image_, {}, {}};
  }
  frozen_.clear();
  image_.reset();
  sheet_.reset();
  out_.emplace_back(Reconnect{});
}

/// The database went back in time: what our mirror holds beyond it is pushed again. Both sides'
/// values survive: ours is written, the cloud's goes to the log. Safe to repeat after a crash: the
/// uids are made of the old ids.
std::vector<Op> Engine::rescued_ops(const merge::Mirror& rescued) const {
  // The same shot under an id that our mirror does not know: rescued before already, by a journal
  // that then came from a backup itself, or typed anew on the page.
  std::unordered_map<std::string, EntryId> known_anew;
  for (const auto& [id, row] : memory_.mirror) {
    if (!rescued.contains(id)) known_anew.emplace(natural_key(row.cells), id);
  }
  std::vector<Op> ops;
  for (const auto& [id, row] : rescued) {
    auto now = memory_.mirror.find(id);
    if (now == memory_.mirror.end() || !alike(now->second.cells, row.cells)) {
      const auto anew = known_anew.extract(natural_key(row.cells));
      now = anew ? memory_.mirror.find(anew.mapped()) : memory_.mirror.end();
    }
    if (now == memory_.mirror.end()) {
      const std::string uid = merge::uid_text(lineage(), rescued_uid_first + id);
      ops.push_back({OpKind::insert, {0, uid}, {}, {}, {}, row.cells, {}, {}});
      continue;
    }
    for (Field field : all_fields) {
      const std::string& held = at(row.cells, field);
      if (held.empty() || held == at(now->second.cells, field)) continue;
      ops.push_back({OpKind::edit, {now->first, {}}, field, {}, held, {}, {}, {}});
    }
  }
  return ops;
}

void Engine::on(const LinkDown&) { link_up_ = pulling_ = pushing_ = false; }

void Engine::on(const Hinted& event) {
  if (event.head != 0 && event.head <= memory_.cursor && memory_.has_mirror) return;
  at_head_ = false;
  ask_for_changes();
}

void Engine::ask_for_changes() {
  if (!link_up_) return;
  if (pulling_) {
    pull_again_ = true;
    return;
  }
  pulling_ = true;
  pull_again_ = false;
  out_.emplace_back(SendPull{{memory_.store, memory_.cursor, !memory_.has_mirror}});
}

void Engine::on(const PullFailed& event) {
  pulling_ = false;
  note_failure("the cloud does not give its changes", event.reason);
  ask_for_changes();
}

void Engine::on(Pulled event) {
  pulling_ = false;
  note_success();
  PullAnswer& answer = event.answer;
  const bool fits =
      answer.snapshot ? !memory_.has_mirror : memory_.has_mirror && answer.after == memory_.cursor;
  if (!fits) {
    ask_for_changes();
    return;
  }
  SaveMirror save;
  if (answer.snapshot) {
    const merge::Mirror rescued = std::exchange(memory_.mirror, {});
    apply_snapshot(answer, save);
    // A crash may have come between these two effects: what is queued already is not queued again.
    const bool queued = std::ranges::any_of(
        memory_.queue, [](const Push& push) { return push.author == rescue_author; });
    if (!queued) enqueue(rescued_ops(rescued), std::string(rescue_author));
  } else {
    apply_changes(answer, save);
  }
  const HeldBack& held = memory_.held_back;
  save.held_decided =
      held.number != 0 && held.number == answer.decided_number && memory_.cursor >= answer.head;
  if (save.held_decided) {
    memory_.held_back = {};
    keep_refused_ = true;
  }
  const bool moved = answer.snapshot || !answer.changes.empty() || save.held_decided ||
                     save.applied_number != memory_.applied_number;
  save.cursor = memory_.cursor;
  save.chain = memory_.chain;
  trim_queue(save.applied_number);
  memory_.applied_number = save.applied_number;
  if (moved) out_.emplace_back(std::move(save));
  if (moved) plan_ = Plan::due;
  at_head_ = memory_.cursor >= answer.head;
  if (!at_head_ || pull_again_) ask_for_changes();
  if (pending_seen_ && memory_.has_mirror && at_head_ && frozen_.empty()) take_pending();
  send_next_push();
}

void Engine::apply_snapshot(PullAnswer& answer, SaveMirror& save) {
  save.replace = true;
  for (Entry& entry : answer.rows) {
    merge::MirrorRow row{std::move(entry.cells), std::move(entry.measurement), entry.version, {}};
    save.upserted.emplace_back(entry.id, row);
    memory_.mirror.insert_or_assign(entry.id, std::move(row));
  }
  memory_.has_mirror = true;
  memory_.cursor = answer.head;
  memory_.chain = answer.chain;
  save.applied_number = answer.applied_number;
}

void Engine::apply_changes(PullAnswer& answer, SaveMirror& save) {
  std::set<EntryId> touched;
  for (Change& change : answer.changes) {
    touched.insert(change.entry_id);
    memory_.cursor = change.seq;
    memory_.chain = change.chain;
    if (!change.after) {
      memory_.mirror.erase(change.entry_id);
      measured_.erase(change.entry_id);
      continue;
    }
    merge::MirrorRow& row = memory_.mirror[change.entry_id];
    row.cells = std::move(*change.after);
    row.measurement = std::move(change.measurement);
    row.version = change.seq;
    if (!change.uid.empty()) row.uid = change.uid;
    const auto sent = measured_.find(change.entry_id);
    if (sent != measured_.end() && same_measurement(sent->second, row.measurement)) {
      measured_.erase(sent);
    }
  }
  // What the page of changes came to: a row deleted and restored in it is there.
  for (const EntryId id : touched) {
    const auto row = memory_.mirror.find(id);
    if (row == memory_.mirror.end()) {
      save.removed.push_back(id);
    } else {
      save.upserted.emplace_back(*row);
    }
  }
  // In the middle of the feed the newest push may be here only in part.
  const bool complete = memory_.cursor >= answer.head;
  save.applied_number = complete ? answer.applied_number : memory_.applied_number;
}

void Engine::trim_queue(std::int64_t applied_number) {
  while (!memory_.queue.empty() && memory_.queue.front().number <= applied_number) {
    memory_.queue.pop_front();
  }
}

// ---- media and commands

void Engine::on(const Measured& event) {
  std::vector<Op> ops;
  for (const auto& [id, measurement] : event.rows) {
    const auto row = memory_.mirror.find(id);
    if (row == memory_.mirror.end()) continue;
    const auto sent = measured_.find(id);
    const auto& known = sent != measured_.end() ? sent->second : row->second.measurement;
    if (same_measurement(known, measurement)) continue;
    measured_[id] = measurement;
    Op op;
    op.kind = OpKind::measure;
    op.row.id = id;
    op.measurement = measurement;
    ops.push_back(std::move(op));
  }
  enqueue(std::move(ops), "media");
}

void Engine::on(const Commanded& event) {
  EntryId id = memory_.mirror.contains(event.id) ? event.id : 0;
  Cells cells;
  for (Field field : all_fields) at(cells, field) = event.cells[index(field)].value_or("");
  if (id == 0 && event.action != "delete") {
    for (const auto& [known, row] : memory_.mirror) {
      if (natural_key(row.cells) == natural_key(cells)) id = known;
    }
  }
  std::vector<Op> ops;
  if (event.action == "delete") {
    if (id == 0) return;
    ops.push_back({OpKind::remove, {id, {}}, {}, {}, {}, memory_.mirror.at(id).cells, {}, {}});
  } else if (id == 0) {
    const std::string uid = merge::uid_text(lineage(), memory_.next_uid++);
    ops.push_back({OpKind::insert, {0, uid}, {}, {}, {}, cells, {}, {}});
  } else {
    const Cells& known = memory_.mirror.at(id).cells;
    for (Field field : all_fields) {
      const auto& wanted = event.cells[index(field)];
      if (!wanted || *wanted == at(known, field)) continue;
      ops.push_back({OpKind::edit, {id, {}}, field, at(known, field), *wanted, {}, {}, {}});
    }
  }
  enqueue(std::move(ops), "webhook", event.key);
}

}  // namespace tracker::sync

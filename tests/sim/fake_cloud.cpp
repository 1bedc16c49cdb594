#include "fake_cloud.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace tracker::sim {

bool FakeCloud::there(EntryId id) const {
  const auto row = rows_.find(id);
  return row != rows_.end() && !row->second.state.removed;
}

void FakeCloud::record(Row& row, ChangeKind kind, const std::optional<Cells>& before, Origin origin,
                       std::int64_t push_number, const std::string& uid) {
  Change change;
  change.seq = head() + 1;
  change.entry_id = row.state.id;
  change.kind = kind;
  change.before = before;
  change.origin = origin;
  change.push_number = push_number;
  change.measurement = row.state.measurement;
  change.uid = uid.empty() && kind == ChangeKind::restore ? row.uid : uid;
  if (!row.state.removed) change.after = row.state.cells;
  for (Field field : all_fields) {
    const bool same = before && change.after && at(*before, field) == at(*change.after, field);
    if (!same && change.after) row.state.cell_seq[index(field)] = change.seq;
  }
  if (kind == ChangeKind::insert) {
    row.state.inserted_seq = change.seq;
    row.state.inserted_by_workbook = origin == Origin::excel;
  }
  row.version = change.seq;
  std::string text = feed_.empty() ? std::string() : feed_.back().chain;
  text += std::to_string(change.seq) + '|' + std::to_string(change.entry_id) + '|';
  for (const std::string& cell : row.state.cells) text += cell + '|';
  change.chain = content_digest(text);
  feed_.push_back(std::move(change));
}

EntryId FakeCloud::insert(const Cells& cells, Origin origin) {
  const EntryId id = next_id_++;
  Row& row = rows_[id];
  row.state.id = id;
  row.state.cells = cells;
  record(row, ChangeKind::insert, std::nullopt, origin, 0);
  return id;
}

void FakeCloud::edit(EntryId id, Field field, const std::string& text, Origin origin) {
  if (!there(id)) return;
  Row& row = rows_.at(id);
  const Cells before = row.state.cells;
  at(row.state.cells, field) = text;
  record(row, ChangeKind::edit, before, origin, 0);
}

void FakeCloud::remove(EntryId id, Origin origin) {
  if (!there(id)) return;
  Row& row = rows_.at(id);
  row.state.removed = true;
  record(row, ChangeKind::remove, row.state.cells, origin, 0);
}

sync::HelloOutcome FakeCloud::judge(const sync::Hello& message, bool take_over) const {
  using sync::HelloOutcome;
  const bool held = !lease_.empty() && lease_ != message.store;
  if (held && !take_over) return HelloOutcome::leased;
  const auto known = stores_.find(message.store);
  if (known != stores_.end() && mutant_ != Mutant::rewind_unnoticed) {
    const Store& store = known->second;
    if (message.incarnation < store.incarnation) return HelloOutcome::rewound;
    if (message.incarnation == store.incarnation && message.last_number < store.applied_number) {
      return HelloOutcome::rewound;
    }
  }
  if (message.cursor == 0 || mutant_ == Mutant::chain_ignored) return HelloOutcome::ok;
  const auto place = static_cast<std::size_t>(message.cursor - 1);
  const bool same = place < feed_.size() && feed_[place].chain == message.chain;
  return same ? HelloOutcome::ok : HelloOutcome::diverged;
}

sync::HelloAnswer FakeCloud::hello(const sync::Hello& message, bool take_over) {
  sync::HelloAnswer answer;
  answer.outcome = judge(message, take_over);
  const auto known = stores_.find(message.store);
  if (known != stores_.end()) answer.applied_number = known->second.applied_number;
  answer.head = head();
  if (answer.outcome == sync::HelloOutcome::leased) answer.held_by = lease_;
  if (answer.outcome != sync::HelloOutcome::ok) return answer;
  Store& store = stores_[message.store];
  if (message.incarnation > store.incarnation) store = {message.incarnation, 0, {}, 0};
  answer.applied_number = store.applied_number;
  const auto hash = store.hashes.find(store.applied_number);
  if (hash != store.hashes.end()) answer.applied_hash = hash->second;
  if (mutant_ == Mutant::rewind_unnoticed) {
    answer.applied_number = std::min(answer.applied_number, message.last_number);
    answer.applied_hash.clear();
  }
  next_id_ = std::max(next_id_, message.highest_id + 1);
  answer.epoch = ++epoch_;
  lease_ = message.store;
  return answer;
}

sync::PullAnswer FakeCloud::pull(const sync::Pull& message, std::size_t changes_max) const {
  sync::PullAnswer answer;
  answer.after = message.after;
  answer.head = head();
  const auto known = stores_.find(message.store);
  if (known != stores_.end()) {
    answer.applied_number = known->second.applied_number;
    answer.decided_number = known->second.decided_number;
  }
  answer.snapshot = message.snapshot;
  answer.chain = feed_.empty() ? std::string() : feed_.back().chain;
  if (message.snapshot) {
    for (const auto& [id, row] : rows_) {
      if (row.state.removed) continue;
      Entry entry;
      entry.id = id;
      entry.cells = row.state.cells;
      entry.measurement = row.state.measurement;
      entry.version = row.version;
      answer.rows.push_back(std::move(entry));
    }
    return answer;
  }
  for (auto seq = static_cast<std::size_t>(message.after);
       seq < feed_.size() && answer.changes.size() < changes_max; ++seq) {
    if (mutant_ == Mutant::feed_with_holes && seq % 15 == 14) continue;
    answer.changes.push_back(feed_[seq]);
    if (mutant_ == Mutant::uid_untold) answer.changes.back().uid.clear();
  }
  return answer;
}

sync::PushAnswer FakeCloud::push(const sync::Push& message) {
  sync::PushAnswer answer{message.number, sync::PushOutcome::fenced, 0};
  const bool holds = lease_ == message.store && message.epoch == epoch_ &&
                     stores_.contains(message.store) &&
                     stores_.at(message.store).incarnation == message.incarnation;
  if (!holds && mutant_ != Mutant::epoch_ignored) return answer;
  Store& store = stores_[message.store];
  answer.applied_number = store.applied_number;
  const bool known = message.number <= store.applied_number;
  if (known && mutant_ != Mutant::numbers_ignored) {
    const bool same = store.hashes[message.number] == sync::hash_of(message);
    answer.outcome = same ? sync::PushOutcome::known : sync::PushOutcome::mismatch;
    return answer;
  }
  if (message.number > store.applied_number + 1) {
    answer.outcome = sync::PushOutcome::gap;
    return answer;
  }
  if (!holds) fenced_breach_ = message.store + " pushed without the lease";
  apply(message);
  if (message.held) hold(message);
  store.applied_number = std::max(store.applied_number, message.number);
  store.hashes[message.number] = sync::hash_of(message);
  answer.outcome = sync::PushOutcome::applied;
  answer.applied_number = store.applied_number;
  return answer;
}

std::vector<std::pair<EntryId, EntryId>> FakeCloud::possible_duplicates() const {
  const auto id_of = [this](const RowRef& row) {
    const auto known = ids_by_uid_.find(row.uid);
    return known == ids_by_uid_.end() ? row.id : known->second;
  };
  std::vector<std::pair<EntryId, EntryId>> pairs;
  for (const auto& [row, twin] : twins_) {
    const std::pair pair{id_of(row), id_of(twin)};
    const bool known = rows_.contains(pair.first) && rows_.contains(pair.second);
    if (known && pair.first != pair.second) pairs.push_back(pair);
  }
  return pairs;
}

void FakeCloud::apply(const sync::Push& message) {
  std::vector<Op> ops = message.ops;
  for (const Op& op : ops) {
    if (op.twin != RowRef()) twins_.emplace_back(op.row, op.twin);
  }
  merge::DecideInput input;
  input.based_on = message.based_on;
  input.ids_by_uid = ids_by_uid_;
  if (mutant_ == Mutant::numbers_ignored) {
    for (const Op& op : ops) input.ids_by_uid.erase(op.kind == OpKind::insert ? op.row.uid : "");
  }
  for (const auto& [id, row] : rows_) input.rows.push_back(row.state);
  for (Op& op : ops) {
    if (mutant_ != Mutant::losers_unlogged || op.kind != OpKind::edit) continue;
    const auto row = rows_.find(op.row.id);
    if (row != rows_.end()) op.before = at(row->second.state.cells, op.field);
  }
  input.ops = ops;
  const merge::Decision decision = merge::decide(input);
  for (const merge::RowWrite& write : decision.writes) carry_out(write, message.number);
  for (const merge::DecidedLoser& loser : decision.losers) losers_.insert(loser.losing);
}

void FakeCloud::hold(const sync::Push& message) {
  const auto known = waiting_.find(message.store);
  if (known != waiting_.end()) {
    for (const Op& op : merge::given_up(known->second.held, *message.held)) {
      losers_.insert(op.after);
    }
    waiting_.erase(known);
  }
  if (message.held->empty()) return;
  waiting_[message.store] = {message.incarnation, message.number, *message.held};
}

std::vector<Op> FakeCloud::decide_held(bool approve) {
  std::vector<Op> refused;
  for (const auto& [name, one] : std::exchange(waiting_, {})) {
    Store& store = stores_.at(name);
    if (store.incarnation == one.incarnation) store.decided_number = one.number;
    const std::vector<Op> left = approve ? carry_out(one.held) : one.held.ops;
    refused.insert(refused.end(), left.begin(), left.end());
  }
  for (Op& op : refused) {
    if (op.kind == OpKind::edit) losers_.insert(op.after);
    const auto id = ids_by_uid_.find(op.row.uid);
    if (op.row.id == 0 && id != ids_by_uid_.end()) op.row = {id->second, {}};
  }
  return refused;
}

std::vector<Op> FakeCloud::carry_out(const merge::Held& held) {
  std::vector<merge::CloudRow> rows;
  for (const auto& [id, row] : rows_) rows.push_back(row.state);
  merge::Settled settled = merge::settle(held.ops, rows, ids_by_uid_);
  for (const auto& [id, cells] : settled.updated) {
    Row& row = rows_.at(id);
    const Cells before = std::exchange(row.state.cells, cells);
    record(row, ChangeKind::edit, before, Origin::excel, 0);
  }
  for (const EntryId id : settled.removed) remove(id, Origin::excel);
  return std::move(settled.left_alone);
}

void FakeCloud::carry_out(const merge::RowWrite& write, std::int64_t push_number) {
  const EntryId id = write.id != 0 ? write.id : next_id_++;
  Row& row = rows_[id];
  row.state.id = id;
  if (write.after) row.state.cells = *write.after;
  row.state.removed = !write.after;
  if (write.measured) row.state.measurement = write.measurement;
  if (write.extra) row.state.extra = *write.extra;
  for (const std::string& uid : write.uids) ids_by_uid_.insert_or_assign(uid, id);
  const std::string uid = write.uids.empty() ? std::string() : write.uids.front();
  if (!uid.empty()) row.uid = uid;
  ChangeKind kind = ChangeKind::edit;
  if (!write.before) kind = row.version == 0 ? ChangeKind::insert : ChangeKind::restore;
  if (!write.after) kind = ChangeKind::remove;
  const bool media_only = write.measured && write.before == write.after;
  record(row, media_only ? ChangeKind::media : kind, write.before,
         media_only ? Origin::media : Origin::excel, push_number, uid);
}

}  // namespace tracker::sim

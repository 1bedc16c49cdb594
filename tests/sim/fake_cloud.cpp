#include "fake_cloud.hpp"

namespace tracker::sim {

void FakeCloud::record(EntryId id, ChangeKind kind, Origin origin, std::int64_t push_number) {
  Change change;
  change.seq = head() + 1;
  change.entry_id = id;
  change.kind = kind;
  change.origin = origin;
  change.push_number = push_number;
  change.chain = std::to_string(change.seq);
  const auto row = rows_.find(id);
  if (row != rows_.end()) {
    row->second.version = change.seq;
    change.after = row->second.cells;
    change.uid = row->second.uid;
  }
  feed_.push_back(std::move(change));
}

void FakeCloud::lose(const std::string& text) {
  if (!text.empty()) losers_.insert(text);
}

EntryId FakeCloud::insert(const Cells& cells) {
  const EntryId id = next_id_++;
  rows_[id].cells = cells;
  record(id, ChangeKind::insert, Origin::web, 0);
  return id;
}

bool FakeCloud::edit(EntryId id, Field field, const std::string& text) {
  const auto row = rows_.find(id);
  if (row == rows_.end()) return false;
  at(row->second.cells, field) = text;
  record(id, ChangeKind::edit, Origin::web, 0);
  return true;
}

void FakeCloud::remove(EntryId id) {
  const auto row = rows_.find(id);
  if (row == rows_.end()) return;
  deleted_[id] = row->second.cells;
  rows_.erase(row);
  record(id, ChangeKind::remove, Origin::web, 0);
}

sync::HelloAnswer FakeCloud::hello(const sync::Hello&) const {
  sync::HelloAnswer answer;
  answer.epoch = 1;
  answer.applied_number = applied_number_;
  answer.head = head();
  return answer;
}

sync::PullAnswer FakeCloud::pull(const sync::Pull& message, std::size_t changes_max) const {
  sync::PullAnswer answer;
  answer.after = message.after;
  answer.head = head();
  answer.applied_number = applied_number_;
  answer.snapshot = message.snapshot;
  answer.chain = std::to_string(head());
  if (message.snapshot) {
    for (const auto& [id, row] : rows_) {
      Entry entry;
      entry.id = id;
      entry.cells = row.cells;
      entry.version = row.version;
      answer.rows.push_back(std::move(entry));
    }
    return answer;
  }
  for (auto seq = static_cast<std::size_t>(message.after);
       seq < feed_.size() && answer.changes.size() < changes_max; ++seq) {
    answer.changes.push_back(feed_[seq]);
  }
  return answer;
}

sync::PushAnswer FakeCloud::push(const sync::Push& message) {
  sync::PushAnswer answer;
  answer.number = message.number;
  if (message.number == applied_number_ + 1) {
    for (const Op& op : message.ops) apply(op, message.number);
    applied_number_ = message.number;
  } else {
    answer.outcome =
        message.number <= applied_number_ ? sync::PushOutcome::known : sync::PushOutcome::gap;
  }
  answer.applied_number = applied_number_;
  return answer;
}

void FakeCloud::apply(const Op& op, std::int64_t push_number) {
  EntryId id = op.row.id;
  if (id == 0 && id_of_uid_.contains(op.row.uid)) id = id_of_uid_.at(op.row.uid);
  if (op.kind == OpKind::insert) {
    if (id != 0) return;
    id = next_id_++;
    id_of_uid_[op.row.uid] = id;
    rows_[id] = {op.cells, op.row.uid, 0};
    record(id, ChangeKind::insert, Origin::excel, push_number);
    return;
  }
  if (id == 0) return;
  const auto row = rows_.find(id);
  const bool present = row != rows_.end();
  if (op.kind == OpKind::remove) {
    if (!present) return;
    for (Field field : all_fields) {
      if (at(row->second.cells, field) != at(op.cells, field)) lose(at(row->second.cells, field));
    }
    deleted_[id] = row->second.cells;
    rows_.erase(row);
    record(id, ChangeKind::remove, Origin::excel, push_number);
    return;
  }
  if (!present) rows_[id].cells = deleted_[id];
  Cells& cells = rows_[id].cells;
  for (Field field : all_fields) {
    const bool edited = op.kind == OpKind::edit && op.field == field;
    if (!edited && op.kind != OpKind::restore) continue;
    const std::string& after = edited ? op.after : at(op.cells, field);
    std::string& current = at(cells, field);
    if (current != after && (!edited || current != op.before)) lose(current);
    current = after;
  }
  if (op.kind == OpKind::edit || op.kind == OpKind::restore) {
    record(id, present ? ChangeKind::edit : ChangeKind::restore, Origin::excel, push_number);
  }
}

}  // namespace tracker::sim

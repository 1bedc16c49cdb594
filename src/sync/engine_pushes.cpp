// The engine's pushes: numbered, queued, sent one after the other (design/sync.md §4).
#include "sync/engine.hpp"

namespace tracker::sync {
namespace {

constexpr int failures_untold = 4;  // in a row

}  // namespace

/// The next number, and no ops yet.
Push Engine::empty_push(const std::string& author) {
  Push push;
  push.store = memory_.store;
  push.incarnation = memory_.incarnation;
  push.number = memory_.next_number++;
  push.batch_id =
      memory_.store + "-" + std::to_string(memory_.incarnation) + "-" + std::to_string(push.number);
  push.author = author;
  push.based_on = memory_.cursor;
  return push;
}

/// One save is one batch, in as many pushes as the cloud's limits ask for.
std::vector<Push> Engine::number(std::vector<Op> ops, const std::string& author) {
  std::vector<Push> pushes;
  std::size_t bytes = 0;
  for (Op& op : ops) {
    const std::size_t size = bytes_of(op);
    const bool full = pushes.empty() || pushes.back().ops.size() == ops_in_push_max ||
                      bytes + size > ops_bytes_in_push_max;
    if (full) {
      pushes.push_back(empty_push(author));
      pushes.back().batch_id = pushes.front().batch_id;
      bytes = 0;
    }
    bytes += size;
    pushes.back().ops.push_back(std::move(op));
  }
  memory_.queue.insert(memory_.queue.end(), pushes.begin(), pushes.end());
  return pushes;
}

void Engine::enqueue(std::vector<Op> ops, const std::string& author, std::string command_key) {
  if (ops.empty()) return;
  plan_ = Plan::due;
  SavePushes save;
  save.pushes = number(std::move(ops), author);
  save.next_number = memory_.next_number;
  save.next_uid = memory_.next_uid;
  save.command_key = std::move(command_key);
  out_.emplace_back(std::move(save));
  send_next_push();
}

void Engine::send_next_push() {
  if (!link_up_ || pushing_) return;
  for (const Push& push : memory_.queue) {
    if (push.number <= sent_number_) continue;
    pushing_ = true;
    sent_number_ = push.number;
    Push sent = push;
    sent.epoch = epoch_;
    out_.emplace_back(SendPush{std::move(sent)});
    return;
  }
}

void Engine::on(const PushFailed& event) {
  pushing_ = false;
  note_failure("the cloud does not take what was typed into the workbook", event.reason);
  sent_number_ = 0;  // sent again with the same number: the cloud answers what it knows
  send_next_push();
}

/// A link that breaks is tried again unnoticed; what fails again and again is told.
void Engine::note_failure(std::string_view what, const std::string& reason) {
  if (++failures_ < failures_untold) return;
  link_problem_ = std::string(what) + "; it is tried again: " + reason;
}

void Engine::note_success() {
  if (failures_ >= failures_untold) link_problem_.clear();
  failures_ = 0;
}

void Engine::on(const Pushed& event) {
  pushing_ = false;
  note_success();
  switch (event.answer.outcome) {
    case PushOutcome::applied:
    case PushOutcome::known:
      ask_for_changes();
      break;
    case PushOutcome::gap:
      sent_number_ = event.answer.applied_number;
      if (memory_.queue.empty() || memory_.queue.front().number <= sent_number_ + 1) break;
      link_up_ = false;  // the cloud lost pushes that we have forgotten: hello will tell
      out_.emplace_back(Reconnect{});
      return;
    case PushOutcome::mismatch:  // our numbers were given before: the journal was restored
      restart(false);
      return;
    case PushOutcome::fenced:
      link_up_ = false;
      out_.emplace_back(Reconnect{});
      return;
  }
  send_next_push();
}

}  // namespace tracker::sync

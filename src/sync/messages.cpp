#include "sync/messages.hpp"

#include <array>
#include <boost/json.hpp>
#include <string_view>
#include <utility>

#include "core/digest.hpp"
#include "core/stored_text.hpp"
#include "sync/reader.hpp"

namespace tracker::sync {
namespace {

namespace json = boost::json;

constexpr std::size_t rows_in_snapshot_max = 500'000;
constexpr std::size_t quarantined_max = 1000;

constexpr std::array<std::pair<HelloOutcome, std::string_view>, 5> hello_names{
    {{HelloOutcome::ok, "ok"},
     {HelloOutcome::leased, "leased"},
     {HelloOutcome::rewound, "rewound"},
     {HelloOutcome::diverged, "diverged"},
     {HelloOutcome::too_old, "too_old"}}};
constexpr std::array<std::pair<PushOutcome, std::string_view>, 5> push_names{
    {{PushOutcome::applied, "applied"},
     {PushOutcome::known, "known"},
     {PushOutcome::gap, "gap"},
     {PushOutcome::fenced, "fenced"},
     {PushOutcome::mismatch, "mismatch"}}};

/// The tables name every outcome, in the order of the enumeration.
template <class Key, std::size_t N>
std::string_view name_in(const std::array<std::pair<Key, std::string_view>, N>& table, Key key) {
  return table[static_cast<std::size_t>(key)].second;
}

template <class Key, std::size_t N>
Result<Key> key_in(const std::array<std::pair<Key, std::string_view>, N>& table,
                   std::string_view name) {
  for (const auto& [value, text] : table) {
    if (text == name) return value;
  }
  return fail(ErrorCode::invalid_input, "unknown outcome", {}, "outcome");
}

/// A report has room for so many; of more it counts the rest.
void shorten(std::vector<Waiting>& waiting) {
  if (waiting.size() <= quarantined_max) return;
  const std::size_t told = quarantined_max - 1;
  const std::string rest = "and " + std::to_string(waiting.size() - told) + " more";
  waiting.resize(told);
  waiting.push_back({"workbook", rest});
}

json::array ops_json(const std::vector<Op>& ops) {
  json::array out;
  out.reserve(ops.size());
  for (const Op& op : ops) out.push_back(to_json(op));
  return out;
}

}  // namespace

json::object to_json(const Hello& m) {
  json::object out{{"store", m.store},        {"incarnation", m.incarnation},
                   {"last_n", m.last_number}, {"highest_id", m.highest_id},
                   {"cursor", m.cursor},      {"chain", m.chain},
                   {"protocol", m.protocol},  {"clock", format_rfc3339(m.clock)}};
  if (m.peek) out["peek"] = true;
  return out;
}

json::object to_json(const HelloAnswer& m) {
  return {{"outcome", name_in(hello_names, m.outcome)},
          {"epoch", m.epoch},
          {"applied_n", m.applied_number},
          {"applied_hash", m.applied_hash},
          {"head", m.head},
          {"held_by", m.held_by}};
}

json::object to_json(const Pull& m) {
  return {{"store", m.store}, {"after", m.after}, {"snapshot", m.snapshot}};
}

json::object to_json(const PullAnswer& m) {
  json::array changes;
  changes.reserve(m.changes.size());
  for (const Change& change : m.changes) changes.push_back(tracker::to_json(change));
  json::array rows;
  rows.reserve(m.rows.size());
  for (const Entry& entry : m.rows) rows.push_back(tracker::to_json(entry));
  return {{"after", m.after},       {"changes", std::move(changes)}, {"rows", std::move(rows)},
          {"head", m.head},         {"applied_n", m.applied_number}, {"chain", m.chain},
          {"snapshot", m.snapshot}, {"decided_n", m.decided_number}};
}

json::object to_json(const Push& m) {
  json::object out{{"store", m.store},       {"incarnation", m.incarnation}, {"epoch", m.epoch},
                   {"n", m.number},          {"batch_id", m.batch_id},       {"author", m.author},
                   {"based_on", m.based_on}, {"ops", ops_json(m.ops)}};
  if (m.held) out["held"] = to_json(*m.held);
  return out;
}

json::object to_json(const merge::Held& held) {
  return {{"reason", held.reason}, {"ops", ops_json(held.ops)}};
}

Result<merge::Held> parse_held(const json::value& value) {
  TRY(Reader in, Reader::of(value, "what is held"));
  merge::Held held;
  held.reason = in.text("reason");
  TRY(const json::array* ops, in.list("ops", held_ops_max));
  held.ops.reserve(ops->size());
  for (const json::value& one : *ops) {
    TRY(Op op, parse_op(one));
    if (op.kind != OpKind::edit && op.kind != OpKind::remove) {
      return fail(ErrorCode::invalid_input, "only edits and removals are held", {}, "held");
    }
    held.ops.push_back(std::move(op));
  }
  return held;
}

json::object to_json(const PushAnswer& m) {
  return {{"n", m.number},
          {"outcome", name_in(push_names, m.outcome)},
          {"applied_n", m.applied_number}};
}

json::object to_json(const Applied& m) {
  return {{"store", m.store}, {"seq", m.seq}, {"generation", m.generation}};
}

json::object to_json(const Decide& m) {
  return {{"store", m.store}, {"n", m.number}, {"approve", m.approve}};
}

json::object to_json(const Report& m) {
  std::vector<Waiting> waiting = m.quarantined;
  shorten(waiting);
  json::array quarantined;
  for (const Waiting& one : waiting) {
    quarantined.push_back(json::object{{"where", one.where}, {"reason", one.reason}});
  }
  return {{"store", m.store},
          {"workbookAvailable", m.workbook_available},
          {"rows", m.rows},
          {"openBy", m.open_by.empty() ? json::value(nullptr) : json::value(m.open_by)},
          {"pendingToWorkbook", m.pending_to_workbook},
          {"pendingToCloud", m.pending_to_cloud},
          {"quarantined", std::move(quarantined)},
          {"problem", m.problem.empty() ? json::value(nullptr) : json::value(m.problem)}};
}

Result<Hello> parse_hello(const json::value& value) {
  TRY(Reader in, Reader::of(value, "hello"));
  Hello m;
  TRY(m.store, in.store());
  m.incarnation = in.integer("incarnation", 1);
  m.last_number = in.integer("last_n");
  m.highest_id = in.integer("highest_id");
  m.cursor = in.integer("cursor");
  m.chain = in.text("chain");
  m.protocol = static_cast<int>(in.integer("protocol"));
  m.clock = in.time("clock");
  m.peek = in.flag("peek");
  if (m.incarnation < 1 || m.last_number < 0 || m.cursor < 0 || m.highest_id < 0) {
    return fail(ErrorCode::invalid_input, "hello holds a negative number", {}, "last_n");
  }
  return m;
}

Result<HelloAnswer> parse_hello_answer(const json::value& value) {
  TRY(Reader in, Reader::of(value, "the answer to hello"));
  HelloAnswer m;
  TRY(m.outcome, key_in(hello_names, in.text("outcome")));
  m.epoch = in.integer("epoch");
  m.applied_number = in.integer("applied_n");
  m.applied_hash = in.text("applied_hash");
  m.head = in.integer("head");
  m.held_by = in.text("held_by");
  return m;
}

Result<Pull> parse_pull(const json::value& value) {
  TRY(Reader in, Reader::of(value, "pull"));
  Pull m;
  TRY(m.store, in.store());
  m.after = in.integer("after");
  m.snapshot = in.flag("snapshot");
  if (m.after < 0) return fail(ErrorCode::invalid_input, "after is a change number", {}, "after");
  return m;
}

Result<PullAnswer> parse_pull_answer(const json::value& value) {
  TRY(Reader in, Reader::of(value, "the answer to pull"));
  PullAnswer m;
  m.after = in.integer("after");
  m.head = in.integer("head");
  m.applied_number = in.integer("applied_n");
  m.decided_number = in.integer("decided_n");
  m.chain = in.text("chain");
  m.snapshot = in.flag("snapshot");
  TRY(const json::array* changes, in.list("changes", changes_in_pull_max));
  for (const json::value& one : *changes) {
    TRY(Change change, parse_change(one));
    m.changes.push_back(std::move(change));
  }
  TRY(const json::array* rows, in.list("rows", rows_in_snapshot_max));
  m.rows.reserve(rows->size());
  for (const json::value& one : *rows) {
    TRY(Entry entry, parse_entry(one));
    m.rows.push_back(std::move(entry));
  }
  return m;
}

Result<Push> parse_push(const json::value& value) {
  TRY(Reader in, Reader::of(value, "push"));
  Push m;
  TRY(m.store, in.store());
  m.incarnation = in.integer("incarnation", 1);
  m.epoch = in.integer("epoch");
  m.number = in.integer("n");
  m.batch_id = in.text("batch_id");
  m.author = beginning(in.text("author"), author_bytes_max);
  m.based_on = in.integer("based_on");
  if (m.number < 1) return fail(ErrorCode::invalid_input, "a push is numbered from 1", {}, "n");
  if (m.batch_id.size() > name_length_max) {
    return fail(ErrorCode::invalid_input, "batch_id is too long", {}, "batch_id");
  }
  TRY(const json::array* ops, in.list("ops", ops_in_push_max));
  m.ops.reserve(ops->size());
  for (const json::value& one : *ops) {
    TRY(Op op, parse_op(one));
    m.ops.push_back(std::move(op));
  }
  if (const json::value* held = in.find("held"); held != nullptr) {
    TRY(m.held, parse_held(*held));
  }
  return m;
}

Result<PushAnswer> parse_push_answer(const json::value& value) {
  TRY(Reader in, Reader::of(value, "the answer to push"));
  PushAnswer m;
  m.number = in.integer("n");
  TRY(m.outcome, key_in(push_names, in.text("outcome")));
  m.applied_number = in.integer("applied_n");
  return m;
}

Result<Applied> parse_applied(const json::value& value) {
  TRY(Reader in, Reader::of(value, "applied"));
  Applied m;
  TRY(m.store, in.store());
  m.seq = in.integer("seq");
  m.generation = in.integer("generation");
  if (m.seq < 0) return fail(ErrorCode::invalid_input, "seq is a change number", {}, "seq");
  return m;
}

Result<Decide> parse_decide(const json::value& value) {
  TRY(Reader in, Reader::of(value, "decide"));
  Decide m;
  TRY(m.store, in.store());
  m.number = in.integer("n");
  m.approve = in.flag("approve");
  if (m.number < 1) return fail(ErrorCode::invalid_input, "n is the number of a push", {}, "n");
  return m;
}

Result<Report> parse_report(const json::value& value) {
  TRY(Reader in, Reader::of(value, "report"));
  Report m;
  TRY(m.store, in.store());
  m.workbook_available = in.flag("workbookAvailable");
  m.rows = in.integer("rows");
  m.open_by = in.text("openBy");
  m.pending_to_workbook = in.integer("pendingToWorkbook");
  m.pending_to_cloud = in.integer("pendingToCloud");
  m.problem = in.text("problem");
  TRY(const json::array* quarantined, in.list("quarantined", SIZE_MAX));
  for (const json::value& one : *quarantined) {
    TRY(Reader waiting, Reader::of(one, "a waiting cell"));
    m.quarantined.push_back({waiting.text("where"), waiting.text("reason")});
  }
  shorten(m.quarantined);
  return m;
}

std::size_t bytes_of(const Op& op) {
  std::size_t bytes = 200 + op.before.size() + op.after.size();
  for (const std::string& cell : op.cells) bytes += cell.size();
  for (const auto& [name, text] : op.extra) bytes += name.size() + text.size() + 8;
  return bytes;
}

std::string hash_of(const Push& push) {
  json::object meaning{{"store", push.store},      {"incarnation", push.incarnation},
                       {"n", push.number},         {"batch_id", push.batch_id},
                       {"author", push.author},    {"based_on", push.based_on},
                       {"ops", ops_json(push.ops)}};
  if (push.held) meaning["held"] = to_json(*push.held);
  return hex(sha256(json::serialize(meaning)));
}

}  // namespace tracker::sync

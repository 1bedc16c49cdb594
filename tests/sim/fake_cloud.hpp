// The cloud in memory: thin rows, feed with chain, lease and numbers around the real
// merge::decide (design/sync.md §3-§4). Promises what store::Store promises of hello, pull and
// push; tests/contract holds both against the same histories.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "merge/decide.hpp"
#include "schedule.hpp"
#include "sync/messages.hpp"

namespace tracker::sim {

class FakeCloud {
 public:
  struct Row {
    merge::CloudRow state;
    std::string uid;
    ChangeNumber version = 0;
  };
  using Rows = std::map<EntryId, Row>;

  explicit FakeCloud(Mutant mutant = Mutant::none) : mutant_(mutant) {}

  // web users and plain SQL
  EntryId insert(const Cells& cells, Origin origin = Origin::web);
  void edit(EntryId id, Field field, const std::string& text, Origin origin = Origin::web);
  void remove(EntryId id, Origin origin = Origin::web);

  // the link
  sync::HelloAnswer hello(const sync::Hello& message, bool take_over);
  sync::PullAnswer pull(const sync::Pull& message, std::size_t changes_max) const;
  sync::PushAnswer push(const sync::Push& message);
  // producers
  bool holds_back() const { return !waiting_.empty(); }
  /// Decides all that is held; gives the ops that were not carried out.
  std::vector<Op> decide_held(bool approve);
  /// The holder was silent for longer than the lease lasts.
  void release_lease() { lease_.clear(); }

  const Rows& rows() const { return rows_; }  ///< removed ones too
  bool there(EntryId id) const;
  const std::set<std::string>& losers() const { return losers_; }
  /// Pairs of rows that the page lists as possible duplicates while both are there.
  std::vector<std::pair<EntryId, EntryId>> possible_duplicates() const;
  const std::string& fenced_breach() const { return fenced_breach_; }
  ChangeNumber head() const { return static_cast<ChangeNumber>(feed_.size()); }
  const std::vector<Change>& feed() const { return feed_; }

 private:
  struct Store {
    std::int64_t incarnation = 0;
    std::int64_t applied_number = 0;
    std::map<std::int64_t, std::string> hashes;
    std::int64_t decided_number = 0;
  };
  struct Waiting {
    std::int64_t incarnation = 0;
    std::int64_t number = 0;
    merge::Held held;
  };

  void record(Row& row, ChangeKind kind, const std::optional<Cells>& before, Origin origin,
              std::int64_t push_number, const std::string& uid = {});
  sync::HelloOutcome judge(const sync::Hello& message, bool take_over) const;
  void apply(const sync::Push& message);
  void hold(const sync::Push& message);
  void carry_out(const merge::RowWrite& write, std::int64_t push_number);
  std::vector<Op> carry_out(const merge::Held& held);

  Mutant mutant_;
  Rows rows_;
  std::map<std::string, EntryId> ids_by_uid_;
  std::vector<Change> feed_;
  std::set<std::string> losers_;
  std::vector<std::pair<RowRef, RowRef>> twins_;  ///< which row may be a second copy of which
  EntryId next_id_ = 1;
  std::map<std::string, Store> stores_;
  std::map<std::string, Waiting> waiting_;  ///< what each store holds back
  std::string lease_;
  std::int64_t epoch_ = 0;
  std::string fenced_breach_;
};

}  // namespace tracker::sim

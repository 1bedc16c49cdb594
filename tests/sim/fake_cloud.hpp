// The cloud in memory: rows, feed, numbered pushes, losers (design/sync.md §3 in its simplest
// form).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sync/messages.hpp"

namespace tracker::sim {

class FakeCloud {
 public:
  struct Row {
    Cells cells;
    std::string uid;
    ChangeNumber version = 0;
  };

  // web users
  EntryId insert(const Cells& cells);
  bool edit(EntryId id, Field field, const std::string& text);
  void remove(EntryId id);

  // the link
  sync::HelloAnswer hello(const sync::Hello& message) const;
  sync::PullAnswer pull(const sync::Pull& message, std::size_t changes_max) const;
  sync::PushAnswer push(const sync::Push& message);

  const std::map<EntryId, Row>& rows() const { return rows_; }
  const std::set<std::string>& losers() const { return losers_; }
  ChangeNumber head() const { return static_cast<ChangeNumber>(feed_.size()); }

 private:
  void record(EntryId id, ChangeKind kind, Origin origin, std::int64_t push_number);
  void apply(const Op& op, std::int64_t push_number);
  void lose(const std::string& text);

  std::map<EntryId, Row> rows_;
  std::map<EntryId, Cells> deleted_;
  std::map<std::string, EntryId> id_of_uid_;
  std::vector<Change> feed_;
  std::set<std::string> losers_;
  EntryId next_id_ = 1;
  std::int64_t applied_number_ = 0;
};

}  // namespace tracker::sim

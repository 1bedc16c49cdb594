// What the people of a world did, written down beside the product: every typed value is unique, so
// each can be followed to its end (design/sync.md §6).
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "domain/entry.hpp"

namespace tracker::sim {

/// What a human did since the last save; it counts once the file is on disk.
struct Pending {
  struct Overwrite {
    std::string before;  ///< was on the screen
    std::string after;   ///< was typed
    std::string scene;   ///< of the row
  };
  std::vector<Overwrite> overwrites;
  std::vector<std::string> typed;
  std::vector<std::string> replaced_by_bad;  ///< the cloud keeps these
  std::vector<Cells> deleted;
};

class Ghost {
 public:
  std::string type();                  ///< a new value, never typed before
  std::string type(std::string text);  ///< this one
  void saved(const Pending& pending);
  /// Accepted by the cloud or saved in a readable workbook: may not be lost from now on.
  void keep(const std::string& value) { kept_.insert(value); }
  void keep(const Cells& cells);
  /// The local role has read it. Between two people at one workbook, what nobody read before it was
  /// overwritten may come back: in the other's file it looks newly typed.
  void read(const Cells& cells) { read_.insert(cells.begin(), cells.end()); }
  void two_at_once() { two_at_once_ = true; }
  /// Somebody who had it on the screen overwrote it: may not come back.
  void overwritten(const std::string& value);
  /// Somebody who had it on the screen deleted it.
  void may_go(const std::string& value) { may_be_gone_.insert(value); }
  void may_go(const Cells& cells);
  /// A human copied it or a formula owns it: may stand twice and come back.
  void loosen(const std::string& value) { loose_.insert(value); }
  void loosen(const Cells& cells);
  /// Rows with this scene were copied where the sheet has no ids: which is which is not told by
  /// anything but their cells, so what is written into one may come to stand in the other.
  void copied_without_id(const std::string& scene) { alike_.insert(scene); }
  bool is_copied_without_id(const std::string& scene) const { return alike_.contains(scene); }
  /// In an old copy the shot of this row was retyped: a copy from before that row, in which another
  /// shot of the scene was typed, would be the same file.
  void retyped_in_copy(const std::string& scene) { retyped_.insert(scene); }
  bool is_retyped_in_copy(const std::string& scene) const { return retyped_.contains(scene); }
  void replaces(const std::string& value, const std::string& old);
  void replaces_on_page(const std::string& value, const std::string& old);
  /// `text` stood in the cell of `value` before.
  bool was_before(const std::string& text, const std::string& value) const;
  /// What stood in the one's cell stood in the other's.
  bool share_past(const std::string& one, const std::string& other) const;
  /// The row was deleted or copied: if that is not believed, it stands as it stood before.
  void loosen_what_it_replaced(const std::string& value);
  /// A part came back from a backup: workbook and cloud are joined anew, old values return.
  void parts_are_joined() { ++joined_times_; }
  /// Values that nobody holds any more after the database went back in time.
  void forget_all_but(const std::unordered_set<std::string>& held);

  /// '' or the first value that came back, came from nowhere, or is lost. `present`: cloud and
  /// workbook; `drafts`: rows of the workbook that are not sent.
  std::string judge(const std::unordered_set<std::string>& present,
                    const std::unordered_set<std::string>& drafts,
                    const std::set<std::string>& losers) const;
  bool is_loose(const std::string& value) const {
    // Of two people's files and parts from a backup only the journal knew what was what.
    // What came back with one backup may come back with the next in another form.
    const bool doubtful = (joined() && two_at_once_) || joined_times_ > 1;
    return value.empty() || loose_.contains(value) || doubtful;
  }
  bool joined() const { return joined_times_ > 0; }

 private:
  std::set<std::string> past_of(const std::string& value) const;

  int typed_count_ = 0;
  int joined_times_ = 0;
  bool two_at_once_ = false;
  std::unordered_set<std::string> read_;
  std::unordered_set<std::string> typed_;
  std::unordered_set<std::string> kept_;
  std::unordered_set<std::string> may_be_gone_;
  std::unordered_set<std::string> must_be_gone_;
  std::unordered_set<std::string> loose_;
  std::unordered_set<std::string> alike_;
  std::unordered_set<std::string> retyped_;
  std::multimap<std::string, std::string> replaced_;
  std::multimap<std::string, std::string> past_;  ///< value -> what stood there before it
};

}  // namespace tracker::sim

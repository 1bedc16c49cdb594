// The brain of the local role: events in, effects out (design/sync.md).
//
// The engine decides when to observe, push, pull and write; it never acts in direct reaction to an
// outside event but from its state, so a storm of saves or hints costs one cycle. It has no clock,
// disk, network or random of its own: the simulator drives this very class. Not thread-safe: one
// actor owns it. References that it returns live until the next step().
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "sync/events.hpp"
#include "sync/memory.hpp"

namespace tracker::sync {

class Engine {
 public:
  explicit Engine(Memory memory, merge::GuardLimits limits = {});

  Effects step(Event event);

  const Memory& memory() const { return memory_; }
  Hello hello() const;  ///< without the clock
  Report report() const;
  const std::string& workbook_digest() const { return digest_; }
  const SharedImage& image() const { return image_; }
  /// Why the workbook's rows are not taken now; '' = they are.
  const std::string& frozen() const { return frozen_; }
  const SharedState& sheet() const { return sheet_; }
  std::span<const std::uint32_t> row_numbers() const { return row_numbers_; }
  /// True when nothing is queued, in flight or waiting to be written.
  bool at_rest() const;
  /// True when the cloud has told everything that it knew a moment ago.
  bool at_head() const { return link_up_ && at_head_; }
  /// Of the last replacement that changed anything; '' = none. Undoing it undoes all of it.
  const std::string& replacement_batch() const { return replacement_batch_; }
  /// True when the workbook on disk shows everything that the mirror holds.
  bool nothing_to_write() const { return plan_ == Plan::done && !writing_ && waiting_writes_ == 0; }

 private:
  // events
  void on(WorkbookSeen event);
  void on(const WorkbookUnreadable& event);
  void on(const LockSeen& event);
  void on(WorkbookWritten event);
  void on(const WriteDropped& event);
  void on(const LinkUp& event);
  void on(const LinkDown& event);
  void on(const Hinted& event);
  void on(Pulled event);
  void on(const PullFailed& event);
  void on(const Pushed& event);
  void on(const PushFailed& event);
  void on(const Measured& event);
  void on(const Commanded& event);
  void on(const ReplacementWanted& event);

  // workbook side
  merge::Observation observe(const WorkbookSeen& event) const;
  merge::Observation observe_own(const WorkbookSeen& event) const;
  struct Guesses {
    std::vector<SharedState> states;  ///< the first of equally near ones is taken
    SharedState seen_by_all;          ///< S[g]: whoever saves with token g looked at its rows
    bool trust_ids = true;
  };
  merge::Observation observe_nearest(const Guesses& guesses, const WorkbookSeen& event) const;
  struct Trust {
    bool ids = true;      ///< the token names this store
    bool deletes = true;  ///< a row that is missing was deleted
    bool base = true;     ///< this is the state that the human looked at
    /// If it is not: rows that were on the screen, by uid.
    const std::unordered_set<std::int64_t>* seen = nullptr;
  };
  bool is_other_hand(const WorkbookSeen& event) const;
  merge::Observation observe_other_hand(Guesses guesses, const WorkbookSeen& event) const;
  merge::Observation observe_again(const Guesses& guesses, const WorkbookSeen& event) const;
  merge::Observation observe_against(const merge::SheetState& base, const WorkbookSeen& event,
                                     Trust trust) const;
  bool goes_back(const std::vector<Op>& ops, const merge::SheetState& earlier,
                 const merge::SheetState& last) const;
  const Cells* gone_row(const Bases& bases, EntryId id) const;
  const merge::SheetRow* row_of(const merge::SheetState& state, const RowRef& row) const;
  void leave_out_reverts(merge::Observation& seen, const merge::SheetState& earlier,
                         bool drafts) const;
  void give_way(std::vector<Op>& ops, const std::vector<SharedState>& older,
                const merge::SheetState& newer) const;
  void keep_what_is_not_in(std::vector<Op>& ops, const merge::SheetState& other) const;
  void log_what_differs(std::vector<Op>& ops, const merge::SheetState& other) const;
  void edit_known_rows(merge::Observation&, const Guesses&, const workbook::Image&) const;
  void keep_in_drafts(std::vector<Op>& ops, const merge::SheetState& earlier,
                      const merge::SheetState& last) const;
  void mark_twins(merge::Observation& seen, const Guesses& guesses) const;
  void take_as_edited(std::vector<Op>& ops, const merge::SheetState& earlier) const;
  void take_as_unseen(std::vector<Op>& ops, const merge::SheetState& earlier) const;
  bool is_nearest(const merge::SheetState& state, const Guesses& guesses,
                  const WorkbookSeen& event) const;
  std::size_t distance_from(const merge::SheetState& state, const WorkbookSeen& event) const;
  merge::ObserveInput against_cloud(const WorkbookSeen& event, merge::SheetState& base) const;
  merge::Observation first_contact(const WorkbookSeen& event) const;
  merge::Observation replacement(const WorkbookSeen& event) const;
  void take(const WorkbookSeen& event);
  void wait_with(const WorkbookSeen& event);
  void take_pending();
  void freeze(const WorkbookSeen& event, std::string reason);
  merge::Held hold_back(merge::Observation& seen, const workbook::Image& image) const;
  void tell_held(SaveObservation& save, merge::Held held);
  std::unordered_map<std::string, EntryId> ids_by_uid() const;
  void resolve_rows(std::vector<Op>& ops) const;
  void learn_ids(merge::SheetState& rows) const;
  void plan_write();
  bool may_write() const;
  void write(merge::SheetPlan plan);
  void tell_applied();
  merge::Overlay overlay() const;
  void keep_refusals(const merge::SheetState& before, std::span<const std::uint32_t> row_numbers,
                     const std::vector<workbook::Refusal>& refusals);
  void refuse_what_is_missing();
  void rename_kept(const merge::SheetState& before, std::span<const std::uint32_t> numbers);
  std::string lineage() const;

  // cloud side
  void apply_snapshot(PullAnswer& answer, SaveMirror& save);
  void apply_changes(PullAnswer& answer, SaveMirror& save);
  void trim_queue(std::int64_t applied_number);
  Push empty_push(const std::string& author);
  std::vector<Push> number(std::vector<Op> ops, const std::string& author);
  void note_failure(std::string_view what, const std::string& reason);
  void note_success();
  void enqueue(std::vector<Op> ops, const std::string& author, std::string command_key = {});
  void ask_for_changes();
  void send_next_push();
  bool gave_numbers_again(const HelloAnswer& answer) const;
  void restart(bool rescue);
  std::vector<Op> rescued_ops(const merge::Mirror& rescued) const;

  Memory memory_;
  merge::GuardLimits limits_;
  Effects out_;

  // the sheet as last observed or written
  SharedImage image_;
  SharedState sheet_;
  std::vector<std::uint32_t> row_numbers_;
  std::string digest_;
  std::vector<merge::Kept> kept_;
  std::vector<Waiting> refused_;
  std::set<EntryId> refused_appends_;
  std::set<std::int64_t> refused_rows_;
  enum class Plan { done, due, waits };  ///< waits: known, until somebody may write
  Plan plan_ = Plan::done;        ///< due: sheet or mirror changed since they were last compared
  bool write_blocked_ = false;    ///< the last write did not happen: look at the folder first
  bool session_changed_ = false;  ///< a human saved changes since our last generation
  bool keep_refused_ = false;     ///< a producer decided: what the next write replaces is kept
  std::optional<WorkbookSeen> pending_first_;  ///< waits for the first mirror, before this one:
  std::optional<WorkbookSeen> pending_seen_;   ///< waits for the first mirror, or is frozen
  std::string frozen_;
  bool replacement_wanted_ = false;
  std::string replacement_batch_;
  std::string unreadable_;
  std::string link_problem_;
  int failures_ = 0;  ///< of the link, in a row
  std::string write_problem_;
  std::string open_by_;
  bool lock_seen_ = false;  ///< somebody had it open since the last observation, or still then
  bool left_ = false;       ///< and at the last look nobody had
  bool all_left_ = false;   ///< everybody has closed what was last observed: who opens it sees that
  bool was_late_ = false;   ///< what was last observed came late: others may show what was before
  bool two_hands_ = true;   ///< two people saved since our last generation, or before the start
  std::int64_t waiting_writes_ = 0;

  bool link_up_ = false;
  bool at_head_ = false;
  bool pulling_ = false;
  bool pull_again_ = false;
  bool writing_ = false;
  ChangeNumber told_seq_ = 0;  ///< the cloud knows that changes up to here are in the workbook
  std::int64_t epoch_ = 0;
  std::int64_t sent_number_ = 0;  ///< highest push sent on this connection
  bool pushing_ = false;
  std::map<EntryId, std::optional<Measurement>> measured_;  ///< sent, not yet in the mirror
};

}  // namespace tracker::sync

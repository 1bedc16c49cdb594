// One world: the real engine between a human with a workbook and a cloud with users, under a
// schedule that a seed decides. Messages are dropped, answers lost, saves fall into our writes,
// the local role crashes between any two effects. At the end faults stop and the world must agree:
// nothing typed is lost, nothing comes twice, nothing comes back (design/sync.md §6).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fake_cloud.hpp"
#include "fake_journal.hpp"
#include "fake_workbook.hpp"
#include "random.hpp"

namespace tracker::sim {

struct Mode {
  bool with_ids = true;  ///< the sheet has our ID column
  bool crashes = true;
  bool human_in_window = true;  ///< saves in the middle of our write
  bool locks = true;            ///< an open workbook is seen as open
};

class World {
 public:
  World(std::uint64_t seed, Mode mode);

  /// Runs the whole schedule. '' or what was violated.
  std::string run();
  const std::vector<std::string>& trace() const { return trace_; }

 private:
  // schedule
  void begin();
  void random_step();
  void heal();
  void settle();

  // people
  void human_acts();
  void human_edits(workbook::Image& image);
  void human_saves();
  void web_user_acts();
  std::string type_value();
  Cells type_row();
  void may_vanish(const Cells& cells);

  // the shell around the engine
  void crash();
  void start_engine();
  void feed(sync::Event event);
  void perform(sync::Effects effects);
  void look();
  bool write(sync::WriteWorkbook& effect);
  void deliver_one(bool faults);
  void deliver_pull(const sync::Pull& message, bool faults);
  void deliver_push(const sync::Push& message, bool faults);

  // judgement
  std::string violation() const;
  std::string rows_text() const;
  void note(std::string what) { trace_.push_back(std::move(what)); }

  Random random_;
  Mode mode_;
  std::vector<std::string> trace_;
  FakeCloud cloud_;
  FakeJournal journal_{"store"};
  std::unique_ptr<sync::Engine> engine_;
  FakeFile target_;
  std::optional<workbook::Image> editor_;  ///< what the human has open
  bool edited_ = false;
  std::deque<sync::Pull> pulls_;
  std::deque<sync::Push> pushes_;
  std::deque<sync::Event> events_;
  bool crashed_ = false;
  bool faults_ = true;

  // ghost state: every typed value is unique
  int typed_ = 0;
  std::set<std::string> in_workbook_or_cloud_;  ///< accepted or saved: must not be lost
  std::set<std::string> may_be_gone_;           ///< somebody who saw it overwrote or deleted it
  std::set<std::string> must_be_gone_;          ///< overwritten by who saw it: may not return
  std::vector<std::pair<std::string, std::string>> human_overwrites_;  ///< until the save
  std::vector<std::string> human_typed_;
  std::vector<Cells> human_deleted_;
};

}  // namespace tracker::sim

// The local role around the real engine: what src/local does with files, journal and link, done
// with fakes. May crash between any two effects and lose, double and delay messages.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_cloud.hpp"
#include "fake_journal.hpp"
#include "people.hpp"

namespace tracker::sim {

class LocalRole {
 public:
  struct Place {
    const Habits& habits;
    const Mode& mode;
    FakeFolder& folder;
    FakeCloud& cloud;
    People& people;
    std::function<void(std::string)> note;
  };
  LocalRole(Place place, Random& dice);

  void set_dice(Random& dice) { dice_ = &dice; }
  void set_faults(bool on) { faults_ = on; }

  void start();
  void look();
  /// One message or answer arrives, in any order; false if none is under way.
  bool deliver_one();
  void hint();
  void ask_anyway();  ///< the poll behind the hints
  void break_link();
  void feed(sync::Event event);
  void measure();
  /// Ends the process; what is not durable is gone.
  void crash();
  void restore(const FakeJournal& backup);
  void drop_network();

  const sync::Engine& engine() const { return *engine_; }
  const FakeJournal& journal() const { return journal_; }
  const std::vector<sync::Push>& sent() const { return sent_; }
  /// What the shell itself saw go wrong (I11).
  const std::string& violation() const { return violation_; }

 private:
  struct Crashed {};
  struct Request {
    std::variant<sync::Pull, sync::Push> message;
    int connection = 0;
  };
  struct Answer {
    sync::Event event;
    int connection = 0;
  };

  bool chance(unsigned one_in) { return dice_->below(one_in) == 0; }
  void crash_point(unsigned one_in);
  void say_hello();
  void step(sync::Event event);
  void perform(sync::Effect& effect);
  void recover();
  void answer(const Request& request, bool lost);
  void check_told(const sync::Applied& told);

  // the workbook
  void window();
  sync::Event write(sync::WriteWorkbook& effect);
  void check_no_row_is_made_anew(const workbook::Patch& patch);
  void write_whole_rows(workbook::Patch& patch) const;
  bool exchange(const FakeJournal::Intent& intent);
  bool exchange_names(const FakeJournal::Intent& intent);
  bool replace_aside(const FakeJournal::Intent& intent);
  void keep_displaced(Inode file, std::string digest);
  void remember_saves();
  void rescue_late_saves();
  bool is_open() const { return in_.mode.locks && in_.people.has_open(); }

  Place in_;
  Random* dice_;
  FakeJournal journal_;
  std::unique_ptr<sync::Engine> engine_;
  std::deque<sync::Event> events_;
  std::vector<Request> requests_;
  std::vector<Answer> answers_;
  std::vector<sync::Push> sent_;
  int connection_ = 0;
  int saves_seen_ = -1;
  std::string rescued_digest_;
  /// Their numbers and tokens; a restart forgets them.
  std::vector<std::pair<int, std::optional<workbook::Token>>> saves_read_;
  bool faults_ = false;
  bool was_unreadable_ = false;
  std::string violation_;
};

}  // namespace tracker::sim

// One world: the real engine and the real deciding transaction between humans with a workbook and
// users of the cloud, under a schedule. At the end faults stop and the world must agree: nothing
// typed is lost, nothing comes twice, nothing comes back (design/sync.md §6).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_cloud.hpp"
#include "ghost.hpp"
#include "local_role.hpp"
#include "people.hpp"
#include "schedule.hpp"

namespace tracker::sim {

class World {
 public:
  World(const Schedule& schedule, bool with_trace);

  /// Runs the whole schedule. '' or what was violated.
  std::string run();
  const std::vector<std::string>& trace() const { return trace_; }
  /// At the end a row stood twice, and was listed as a possible duplicate.
  /// Rows stand in the list of possible duplicates at the end.
  bool lists_duplicates() const { return listed_; }
  /// One of them is one: a value that nobody copied stands in both.
  bool has_double() const { return doubled_; }
  /// Workbook and cloud as they stand.
  std::string rows_text() const;

 private:
  void act(const Step& step, Random& dice);
  void rival_acts(Random& dice);
  void backup_acts(Random& dice);
  void a_producer_decides(Random& dice);
  void forget_what_nobody_holds();
  void deliver_all();
  void settle();

  std::string violation();
  void allow_listed_duplicates();
  std::string compare_rows(std::unordered_set<std::string>& present);
  merge::SheetState sheet_with_ids() const;
  std::string compare_row(const workbook::ImageRow& shown, const merge::SheetRow& known,
                          std::unordered_set<std::string>& present, std::size_t& waiting);
  std::string find_twins(const FakeCloud::Row& row, std::unordered_set<std::string>& seen) const;
  std::string not_at_rest();
  void note(std::string what) {
    if (with_trace_) trace_.push_back(std::move(what));
  }

  const Schedule& schedule_;
  bool with_trace_;
  std::vector<std::string> trace_;
  Ghost ghost_;
  FakeFolder folder_;
  FakeCloud cloud_;
  Random dice_;
  std::unique_ptr<People> people_;
  std::unique_ptr<LocalRole> local_;
  std::optional<FakeCloud> cloud_backup_;
  std::optional<FakeJournal> journal_backup_;
  std::int64_t rival_number_ = 0;
  bool listed_ = false;
  bool doubled_ = false;
  std::unordered_set<std::string> drafts_;  ///< values in rows that are not sent
};

}  // namespace tracker::sim

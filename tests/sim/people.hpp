// The people of a world: humans with the workbook open, and users of the page, the API and plain
// SQL. They see only what stands on their screen, and everything they do is told to the ghost.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fake_cloud.hpp"
#include "fake_workbook.hpp"
#include "ghost.hpp"
#include "random.hpp"
#include "schedule.hpp"

namespace tracker::sim {

class People {
 public:
  struct Place {
    const Habits& habits;
    const Mode& mode;
    FakeFolder& folder;
    FakeCloud& cloud;
    Ghost& ghost;
    std::function<bool(const std::string& digest)> was_seen;  ///< by the local role
    std::function<void(std::string)> note;
  };
  explicit People(Place place) : in_(std::move(place)) {}

  Cells type_row();
  void begin(Random& dice);
  void types(Random& dice);
  void saves(Random& dice);
  void opens_or_closes(Random& dice);
  /// True: nobody must open the workbook before it was looked at.
  bool is_odd(Random& dice);
  void web_user(Random& dice, Origin origin);
  void measures_by_hand(Random& dice);
  /// The next one saves and closes; false if nobody is there any more.
  bool one_goes_home(Random& dice);
  /// Opening and saving that falls into the middle of our write: its look at the lock is over.
  void act_in_window(Random& dice);

  /// The local role has saved what it read.
  void was_read(const merge::SheetState& rows);

  bool has_open() const;
  /// Which of two equal rows is which, nothing tells.
  bool copied(const Cells& row) const { return in_.ghost.is_loose(at(row, Field::scene)); }
  int saves_count() const { return saves_; }
  int last_paint() const { return paint_; }
  std::vector<workbook::Image> unsaved_screens() const;
  /// `late`, which somebody went on writing into, is the workbook again in the place of `now`.
  void saved_late(const FakeFile& now, const FakeFile& late);
  /// What `late` adds is taken, but `now`, which was saved after it, stays the workbook.
  void saved_too_late(const FakeFile& late, const FakeFile& now);

 private:
  struct Editor {
    workbook::Image image;
    Pending pending;
    std::optional<std::pair<workbook::Image, Pending>> undo;
    bool edited = false;
    bool has_old_copy = false;
    Inode half_saved;   ///< an in-place save is under way
    std::string known;  ///< digest of the workbook that this human opened, or saved last
  };

  void leave(const Editor& editor);
  void sit_down(workbook::Image image);
  Editor* some_editor(Random& dice);
  void edit(Editor& editor, Random& dice);
  void add_row(Editor& editor, Random& dice);
  void delete_row(Editor& editor, Random& dice);
  void rearrange(Editor& editor, Random& dice);
  void sort_one_column(Editor& editor, Random& dice);
  void copy(Editor& editor, Random& dice);
  void type_cell(Editor& editor, Random& dice);
  void type_odd_cell(Editor& editor, Random& dice);
  void undo(Editor& editor);
  void copied_without_id(const std::string& scene);
  void retypes(const Editor& editor, const workbook::ImageRow& row, Field field);
  void put_text(Editor& editor, workbook::ImageRow& row, Field field, const std::string& text);
  static std::vector<std::string> unsaved_history(Editor& editor, std::string text,
                                                  const std::string& scene);
  void forget_overwrites(Editor& editor, const std::string& text);
  void save(Editor& editor, Random& dice);
  void tell_saved(Editor& editor);
  void finish_in_place(Editor& editor);
  void keep_copy();
  void leave_what_cannot_travel(const workbook::Image& gone, const workbook::Image& screen);
  void leave_what_is_held(const workbook::Image& gone);
  bool use_copy(Random& dice);
  void drop_column(Editor& editor, Random& dice);

  Place in_;
  std::vector<Editor> editors_;
  std::vector<Inode> copies_;
  std::map<std::string, std::vector<std::string>> hidden_;  ///< scene -> its deleted cell
  int saves_ = 0;
  int paint_ = 0;
};

}  // namespace tracker::sim

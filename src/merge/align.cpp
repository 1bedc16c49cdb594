#include "merge/align.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "merge/copies.hpp"
#include "merge/twins.hpp"

namespace tracker::merge {
namespace {

using workbook::Image;
using workbook::ImageRow;
using Pairing = std::vector<std::optional<std::size_t>>;

/// Unpaired rows beyond this are paired by position only: likeness compares each with each.
constexpr std::size_t likeness_rows_max = 300;
/// Likeness: 2 for each equal cell, 1 for each neighbour that is a neighbour in the base too.
constexpr int likeness_min = 6;
constexpr int likeness_min_renamed = 8;  ///< where neither scene nor shot is the same
constexpr int likeness_margin = 2;       ///< over the second best, for both rows
constexpr int likeness_same_id = 5;      ///< outweighs both neighbours and the margin
/// Copies of one row beyond this many comparisons are new rows.
constexpr std::size_t namesake_pairs_max = 1'000'000;

class Aligner {
 public:
  Aligner(const SheetState& base, const Image& image, IdTrust ids,
          const std::function<bool(const SheetRow&)>& surely_seen)
      : base_(base),
        sheet_(image.rows),
        trust_ids_(ids == IdTrust::full),
        ids_hint_(ids == IdTrust::hint),
        surely_seen_(surely_seen),
        of_sheet_(sheet_.size()),
        of_base_(base.size()) {
    if (!image.columns.all()) hide_missing_columns(image);
    for (std::size_t b = 0; surely_seen_ && b < base_.size(); ++b) {
      ++notes_[at(cells_of(b), Field::notes)];
    }
    for (const ImageRow& row : sheet_) {
      if (ids_hint_ && row.tracker_id) ++shown_times_[*row.tracker_id];
    }
  }

  Pairing run() {
    pair_unmoved_ends();
    if (trust_ids_) pair_by_id();
    pair_by_key(content_of, true);
    find_copies();
    pair_by_key(natural_key, false);
    if (ids_hint_) pair_by_id();
    pair_by_likeness();
    return std::move(of_sheet_);
  }

 private:
  /// A column that the sheet lacks tells nothing about which row is which.
  void hide_missing_columns(const Image& image) {
    visible_.reserve(base_.size());
    for (const SheetRow& row : base_) {
      visible_.push_back(row.text);
      for (Field field : all_fields) {
        if (!image.columns[index(field)]) at(visible_.back(), field).clear();
      }
    }
  }

  /// What the sheet's columns show of a base row.
  const Cells& cells_of(std::size_t b) const {
    return visible_.empty() ? base_[b].text : visible_[b];
  }

  void pair(std::size_t sheet_index, std::size_t base_index) {
    of_sheet_[sheet_index] = base_index;
    of_base_[base_index] = sheet_index;
  }

  bool same_row(std::size_t sheet_index, std::size_t base_index) const {
    const ImageRow& row = sheet_[sheet_index];
    const SheetRow& old = base_[base_index];
    if (trust_ids_ && old.shown != 0 && old.shown != old.id) return false;  // see pair_namesakes
    const bool same_id = row.tracker_id ? *row.tracker_id == shown_id(old) : old.shown == 0;
    return (!trust_ids_ || same_id) && row.cells == cells_of(base_index);
  }

  /// Rows at the same place with the same content, from the top and from the bottom: nearly all.
  void pair_unmoved_ends() {
    const std::size_t rows = std::min(base_.size(), sheet_.size());
    std::size_t top = 0;
    for (; top < rows && same_row(top, top); ++top) pair(top, top);
    for (std::size_t bottom = 1; bottom + top <= rows; ++bottom) {
      const std::size_t s = sheet_.size() - bottom;
      const std::size_t b = base_.size() - bottom;
      if (!same_row(s, b)) break;
      pair(s, b);
    }
  }

  /// The id that the file shows in a row: a copied row shows its original's until it gets its own.
  static EntryId shown_id(const SheetRow& row) { return row.shown != 0 ? row.shown : row.id; }

  /// Rows that show one id: an original and its copies.
  struct Namesakes {
    std::vector<std::size_t> olds;
    std::vector<std::size_t> news;
  };

  void pair_by_id() {
    std::map<EntryId, Namesakes> by_id;
    for (std::size_t b = 0; b < base_.size(); ++b) {
      if (!of_base_[b] && shown_id(base_[b]) != 0) by_id[shown_id(base_[b])].olds.push_back(b);
    }
    for (std::size_t s = 0; s < sheet_.size(); ++s) {
      if (of_sheet_[s] || !sheet_[s].tracker_id) continue;
      const auto found = by_id.find(*sheet_[s].tracker_id);
      if (found != by_id.end()) found->second.news.push_back(s);
    }
    for (const auto& [id, rows] : by_id) {
      if (!rows.news.empty()) pair_namesakes(id, rows);
    }
  }

  /// The nearest ones are paired; among equals an unchanged original, then those in the same order,
  /// for whoever edits two copies has not moved them too.
  void pair_namesakes(EntryId id, const Namesakes& rows) {
    struct Match {
      int score;
      std::size_t s, b;
    };
    std::vector<Match> matches;
    const std::size_t news_max = std::max<std::size_t>(1, namesake_pairs_max / rows.olds.size());
    for (std::size_t n = 0; n < std::min(rows.news.size(), news_max); ++n) {
      for (std::size_t o = 0; o < rows.olds.size(); ++o) {
        const std::size_t s = rows.news[n];
        const std::size_t b = rows.olds[o];
        const bool original = base_[b].id == id;
        if (!original && !may_be_seen(s, b)) continue;
        if (ids_hint_ && !has_key_of(s, b)) continue;
        const bool same = sheet_[s].cells == cells_of(b);
        const bool in_order = !same && n == o && rows.news.size() == rows.olds.size();
        const int near = equal_cells(sheet_[s].cells, cells_of(b)) + same * int{field_count};
        matches.push_back({4 * near + 2 * in_order + original, s, b});
      }
    }
    std::sort(matches.begin(), matches.end(), [](const Match& one, const Match& two) {
      return std::tie(two.score, one.s, one.b) < std::tie(one.score, two.s, two.b);
    });
    for (const Match& match : matches) {
      if (!of_sheet_[match.s] && !of_base_[match.b]) pair(match.s, match.b);
    }
  }

  /// `repeated`: equal keys are paired in order; otherwise only keys unique on both sides.
  template <class Key>
  void pair_by_key(Key key, bool repeated) {
    struct Candidates {
      std::vector<std::size_t> olds;
      std::size_t next = 0;
      std::size_t news = 0;
    };
    std::unordered_map<std::string, Candidates> by_key;
    for (std::size_t b = 0; b < base_.size(); ++b) {
      if (!of_base_[b]) by_key[key(cells_of(b))].olds.push_back(b);
    }
    if (by_key.empty()) return;
    std::vector<std::pair<std::size_t, Candidates*>> wanted;
    for (std::size_t s = 0; s < sheet_.size(); ++s) {
      if (of_sheet_[s]) continue;
      const auto found = by_key.find(key(sheet_[s].cells));
      if (found == by_key.end()) continue;
      const std::size_t first = found->second.olds.front();
      if (!repeated && (!may_be(s, first) || yields(s, first))) continue;
      ++found->second.news;
      wanted.emplace_back(s, &found->second);
    }
    for (const auto& [s, candidates] : wanted) {
      const bool unique = candidates->olds.size() == 1 && candidates->news == 1;
      if (!repeated && !unique) continue;
      if (candidates->next < candidates->olds.size()) pair(s, candidates->olds[candidates->next++]);
    }
  }

  /// A row that shows the trusted id of another base row is a copy: by its looks it can only be a
  /// row that has no id yet, the copy that an earlier save brought.
  bool may_be(std::size_t s, std::size_t b) const {
    return !trust_ids_ || !sheet_[s].tracker_id || base_[b].id == 0;
  }

  static std::vector<std::size_t> unpaired(const Pairing& pairing) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < pairing.size(); ++i) {
      if (!pairing[i]) rows.push_back(i);
    }
    return rows;
  }

  void find_copies() {
    news_ = unpaired(of_sheet_);
    if (news_.size() < 2 || news_.size() > likeness_rows_max / 3) return;  // each with each, often
    copies_ = copies_in(sheet_, news_, [this](std::size_t s) {
      return of_sheet_[s] && sheet_[s].cells == cells_of(*of_sheet_[s]);
    });
  }

  /// A copy of a row that stayed is not also a third row, as long as another new row is as near to
  /// that: a copy and one edit are likelier than a copy and two.
  bool yields(std::size_t s, std::size_t b) const {
    if (!copies_.contains(s)) return false;
    const int near = equal_cells(sheet_[s].cells, cells_of(b));
    return std::ranges::any_of(news_, [&](std::size_t other) {
      return !of_sheet_[other] && !copies_.contains(other) &&
             equal_cells(sheet_[other].cells, cells_of(b)) >= near;
    });
  }

  /// Notes are nobody's coincidence: no other row has them.
  bool has_own_notes(std::size_t b) const {
    const std::string& text = at(cells_of(b), Field::notes);
    return !text.empty() && notes_.at(text) == 1;
  }

  /// A base row that may never have been on the screen: this one has its key, or nothing of it was
  /// changed but that one cell of the key is blank, or is another one beside notes of its own.
  bool may_be_seen(std::size_t s, std::size_t b) const {
    if (!surely_seen_ || surely_seen_(base_[b])) return true;
    const Cells& now = sheet_[s].cells;
    const Cells& old = cells_of(b);
    const bool scene = same(Field::scene, s, b);
    const bool shot = same(Field::shot, s, b);
    const bool one_blank =
        (scene || at(now, Field::scene).empty()) && (shot || at(now, Field::shot).empty());
    const bool else_equal = equal_cells(now, old) + 1 == equal_cells(old, old);
    const bool same_notes = same(Field::notes, s, b) && has_own_notes(b);
    return (scene && shot) || (else_equal && (one_blank || same_notes));
  }

  bool same(Field field, std::size_t s, std::size_t b) const {
    return at(sheet_[s].cells, field) == at(cells_of(b), field);
  }

  bool has_key_of(std::size_t s, std::size_t b) const {
    return same(Field::scene, s, b) && same(Field::shot, s, b);
  }

  bool renamed(std::size_t s, std::size_t b) const {
    return !same(Field::scene, s, b) && !same(Field::shot, s, b);
  }

  int likeness(std::size_t s, std::size_t b) const {
    const int equal = equal_cells(sheet_[s].cells, cells_of(b));
    if (equal == 0 || !may_be(s, b)) return 0;  // a place alone makes no likeness
    if (!may_be_seen(s, b)) return 0;
    const auto before_s = s > 0 ? of_sheet_[s - 1] : std::nullopt;
    const bool first_in_both = s == 0 && b == 0;
    const bool follows = first_in_both || (before_s && b > 0 && *before_s == b - 1);
    const auto after_s = s + 1 < sheet_.size() ? of_sheet_[s + 1] : std::nullopt;
    const bool last_in_both = s + 1 == sheet_.size() && b + 1 == base_.size();
    const bool precedes = last_in_both || (after_s && *after_s == b + 1);
    const bool same_id = ids_hint_ && sheet_[s].tracker_id == base_[b].id &&
                         shown_times_.at(base_[b].id) == 1;  // copies show it too
    return 2 * equal + follows + precedes + same_id * likeness_same_id;
  }

  void pair_by_likeness() {
    std::vector<std::size_t> news = unpaired(of_sheet_);
    std::vector<std::size_t> olds = unpaired(of_base_);
    if (news.empty() || olds.empty()) return;
    if (news.size() > likeness_rows_max || olds.size() > likeness_rows_max) {
      pair_runs(news, olds);
      return;
    }
    while (pair_clearest(news, olds)) {
    }
    pair_runs(news, olds);
  }

  /// Pairs the clearest likeness; false when none is clear.
  bool pair_clearest(std::vector<std::size_t>& news, std::vector<std::size_t>& olds) {
    struct Best {
      int score = 0, second = 0;
      std::size_t partner = 0;
      void offer(int value, std::size_t who) {
        if (value > score) {
          second = std::exchange(score, value);
          partner = who;
        } else {
          second = std::max(second, value);
        }
      }
    };
    std::vector<Best> of_new(news.size());
    std::vector<Best> of_old(olds.size());
    // Rows that look like an earlier one of the list are no rivals, and wait for a later turn.
    const auto new_again = repeats(news, [&](auto s) -> const Cells& { return sheet_[s].cells; });
    const auto old_again = repeats(olds, [&](auto b) -> const Cells& { return cells_of(b); });
    for (std::size_t n = 0; n < news.size(); ++n) {
      for (std::size_t o = 0; o < olds.size(); ++o) {
        if (new_again[n] || old_again[o] || yields(news[n], olds[o])) continue;
        const int score = likeness(news[n], olds[o]);
        of_new[n].offer(score, o);
        of_old[o].offer(score, n);
      }
    }
    bool paired = false;
    std::vector<bool> new_done(news.size());
    std::vector<bool> old_done(olds.size());
    for (std::size_t n = 0; n < news.size(); ++n) {
      const Best& best = of_new[n];
      const int wanted = renamed(news[n], olds[best.partner]) ? likeness_min_renamed : likeness_min;
      if (best.score < wanted || best.score - best.second < likeness_margin) continue;
      const Best& back = of_old[best.partner];
      if (back.partner != n || back.score - back.second < likeness_margin) continue;
      pair(news[n], olds[best.partner]);
      new_done[n] = old_done[best.partner] = paired = true;
    }
    drop_if(news, new_done);
    drop_if(olds, old_done);
    return paired && !news.empty() && !olds.empty();
  }

  static void drop_if(std::vector<std::size_t>& rows, const std::vector<bool>& done) {
    std::size_t i = 0;
    std::erase_if(rows, [&](std::size_t) { return done[i++]; });
  }

  /// Runs of equal length between the same paired neighbours, whose rows share most cells one by
  /// one: a block that was retyped or filled down in place.
  void pair_runs(const std::vector<std::size_t>& news, const std::vector<std::size_t>& olds) {
    for (std::size_t n = 0; n < news.size();) {
      std::size_t length = 1;
      while (n + length < news.size() && news[n + length] == news[n] + length) ++length;
      const auto first = base_run_at(news[n], length, olds);
      if (first) pair_run(news[n], *first, length);
      n += length;
    }
  }

  /// One by one, but for two that are more alike the other way round: a block that was sorted.
  void pair_run(std::size_t s, std::size_t b, std::size_t length) {
    std::vector<std::size_t> places(length);
    std::iota(places.begin(), places.end(), std::size_t{0});
    const auto alike = [&](std::size_t i, std::size_t place) {
      return equal_cells(sheet_[s + i].cells, cells_of(b + place));
    };
    for (std::size_t i = 0; length <= likeness_rows_max && i < length; ++i) {
      for (std::size_t j = i + 1; j < length; ++j) {
        const auto crossed = alike(i, places[j]) + alike(j, places[i]);
        if (crossed > alike(i, places[i]) + alike(j, places[j])) std::swap(places[i], places[j]);
      }
    }
    for (std::size_t i = 0; i < length; ++i) {
      const std::size_t place = b + places[i];
      const bool fits = may_be(s + i, place) && may_be_seen(s + i, place);
      if (fits && alike(i, places[i]) >= 3) pair(s + i, place);
    }
  }

  std::optional<std::size_t> base_run_at(std::size_t s, std::size_t length,
                                         const std::vector<std::size_t>& olds) const {
    const std::size_t first = s == 0 ? 0 : of_sheet_[s - 1] ? *of_sheet_[s - 1] + 1 : base_.size();
    if (first + length > base_.size()) return std::nullopt;
    for (std::size_t i = 0; i < length; ++i) {
      const bool known = std::binary_search(olds.begin(), olds.end(), first + i);
      if (!known || of_base_[first + i]) return std::nullopt;
    }
    const std::size_t end = first + length;
    const bool closed = end == base_.size() ? s + length == sheet_.size()
                                            : of_base_[end] == std::optional(s + length);
    return closed ? std::optional(first) : std::nullopt;
  }

  const SheetState& base_;
  std::span<const ImageRow> sheet_;
  bool trust_ids_;
  bool ids_hint_;
  const std::function<bool(const SheetRow&)>& surely_seen_;
  std::vector<Cells> visible_;  ///< of the base rows, where the sheet lacks a column
  std::unordered_map<std::string, int> notes_;    ///< how many base rows have them
  std::unordered_map<EntryId, int> shown_times_;  ///< in the sheet
  std::vector<std::size_t> news_;  ///< rows that were not found by all of their cells
  std::set<std::size_t> copies_;   ///< those that look like a row which was
  Pairing of_sheet_;
  Pairing of_base_;
};

}  // namespace

Pairing align(const SheetState& base, const Image& image, IdTrust ids,
              const std::function<bool(const SheetRow&)>& surely_seen) {
  return Aligner(base, image, ids, surely_seen).run();
}

}  // namespace tracker::merge

#include "merge/align.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>

namespace tracker::merge {
namespace {

using workbook::ImageRow;
using Pairing = std::vector<std::optional<std::size_t>>;

/// Unpaired rows beyond this are paired by position only: likeness compares each with each.
constexpr std::size_t likeness_rows_max = 300;
/// Likeness: 2 for each equal cell, 1 for each neighbour that is a neighbour in the base too.
constexpr int likeness_min = 6;
constexpr int likeness_min_renamed = 8;  ///< where neither scene nor shot is the same
constexpr int likeness_margin = 2;       ///< over the second best, for both rows

class Aligner {
 public:
  Aligner(const SheetState& base, std::span<const ImageRow> sheet, bool trust_ids,
          bool base_is_sure)
      : base_(base),
        sheet_(sheet),
        trust_ids_(trust_ids),
        base_is_sure_(base_is_sure),
        of_sheet_(sheet.size()),
        of_base_(base.size()) {}

  Pairing run() {
    pair_unmoved_ends();
    if (trust_ids_) {
      pair_known_copies();
      pair_by_id();
    }
    pair_by_key([](const Cells& cells) { return content_of(cells); }, true);
    pair_by_key([](const Cells& cells) { return natural_key(cells); }, false);
    pair_by_likeness();
    return std::move(of_sheet_);
  }

 private:
  static std::string content_of(const Cells& cells) {
    std::string text;
    for (const std::string& cell : cells) {
      text += cell;
      text += '\x1F';
    }
    return text;
  }

  void pair(std::size_t sheet_index, std::size_t base_index) {
    of_sheet_[sheet_index] = base_index;
    of_base_[base_index] = sheet_index;
  }

  bool same_row(std::size_t sheet_index, std::size_t base_index) const {
    const ImageRow& row = sheet_[sheet_index];
    const SheetRow& old = base_[base_index];
    if (trust_ids_ && row.tracker_id.value_or(0) != old.id) return false;
    return row.cells == old.text;
  }

  /// Rows at the same place with the same content, from the top and from the bottom: nearly all.
  void pair_unmoved_ends() {
    const std::size_t rows = std::min(base_.size(), sheet_.size());
    std::size_t top = 0;
    while (top < rows && same_row(top, top)) {
      pair(top, top);
      ++top;
    }
    for (std::size_t bottom = 1; bottom + top <= rows; ++bottom) {
      const std::size_t s = sheet_.size() - bottom;
      const std::size_t b = base_.size() - bottom;
      if (!same_row(s, b)) break;
      pair(s, b);
    }
  }

  std::unordered_map<EntryId, std::size_t> unpaired_ids() const {
    std::unordered_map<EntryId, std::size_t> base_of_id;
    for (std::size_t b = 0; b < base_.size(); ++b) {
      if (!of_base_[b] && base_[b].id != 0) base_of_id.emplace(base_[b].id, b);
    }
    return base_of_id;
  }

  /// A copied row shows its original's id until it has one of its own. Its content tells it from
  /// an original that was edited or deleted since.
  void pair_known_copies() {
    std::unordered_map<std::string, std::deque<std::size_t>> nameless;
    for (std::size_t b = 0; b < base_.size(); ++b) {
      if (!of_base_[b] && base_[b].id == 0) nameless[content_of(base_[b].text)].push_back(b);
    }
    if (nameless.empty()) return;
    const auto originals = unpaired_ids();
    for (const bool shows_id : {false, true}) {
      for (std::size_t s = 0; s < sheet_.size(); ++s) {
        if (of_sheet_[s] || sheet_[s].tracker_id.has_value() != shows_id) continue;
        const auto same = nameless.find(content_of(sheet_[s].cells));
        if (same == nameless.end() || same->second.empty()) continue;
        const auto original = originals.find(sheet_[s].tracker_id.value_or(0));
        if (original != originals.end() && base_[original->second].text == sheet_[s].cells) continue;
        pair(s, same->second.front());
        same->second.pop_front();
      }
    }
  }

  void pair_by_id() {
    const auto base_of_id = unpaired_ids();
    std::unordered_map<std::size_t, std::size_t> best;  // base row -> the copy nearest to it
    for (std::size_t s = 0; s < sheet_.size(); ++s) {
      if (of_sheet_[s] || !sheet_[s].tracker_id) continue;
      const auto found = base_of_id.find(*sheet_[s].tracker_id);
      if (found == base_of_id.end()) continue;
      const auto [slot, first] = best.emplace(found->second, s);
      if (first) continue;
      const Cells& old = base_[found->second].text;
      if (equal_cells(sheet_[s].cells, old) > equal_cells(sheet_[slot->second].cells, old)) {
        slot->second = s;
      }
    }
    for (std::size_t s = 0; s < sheet_.size(); ++s) {
      if (of_sheet_[s] || !sheet_[s].tracker_id) continue;
      const auto found = base_of_id.find(*sheet_[s].tracker_id);
      if (found != base_of_id.end() && best.at(found->second) == s) pair(s, found->second);
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
      if (!of_base_[b]) by_key[key(base_[b].text)].olds.push_back(b);
    }
    if (by_key.empty()) return;
    std::vector<std::pair<std::size_t, Candidates*>> wanted;
    for (std::size_t s = 0; s < sheet_.size(); ++s) {
      if (of_sheet_[s]) continue;
      const auto found = by_key.find(key(sheet_[s].cells));
      if (found == by_key.end()) continue;
      if (!repeated && !may_be(s, found->second.olds.front())) continue;
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

  static int equal_cells(const Cells& a, const Cells& b) {
    int count = 0;
    for (std::size_t i = 0; i < field_count; ++i) count += !a[i].empty() && a[i] == b[i];
    return count;
  }

  bool equal_key(std::size_t s, std::size_t b) const {
    return at(sheet_[s].cells, Field::scene) == at(base_[b].text, Field::scene) &&
           at(sheet_[s].cells, Field::shot) == at(base_[b].text, Field::shot);
  }

  bool same_shot(std::size_t s, std::size_t b) const {
    const Cells& now = sheet_[s].cells;
    const Cells& old = base_[b].text;
    return at(now, Field::scene) == at(old, Field::scene) ||
           at(now, Field::shot) == at(old, Field::shot);
  }

  int likeness(std::size_t s, std::size_t b) const {
    const int equal = equal_cells(sheet_[s].cells, base_[b].text);
    if (equal == 0 || !may_be(s, b)) return 0;  // a place alone makes no likeness
    if (!base_is_sure_ && !equal_key(s, b)) return 0;
    const auto before_s = s > 0 ? of_sheet_[s - 1] : std::nullopt;
    const bool first_in_both = s == 0 && b == 0;
    const bool follows = first_in_both || (before_s && b > 0 && *before_s == b - 1);
    const auto after_s = s + 1 < sheet_.size() ? of_sheet_[s + 1] : std::nullopt;
    const bool last_in_both = s + 1 == sheet_.size() && b + 1 == base_.size();
    const bool precedes = last_in_both || (after_s && *after_s == b + 1);
    return 2 * equal + follows + precedes;
  }

  void pair_by_likeness() {
    std::vector<std::size_t> news;
    std::vector<std::size_t> olds;
    for (std::size_t s = 0; s < sheet_.size(); ++s) {
      if (!of_sheet_[s]) news.push_back(s);
    }
    for (std::size_t b = 0; b < base_.size(); ++b) {
      if (!of_base_[b]) olds.push_back(b);
    }
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
          second = score;
          score = value;
          partner = who;
        } else {
          second = std::max(second, value);
        }
      }
    };
    std::vector<Best> of_new(news.size());
    std::vector<Best> of_old(olds.size());
    for (std::size_t n = 0; n < news.size(); ++n) {
      for (std::size_t o = 0; o < olds.size(); ++o) {
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
      const int wanted =
          same_shot(news[n], olds[best.partner]) ? likeness_min : likeness_min_renamed;
      if (best.score < wanted || best.score - best.second < likeness_margin) continue;
      const Best& back = of_old[best.partner];
      if (back.partner != n || back.score - back.second < likeness_margin) continue;
      pair(news[n], olds[best.partner]);
      new_done[n] = old_done[best.partner] = paired = true;
    }
    keep_if(news, new_done);
    keep_if(olds, old_done);
    return paired && !news.empty() && !olds.empty();
  }

  static void keep_if(std::vector<std::size_t>& rows, const std::vector<bool>& done) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!done[i]) rows[kept++] = rows[i];
    }
    rows.resize(kept);
  }

  /// Runs of equal length between the same paired neighbours, whose rows share most cells one by
  /// one: a block that was retyped or filled down in place.
  void pair_runs(const std::vector<std::size_t>& news, const std::vector<std::size_t>& olds) {
    for (std::size_t n = 0; n < news.size();) {
      std::size_t length = 1;
      while (n + length < news.size() && news[n + length] == news[n] + length) ++length;
      const auto first = base_run_at(news[n], length, olds);
      if (first) {
        for (std::size_t i = 0; i < length; ++i) {
          const bool alike = equal_cells(sheet_[news[n] + i].cells, base_[*first + i].text) >= 3;
          if (alike && may_be(news[n] + i, *first + i) &&
              (base_is_sure_ || equal_key(news[n] + i, *first + i))) {
            pair(news[n] + i, *first + i);
          }
        }
      }
      n += length;
    }
  }

  std::optional<std::size_t> base_run_at(std::size_t s, std::size_t length,
                                         const std::vector<std::size_t>& olds) const {
    const std::size_t first = s == 0 ? 0 : of_sheet_[s - 1] ? *of_sheet_[s - 1] + 1 : base_.size();
    if (first + length > base_.size()) return std::nullopt;
    for (std::size_t i = 0; i < length; ++i) {
      if (!std::binary_search(olds.begin(), olds.end(), first + i)) return std::nullopt;
      if (of_base_[first + i]) return std::nullopt;
    }
    const std::size_t end = first + length;
    const bool closed = end == base_.size() ? s + length == sheet_.size()
                                            : of_base_[end] == std::optional(s + length);
    return closed ? std::optional(first) : std::nullopt;
  }

  const SheetState& base_;
  std::span<const ImageRow> sheet_;
  bool trust_ids_;
  bool base_is_sure_;
  Pairing of_sheet_;
  Pairing of_base_;
};

}  // namespace

Pairing align(const SheetState& base, std::span<const ImageRow> sheet, bool trust_ids,
              bool base_is_sure) {
  return Aligner(base, sheet, trust_ids, base_is_sure).run();
}

}  // namespace tracker::merge

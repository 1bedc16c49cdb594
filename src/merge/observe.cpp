#include "merge/observe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>

#include "merge/twins.hpp"

namespace tracker::merge {
namespace {

using workbook::Image;
using workbook::ImageRow;

/// The sheet lacks what makes it readable at all: a sentence for the producer, or ''.
std::string why_unreadable(const Image& image) {
  std::size_t missing = 0;
  std::string names;
  for (Field field : natural_key_fields) {
    if (image.columns[index(field)]) continue;
    ++missing;
    names += (names.empty() ? "" : ", ") + std::string(spec(field).header);
  }
  const bool has_key = image.columns[index(Field::scene)] && image.columns[index(Field::shot)];
  if (missing >= 2 || !has_key) {
    return fmt::format("sheet \"{}\" lacks the columns {}; put the headings back and save",
                       image.sheet_name, names);
  }
  return {};
}

class Observer {
 public:
  explicit Observer(const ObserveInput& input)
      : input_(input), base_(*input.base), image_(*input.image) {
    out_.next_uid = input.next_uid;
  }

  Observation run() {
    out_.frozen = why_unreadable(image_);
    if (!out_.frozen.empty()) return std::move(out_);
    for (const SheetRow& row : base_) out_.base_rows += !row.draft;
    const std::optional<Image> mended = without_strange_ids();
    const auto pairs = align(base_, mended ? *mended : image_, input_.ids, input_.surely_seen);
    std::vector<bool> seen(base_.size());
    for (std::size_t s = 0; s < image_.rows.size(); ++s) {
      if (pairs[s]) {
        seen[*pairs[s]] = true;
        base_row(base_.shared(*pairs[s]), image_.rows[s]);
      } else {
        unknown_row(image_.rows[s]);
      }
      out_.row_numbers.push_back(image_.rows[s].row_number);
    }
    for (const SheetRow& row : emptied_) missing_row(row);
    for (std::size_t b = 0; b < base_.size(); ++b) {
      if (!seen[b]) missing_row(base_[b]);
    }
    return std::move(out_);
  }

 private:
  /// The sheet without ids that no row ever had: somebody typed or filled them down. Such a row is
  /// known by its cells. Nothing if there is none.
  std::optional<Image> without_strange_ids() const {
    if (input_.ids != IdTrust::full || !input_.cloud_row) return std::nullopt;
    std::unordered_set<EntryId> known;
    for (const SheetRow& row : base_) known.insert({row.id, row.shown});
    std::optional<Image> mended;
    for (std::size_t s = 0; s < image_.rows.size(); ++s) {
      const EntryId id = shown_id(image_.rows[s]);
      const bool is_known = id == 0 || known.contains(id) || input_.cloud_row(id) != nullptr ||
                            gone_row(id) != nullptr;
      if (is_known) continue;
      if (!mended) mended = image_;
      mended->rows[s].tracker_id.reset();
    }
    return mended;
  }

  const Cells* gone_row(EntryId id) const {
    return input_.gone_row ? input_.gone_row(id) : nullptr;
  }

  void base_row(const SharedRow& old, const ImageRow& row) {
    if (is_untouched(*old, row)) {
      out_.rows.push_back(old);
    } else {
      known_row(*old, row);
    }
  }

  static EntryId shown_id(const ImageRow& row) { return row.tracker_id.value_or(0); }

  bool is_untouched(const SheetRow& old, const ImageRow& row) const {
    return !old.draft && old.shown == shown_id(row) && old.marks.empty() && row.cells == old.text &&
           row.measured == old.measured && hash_of(row.extra) == old.extra_hash;
  }

  static bool has_key(const Cells& cells) {
    return !at(cells, Field::scene).empty() && !at(cells, Field::shot).empty();
  }

  void known_row(const SheetRow& old, const ImageRow& row) {
    SheetRow now = old;
    take_measured(now, row);
    now.shown = shown_id(row);
    now.text = row.cells;
    for (Field field : all_fields) {
      const bool unseen = !image_.columns[index(field)] || row.uncalculated[index(field)];
      if (unseen) at(now.text, field) = at(old.text, field);
    }
    if (old.draft) {
      now.marks.clear();
      new_row(std::move(now), row);
      return;
    }
    now.marks.clear();
    if (is_emptied(old, now, row)) {
      emptied_.push_back(old);
      out_.rows.push_back(std::move(now));
      return;
    }
    for (Field field : all_fields) cell_of_known_row(old, now, row, field);
    take_extra(now, row);
    out_.rows.push_back(std::move(now));
  }

  /// All that is left of it is the id, and what is measured: it was deleted.
  bool is_emptied(const SheetRow& old, const SheetRow& now, const ImageRow& row) const {
    return input_.deletes_allowed && is_blank(now.text) && !is_blank(old.text) && row.extra.empty();
  }

  void cell_of_known_row(const SheetRow& old, SheetRow& now, const ImageRow& row, Field field) {
    const std::string& text = at(now.text, field);
    const std::string& cloud = cloud_value(old, field);
    if (text == at(old.text, field)) {
      const bool bad = text != cloud && keep_if_bad(row, field, text);
      const bool unseen = !image_.columns[index(field)] || row.uncalculated[index(field)];
      if (text != cloud && !bad && !unseen && row.formula[index(field)]) {
        edited(now, field, text);  // Excel owns it: the value that the cloud has instead is logged
      } else if (bad || unseen) {
        set_cloud_value(now, field, cloud);  // a mark that nobody touched stays a mark
      }  // what else could not be written is tried again
      return;
    }
    if (keep_if_bad(row, field, text)) {
      set_cloud_value(now, field, cloud);
      return;
    }
    if (text != cloud) edited(now, field, cloud);
  }

  void edited(const SheetRow& now, Field field, const std::string& before) {
    Op op;
    op.kind = OpKind::edit;
    op.row = reference_to(now, input_.store);
    op.field = field;
    op.before = before;
    op.after = at(now.text, field);
    out_.ops.push_back(std::move(op));
  }

  bool keep_if_bad(const ImageRow& row, Field field, const std::string& text) {
    auto problem = problem_with(field, text);
    if (!problem) return false;
    out_.kept.push_back(
        {place_name(image_, row.row_number, field), std::move(*problem), row.row_number, field});
    return true;
  }

  void unknown_row(const ImageRow& row) {
    SheetRow now;
    now.uid = out_.next_uid++;
    now.text = row.cells;
    now.measured = row.measured;
    now.shown = shown_id(row);
    if (input_.ids == IdTrust::full && now.shown != 0 && adopt_id(now, row, now.shown)) return;
    new_row(std::move(now), row);
  }

  /// A row that carries one of our ids but is not in its base: it came from an older copy.
  bool adopt_id(SheetRow& now, const ImageRow& row, EntryId id) {
    const auto has_it = [id](const SheetRow& other) { return other.id == id || other.shown == id; };
    const bool copy = std::any_of(out_.rows.begin(), out_.rows.end(), has_it) ||
                      std::any_of(base_.begin(), base_.end(), has_it);
    if (copy || !input_.cloud_row) return false;
    const Cells* const cloud = input_.cloud_row(id);
    const Cells* const known = cloud != nullptr ? cloud : gone_row(id);
    if (known == nullptr || !partly_equal(*known, now.text)) return false;  // an id typed by hand
    now.id = id;
    joined_.insert(id);  // a copy of this row is not its twin from the cloud
    if (cloud != nullptr) {
      SheetRow old = now;
      old.text = *cloud;
      const std::size_t first = out_.ops.size();
      known_row(old, row);
      for (std::size_t i = first; i < out_.ops.size(); ++i) out_.ops[i].before.clear();  // unseen
      return true;
    }
    for (Field field : all_fields) {
      if (!problem_with(field, at(now.text, field))) continue;
      now.id = 0;  // it waits here as a new row until the cell is mended
      return false;
    }
    Op op;
    op.kind = OpKind::restore;
    op.row = {id, {}};
    op.cells = now.text;
    out_.ops.push_back(std::move(op));
    take_extra(now, row);
    out_.rows.push_back(std::move(now));
    return true;
  }

  void new_row(SheetRow now, const ImageRow& row) {
    now.draft = !has_key(now.text);
    if (now.draft) {
      out_.kept.push_back({place_name(image_, row.row_number, {}),
                           "draft: it is sent once scene and shot are filled in", row.row_number});
      out_.rows.push_back(std::move(now));
      return;
    }
    if (join_twin(now, row)) return;
    Op op;
    op.kind = OpKind::insert;
    op.row = {0, uid_text(input_.store, now.uid)};
    for (Field field : all_fields) {
      if (keep_if_bad(row, field, at(now.text, field))) {
        set_cloud_value(now, field, "");
      } else {
        at(op.cells, field) = at(now.text, field);
      }
    }
    if (problem_with(Field::scene, at(op.cells, Field::scene)) ||
        problem_with(Field::shot, at(op.cells, Field::shot))) {
      now.draft = true;  // nothing of it can be sent until the key cell is mended
      now.marks.clear();
      out_.rows.push_back(std::move(now));
      return;
    }
    out_.ops.push_back(std::move(op));
    take_extra(now, row);
    out_.rows.push_back(std::move(now));
  }

  /// One row for both: a cell typed here wins and the cloud logs what it had, a blank one says
  /// nothing and takes the cloud's value.
  bool join_twin(SheetRow& now, const ImageRow& row) {
    const EntryId id = input_.unseen_twin ? input_.unseen_twin(now.text) : 0;
    if (id == 0 || !joined_.insert(id).second) return false;
    const Cells* const cloud = input_.cloud_row(id);
    if (cloud == nullptr) return false;
    now.id = id;
    for (Field field : all_fields) {
      const std::string& text = at(now.text, field);
      if (text.empty() || text == at(*cloud, field)) continue;
      if (keep_if_bad(row, field, text)) {
        set_cloud_value(now, field, {});  // nobody here has seen the cloud's value
        continue;
      }
      Op op;
      op.kind = OpKind::edit;
      op.row = {id, {}};
      op.field = field;
      op.after = text;
      out_.ops.push_back(std::move(op));
    }
    take_extra(now, row);
    out_.rows.push_back(std::move(now));
    return true;
  }

  void missing_row(const SheetRow& old) {
    if (!input_.deletes_allowed || old.draft) return;
    Op op;
    op.kind = OpKind::remove;
    op.row = reference_to(old, input_.store);
    op.cells = cloud_cells(old);
    for (Field field : all_fields) {
      if (!image_.columns[index(field)]) at(op.cells, field).clear();  // unseen: it is logged
    }
    out_.ops.push_back(std::move(op));
  }

  /// A measured cell that somebody typed into is theirs until they clear it.
  void take_measured(SheetRow& now, const ImageRow& row) {
    for (std::size_t i = 0; i < now.measured.size(); ++i) {
      if (!image_.measured_columns[i]) continue;
      if (row.measured[i] != now.measured[i]) now.pinned[i] = !row.measured[i].empty();
      now.measured[i] = row.measured[i];
    }
  }

  void take_extra(SheetRow& now, const ImageRow& row) {
    const std::uint64_t hash = hash_of(row.extra);
    if (hash == now.extra_hash) return;
    now.extra_hash = hash;
    Op op;
    op.kind = OpKind::extra;
    op.row = reference_to(now, input_.store);
    op.extra = row.extra;
    out_.ops.push_back(std::move(op));
  }

  const ObserveInput& input_;
  const SheetState& base_;
  const Image& image_;
  std::set<EntryId> joined_;
  std::vector<SheetRow> emptied_;  ///< as they were
  Observation out_;
};

}  // namespace

Observation observe(const ObserveInput& input) { return Observer(input).run(); }

std::string place_name(const Image& image, std::uint32_t row_number, std::optional<Field> field) {
  if (!field) return fmt::format("{} row {}", image.sheet_name, row_number);
  return fmt::format("{}!{}{}", image.sheet_name, image.column_letters[index(*field)], row_number);
}

void take_as_known(Observation& seen, std::size_t i, const Image& image) {
  SheetRow row = seen.rows[i];
  const std::uint32_t row_number = seen.row_numbers[i];
  const auto told = [&seen](const std::string& where) {
    return std::ranges::find(seen.kept, where, &Kept::where);
  };
  if (const auto draft = told(place_name(image, row_number, {})); draft != seen.kept.end()) {
    seen.kept.erase(draft);
  }
  row.draft = false;
  for (Field field : all_fields) {
    const std::string& text = at(row.text, field);
    auto problem = text.empty() ? std::nullopt : problem_with(field, text);
    if (!problem) continue;
    set_cloud_value(row, field, {});  // nobody here has seen the cloud's value
    std::string where = place_name(image, row_number, field);
    if (told(where) != seen.kept.end()) continue;
    seen.kept.push_back({std::move(where), *problem, row_number, field});
  }
  seen.rows.replace(i, std::move(row));
}

}  // namespace tracker::merge

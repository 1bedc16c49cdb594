#include "local/media_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/digest.hpp"
#include "probe/picture.hpp"

namespace tracker::local {
namespace {

constexpr std::int64_t stands_still_ns = 2'000'000'000;

bool is_sequence(const media::Item& item) { return item.kind == media::ItemKind::sequence; }

bool is_damaged(const std::optional<probe::Answer>& answer) {
  return answer && (answer->truncated || answer->kind == probe::Kind::none ||
                    answer->kind == probe::Kind::audio);
}

/// Equal but for the moment of measuring: nothing that a row would have to learn.
bool says_the_same(const std::optional<Measurement>& left,
                   const std::optional<Measurement>& right) {
  if (!left || !right) return !left && !right;
  Measurement same = *left;
  same.measured_at = right->measured_at;
  return same == *right;
}

}  // namespace

std::string file_key(const media::FileFact& file, const disk::FileIdentity& identity) {
  return fmt::format("{}:{}:{}:{}:{}:{}", identity.device, identity.inode, file.bytes,
                     file.mtime_ns, identity.ctime_ns, probe::prober_version);
}

void MediaIndex::set_rows(const std::vector<ShotRow>& rows) {
  rows_.clear();
  told_.clear();
  for (const ShotRow& row : rows) rows_[row.key] = media::names_of(row.cells);
  names_are_new_ = true;
}

void MediaIndex::put_row(const ShotRow& row) {
  media::RowNames names = media::names_of(row.cells);
  const auto known = rows_.find(row.key);
  if (known != rows_.end() && known->second == names) return;
  rows_[row.key] = std::move(names);
  names_are_new_ = true;
}

void MediaIndex::remove_row(const std::string& key) {
  told_.erase(key);
  if (rows_.erase(key) > 0) names_are_new_ = true;
}

void MediaIndex::match_anew() {
  names_are_new_ = false;
  rows_are_new_ = true;
  all_may_want_ = true;
  keys_.clear();
  std::vector<media::RowNames> names;
  names.reserve(rows_.size());
  for (const auto& [key, row] : rows_) {
    keys_.push_back(key);
    names.push_back(row);
  }
  matcher_ = std::make_unique<media::Matcher>(std::move(names));
  items_of_shot_.assign(matcher_->shot_count(), {});
  unsettled_.clear();
  touched_.clear();  // every shot is looked at anyway
  matches_changed_ = true;
  number_pinned_rows();
  for (auto& [path, known] : items_) {
    known.fit = fit_of(path, known.named.names);
    for (std::size_t shot : known.fit.shots) items_of_shot_[shot].insert(path);
  }
}

MediaIndex::Known MediaIndex::known_of(media::Item item, const std::string& file_state) const {
  Known known;
  known.key = file_state;
  if (is_sequence(item)) {
    known.sample_key = file_state;
    known.key = content_digest(fmt::format("{}:{}:{}:{}:{}", item.range.first, item.range.last,
                                           item.files, item.bytes_total, item.newest_mtime_ns));
  }
  known.named = media::named(std::move(item), patterns_ ? &*patterns_ : nullptr);
  return known;
}

void MediaIndex::put_folder(const disk::MediaFolder& folder) {
  std::map<std::string_view, std::size_t> numbers;  // made when a single file is met first
  const auto state_of = [&](const media::Item& item) {
    if (is_sequence(item)) {  // one of many files: looked for, not worth numbers for all
      if (!media::may_state_rate(item)) return std::string();
      const auto first = std::ranges::find(folder.files, item.first_file, &media::FileFact::name);
      const auto at = static_cast<std::size_t>(first - folder.files.begin());
      return file_key(*first, folder.identities[at]);
    }
    if (numbers.empty()) {
      for (std::size_t i = 0; i < folder.files.size(); ++i) numbers[folder.files[i].name] = i;
    }
    const std::size_t file = numbers.at(item.name);
    return file_key(folder.files[file], folder.identities[file]);
  };
  std::set<std::string> paths;
  for (media::Item& item : media::items_of(folder.path, folder.files)) {
    std::string path = media::path_of(item);
    const std::string state = state_of(item);
    put_item(path, known_of(std::move(item), state));
    paths.insert(std::move(path));
  }
  std::set<std::string>& before = folders_[folder.path];
  for (const std::string& path : before) {
    if (!paths.contains(path)) remove_item(path);
  }
  before = std::move(paths);
}

void MediaIndex::put_item(const std::string& path, Known known) {
  const auto found = items_.find(path);
  const bool is_same = found != items_.end() && found->second.key == known.key;
  if (is_same && found->second.named.item == known.named.item) return;
  const bool has_grown = found != items_.end() && !known.sample_key.empty() &&
                         found->second.sample_key == known.sample_key;  // by other frames
  if (is_same || has_grown) {
    known.answer = std::move(found->second.answer);
    known.measured_at = std::move(found->second.measured_at);
    known.asked = found->second.asked;
  }
  if (matcher_) {
    matches_changed_ = true;
    known.fit = found != items_.end() ? found->second.fit : fit_of(path, known.named.names);
    for (std::size_t shot : known.fit.shots) items_of_shot_[shot].insert(path);
    touch(known.fit);
  }
  items_[path] = std::move(known);
}

void MediaIndex::remove_item(const std::string& path) {
  const auto found = items_.find(path);
  if (found == items_.end()) return;
  matches_changed_ = true;
  for (std::size_t shot : found->second.fit.shots) items_of_shot_[shot].erase(path);
  touch(found->second.fit);
  items_.erase(found);
}

void MediaIndex::remove_folder(const std::string& folder) {
  std::vector<std::string> gone;
  for (const auto& [path, items] : folders_) {
    if (path == folder || path.starts_with(folder + "/") || folder.empty()) gone.push_back(path);
  }
  for (const std::string& path : gone) {
    for (const std::string& item : folders_[path]) remove_item(item);
    folders_.erase(path);
  }
}

void MediaIndex::touch(const media::Fit& fit) {
  touched_.insert(fit.shots.begin(), fit.shots.end());
}

MediaIndex::Choice MediaIndex::choose(std::size_t shot, std::size_t row) const {
  std::optional<media::Rank> best;
  std::optional<media::Rank> next;
  const Known* chosen = nullptr;
  for (const std::string& path : items_of_shot_[shot]) {
    const Known& known = items_.at(path);
    const bool is_clear = known.fit.shots.size() == 1;
    const bool unfinished = known.named.item.being_written && !is_sequence(known.named.item);
    const bool by_hand = is_pinned(path);
    if (!is_clear || unfinished) continue;
    if (!by_hand && !matcher_->speaks_of(row, known.named.names)) continue;
    const bool damaged = !is_sequence(known.named.item) && is_damaged(known.answer);
    media::Rank rank = media::rank_of(known.named, damaged, task_order_);
    rank.left_to_names = !by_hand;
    if (!best || rank < *best) {
      next = std::exchange(best, std::move(rank));
      chosen = &known;
    } else if (!next || rank < *next) {
      next = std::move(rank);
    }
  }
  return {chosen, best ? media::reason_for(*best, next) : std::string()};
}

/// The file that has to be opened for it; none for a sequence whose names say everything.
std::optional<MediaIndex::Wanted> MediaIndex::to_measure(const Known& known) {
  const media::Item& item = known.named.item;
  if (!is_sequence(item)) return Wanted{media::path_of(item), known.key};
  if (known.sample_key.empty()) return std::nullopt;
  return Wanted{item.folder.empty() ? item.first_file : item.folder + "/" + item.first_file,
                known.sample_key};
}

std::vector<MediaIndex::Wanted> MediaIndex::take_wanted() {
  std::vector<Wanted> wanted;
  if (!matcher_) return wanted;
  const auto look_at = [&](std::size_t shot) {
    for (std::size_t row : matcher_->rows_of(shot)) {
      const Choice choice = choose(shot, row);
      if (choice.known == nullptr || choice.known->asked || choice.known->answer) continue;
      std::optional<Wanted> file = to_measure(*choice.known);
      if (!file) continue;
      std::string path = media::path_of(choice.known->named.item);
      items_.at(path).asked = true;
      if (is_sequence(choice.known->named.item)) sequence_of_file_[file->path] = std::move(path);
      wanted.push_back(std::move(*file));
    }
  };
  if (std::exchange(all_may_want_, false)) {
    for (std::size_t shot = 0; shot < matcher_->shot_count(); ++shot) look_at(shot);
  } else {
    for (std::size_t shot : touched_) look_at(shot);
  }
  return wanted;
}

void MediaIndex::put_answer(const std::string& path, const std::string& key,
                            const probe::Answer& answer, std::string measured_at) {
  auto found = items_.find(path);
  if (const auto of = sequence_of_file_.extract(path); found == items_.end() && !of.empty()) {
    found = items_.find(of.mapped());
  }
  if (found == items_.end()) return;
  const auto asked = to_measure(found->second);
  if (!asked || asked->key != key) return;
  found->second.answer = answer;
  found->second.measured_at = std::move(measured_at);
  touch(found->second.fit);
}

bool MediaIndex::is_growing(const Known& known, std::int64_t now_ns) const {
  const media::Item& item = known.named.item;
  if (!is_sequence(item)) return false;
  const std::int64_t age = now_ns - item.newest_mtime_ns;
  return age >= 0 && age < stands_still_ns;
}

void MediaIndex::tell(std::size_t row, std::optional<Measurement> measurement,
                      std::vector<MeasuredRow>& out) {
  const std::string& key = keys_[row];
  if (!rows_.contains(key)) return;
  const auto told = told_.find(key);
  if (told != told_.end() && says_the_same(told->second, measurement)) return;
  told_[key] = measurement;
  out.push_back({key, std::move(measurement)});
}

void MediaIndex::note_drawable(const Choice& choice) {
  const Known& known = *choice.known;
  const media::Item& item = known.named.item;
  const bool has_picture = is_sequence(item) || known.answer->frames.has_value();
  if (!has_picture) return;
  Drawable drawable;
  drawable.digest = content_digest(known.key);
  drawable.is_movie = !is_sequence(item) && known.answer->kind == probe::Kind::video;
  drawable.paths = is_sequence(item) ? media::sample_files_of(item, probe::strip_tiles)
                                     : std::vector<std::string>{item.name};
  for (std::string& path : drawable.paths) {
    if (!item.folder.empty()) path = item.folder + "/" + path;
  }
  drawables_.push_back(std::move(drawable));
}

std::vector<MediaIndex::Drawable> MediaIndex::take_drawables() {
  return std::exchange(drawables_, {});
}

void MediaIndex::evaluate(std::size_t shot, std::int64_t now_ns, std::vector<MeasuredRow>& out) {
  unsettled_.erase(shot);
  for (std::size_t row : matcher_->rows_of(shot)) {
    const Choice choice = choose(shot, row);
    if (choice.known == nullptr) {
      tell(row, ambiguity_of(shot), out);
    } else if (is_growing(*choice.known, now_ns) && told_.contains(keys_[row])) {
      unsettled_.insert(shot);
    } else if (choice.known->answer || !to_measure(*choice.known)) {
      note_drawable(choice);
      tell(row, measurement_of(shot, choice), out);
    }
  }
}

std::vector<MeasuredRow> MediaIndex::take_changes(std::int64_t now_ns) {
  std::vector<MeasuredRow> out;
  if (!matcher_) return out;
  if (std::exchange(rows_are_new_, false)) {
    for (std::size_t shot = 0; shot < matcher_->shot_count(); ++shot) touched_.insert(shot);
    std::vector<bool> has_shot(keys_.size(), false);
    for (std::size_t shot = 0; shot < matcher_->shot_count(); ++shot) {
      for (std::size_t row : matcher_->rows_of(shot)) has_shot[row] = true;
    }
    for (std::size_t row = 0; row < keys_.size(); ++row) {
      if (!has_shot[row]) tell(row, std::nullopt, out);
    }
  }
  std::set<std::size_t> shots = std::exchange(touched_, {});
  shots.insert(unsettled_.begin(), unsettled_.end());
  for (std::size_t shot : shots) {
    if (shot < matcher_->shot_count()) evaluate(shot, now_ns, out);
  }
  return out;
}

std::vector<MediaIndex::Chosen> MediaIndex::chosen_files() const {
  std::vector<Chosen> files;
  for (std::size_t shot = 0; matcher_ && shot < matcher_->shot_count(); ++shot) {
    if (items_of_shot_[shot].empty()) continue;
    for (std::size_t row : matcher_->rows_of(shot)) {
      const Choice choice = choose(shot, row);
      if (choice.known == nullptr) continue;
      const media::Item& item = choice.known->named.item;
      if (is_sequence(item)) continue;
      files.push_back({media::path_of(item), item.bytes_total, item.newest_mtime_ns});
    }
  }
  return files;
}

}  // namespace tracker::local

// The part of the media index about the names themselves: files that they give to no row, and
// people may; and the templates that they follow.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "local/media_index.hpp"

namespace tracker::local {
namespace {

constexpr std::size_t fits_max = 4;

}  // namespace

void MediaIndex::set_pins(const std::vector<MediaPin>& pins) {
  pins_.clear();
  for (const MediaPin& pin : pins) pins_[pin.path] = std::to_string(pin.entry_id);
  names_are_new_ = true;
}

void MediaIndex::number_pinned_rows() {
  row_numbers_.clear();
  std::set<std::string> wanted;
  for (const auto& [path, key] : pins_) wanted.insert(key);
  for (std::size_t row = 0; row < keys_.size() && !wanted.empty(); ++row) {
    if (wanted.erase(keys_[row]) > 0) row_numbers_[keys_[row]] = row;
  }
}

media::Fit MediaIndex::fit_of(const std::string& path, const media::PathNames& names) const {
  if (!pins_.empty()) {
    const auto pin = pins_.find(canonical(path));
    const auto row = pin == pins_.end() ? row_numbers_.end() : row_numbers_.find(pin->second);
    const auto shot = row == row_numbers_.end() ? std::nullopt : matcher_->shot_of(row->second);
    if (shot) return {{*shot}};
  }
  return matcher_->fit(names);
}

/// Given by hand to a row that is there.
bool MediaIndex::is_pinned(const std::string& path) const {
  if (pins_.empty()) return false;
  const auto pin = pins_.find(canonical(path));
  return pin != pins_.end() && row_numbers_.contains(pin->second);
}

std::optional<Measurement> MediaIndex::ambiguity_of(std::size_t shot) const {
  for (const std::string& path : items_of_shot_[shot]) {
    const Known& known = items_.at(path);
    if (known.fit.shots.size() < 2) continue;
    std::string shots;
    std::set<std::string> episodes;
    for (std::size_t i = 0; i < known.fit.shots.size() && i < fits_max; ++i) {
      if (i > 0) shots += " and ";
      shots += "\"" + matcher_->shot_name(known.fit.shots[i]) + "\"";
      const std::size_t row = matcher_->rows_of(known.fit.shots[i]).front();
      episodes.insert(matcher_->names_of_row(row).episode);
    }
    Measurement m;
    m.path = canonical(path);
    m.problem = fmt::format(
        "ambiguous: {} fits {} equally well; name {} in the path, or give it to its shot on the "
        "Media screen",
        m.path, shots, episodes.size() > 1 ? "the episode" : "scene and shot");
    m.how = "file names";
    m.source_digest = content_digest(known.key);
    m.measured_at =
        format_rfc3339(Time(std::chrono::microseconds(known.named.item.newest_mtime_ns / 1000)));
    return m;
  }
  return std::nullopt;
}

std::optional<UnmatchedFiles> MediaIndex::take_unmatched() {
  if (!matcher_ || !std::exchange(matches_changed_, false)) return std::nullopt;
  std::vector<std::pair<std::int64_t, const Known*>> found;
  for (const auto& [path, known] : items_) {
    const media::Item& item = known.named.item;
    if (known.fit.shots.size() == 1 || item.kind == media::ItemKind::still) continue;
    if (known.named.names.set_aside || item.being_written) continue;
    found.emplace_back(-item.newest_mtime_ns, &known);
  }
  UnmatchedFiles out;
  out.total = static_cast<std::int64_t>(found.size());
  const auto count = std::min(found.size(), unmatched_files_max);
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(found, end, {}, &std::pair<std::int64_t, const Known*>::first);
  for (auto one = found.begin(); one != end; ++one) {
    const Known& known = *one->second;
    UnmatchedFile file;
    file.path = canonical(media::path_of(known.named.item));
    file.kind = media::name_of(known.named.item.kind);
    for (const std::size_t shot : known.fit.shots) {
      if (file.fits.size() < fits_max) file.fits.push_back(matcher_->shot_name(shot));
    }
    file.modified_at =
        format_rfc3339(Time(std::chrono::microseconds(known.named.item.newest_mtime_ns / 1000)));
    if (file.path.size() <= media_path_bytes_max) out.newest.push_back(std::move(file));
  }
  return out;
}

std::optional<media::LearnedPattern> MediaIndex::learn_pattern() const {
  if (!matcher_ || patterns_) return std::nullopt;
  std::vector<media::Example> examples;
  for (std::size_t shot = 0; shot < matcher_->shot_count(); ++shot) {
    if (items_of_shot_[shot].empty()) continue;
    const Choice choice = choose(shot, matcher_->rows_of(shot).front());
    if (choice.known == nullptr) continue;
    const std::string path = media::path_of(choice.known->named.item);
    if (!is_pinned(path)) examples.push_back({shot, canonical(path)});
  }
  return media::learn_pattern(*matcher_, examples);
}

}  // namespace tracker::local

// The part of the media index about files that names give to no row, and people may.
#include <algorithm>
#include <chrono>

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

}  // namespace tracker::local

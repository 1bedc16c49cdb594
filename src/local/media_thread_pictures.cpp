// The part of the media thread that has small pictures drawn, while there is nothing to measure.
#include <unistd.h>

#include <utility>

#include "core/digest.hpp"
#include "local/media_thread.hpp"

namespace tracker::local {
namespace {

constexpr std::size_t undrawable_max = 100'000;

/// What the picture is kept under; '/' is for folders.
std::string kept_name(const PictureName& name) {
  return name.picture == Picture::strip ? name.source_digest + "-strip" : name.source_digest;
}

probe::Work work_for(Picture picture) {
  return picture == Picture::strip ? probe::Work::draw_strip : probe::Work::draw_thumbnail;
}

}  // namespace

void MediaThread::draw() {
  if (!pictures_) return;
  keep_drawings();
  queue_drawings();
  const bool measuring = !waiting_.empty() || !in_work_.empty();
  while (root_ && !measuring && !to_draw_.empty() && drawing_pool_.has_room()) {
    Drawing drawing = std::move(to_draw_.front());
    to_draw_.pop_front();
    if (pictures_->has(kept_name(drawing.name))) {
      note_drawn(drawing.name);
    } else if (!undrawable_.contains(drawing.name)) {
      hand_over(std::move(drawing));
    }
  }
  if (!drawn_.empty()) events_.on_pictures(std::exchange(drawn_, {}));
}

void MediaThread::note_drawn(const PictureName& name) {
  drawn_.push_back({name, pictures_->path_of(kept_name(name))});
}

void MediaThread::queue_drawings() {
  for (MediaIndex::Drawable& one : index_.take_drawables()) {
    for (const Picture picture : all_pictures) {
      const bool is_strip = picture == Picture::strip;
      if (is_strip && !one.is_movie && one.paths.size() == 1) continue;
      Drawing drawing{{one.digest, picture}, one.paths, one.is_movie};
      if (!is_strip) drawing.paths = {one.paths[one.paths.size() / 2]};
      to_draw_.push_back(std::move(drawing));
    }
  }
}

void MediaThread::hand_over(Drawing drawing) {
  if (drawing.is_movie) {
    const auto facts = root_->look_at_file(drawing.paths.front());
    const bool is_the_one = facts && content_digest(file_key(facts->first, facts->second)) ==
                                         drawing.name.source_digest;
    if (!is_the_one) return;  // it changed: its new state is measured, and drawn then
  }
  std::vector<probe::Descriptor> files;
  for (const std::string& path : drawing.paths) {
    if (const auto opened = root_->open_file(path)) files.emplace_back(*opened);
  }
  if (files.empty()) return;
  const std::uint64_t id = ++last_request_;
  if (drawing_pool_.submit(id, files, work_for(drawing.name.picture))) {
    in_drawing_.emplace(id, std::move(drawing));
  }
}

void MediaThread::keep_drawings() {
  for (probe::WorkerPool::Finished& finished : drawing_pool_.collect()) {
    const auto drawing = in_drawing_.extract(finished.id);
    if (drawing.empty()) continue;
    const PictureName& name = drawing.mapped().name;
    if (!finished.picture.empty() && pictures_->put(kept_name(name), finished.picture)) {
      note_drawn(name);
      continue;
    }
    if (undrawable_.size() >= undrawable_max) undrawable_.clear();
    undrawable_.insert(name);
  }
}

}  // namespace tracker::local

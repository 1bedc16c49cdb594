// The part of the media thread that has small pictures drawn, while there is nothing to measure.
#include <unistd.h>

#include <utility>

#include "core/digest.hpp"
#include "local/media_thread.hpp"

namespace tracker::local {
namespace {

constexpr std::size_t undrawable_max = 100'000;

}  // namespace

void MediaThread::draw() {
  if (!pictures_) return;
  keep_drawings();
  queue_drawings();
  const bool measuring = !waiting_.empty() || !in_work_.empty();
  while (root_ && !measuring && !to_draw_.empty() && drawing_pool_.has_room()) {
    Drawing drawing = std::move(to_draw_.front());
    to_draw_.pop_front();
    const bool needed = !pictures_->has(drawing.name) && !undrawable_.contains(drawing.name);
    if (needed) hand_over(std::move(drawing));
  }
}

void MediaThread::queue_drawings() {
  for (MediaIndex::Drawable& one : index_.take_drawables()) {
    const std::string state = one.is_movie ? one.digest : std::string();
    to_draw_.push_back({one.digest, one.path, state, probe::Work::draw_thumbnail});
    if (!one.is_movie) continue;
    to_draw_.push_back({one.digest + "-strip", one.path, state, probe::Work::draw_strip});
  }
}

void MediaThread::hand_over(Drawing drawing) {
  const auto facts = root_->look_at_file(drawing.path);
  const bool is_the_one =
      facts && (drawing.digest.empty() ||
                content_digest(file_key(facts->first, facts->second)) == drawing.digest);
  const auto opened = is_the_one ? root_->open_file(drawing.path) : fail(ErrorCode::not_found, "");
  if (!opened) return;  // it changed: its new state is measured, and drawn then
  const probe::Descriptor file(*opened);
  const std::uint64_t id = ++last_request_;
  if (drawing_pool_.submit(id, file, drawing.work)) in_drawing_.emplace(id, std::move(drawing));
}

void MediaThread::keep_drawings() {
  for (probe::WorkerPool::Finished& finished : drawing_pool_.collect()) {
    const auto drawing = in_drawing_.extract(finished.id);
    if (drawing.empty()) continue;
    const std::string& name = drawing.mapped().name;
    const bool kept = !finished.picture.empty() && pictures_->put(name, finished.picture);
    if (kept) continue;
    if (undrawable_.size() >= undrawable_max) undrawable_.clear();
    undrawable_.insert(name);
  }
}

}  // namespace tracker::local

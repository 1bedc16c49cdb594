// What is wrong with a sequence, in words.
#include <fmt/format.h>

#include "media/sequence.hpp"

namespace tracker::media {
namespace {

std::string list_of(const std::vector<std::int64_t>& frames) {
  std::vector<FrameRange> ranges;
  for (std::int64_t frame : frames) {
    if (!ranges.empty() && ranges.back().last >= frame - 1) {
      ranges.back().last = frame;
    } else {
      ranges.push_back({frame, frame});
    }
  }
  return to_string(ranges);
}

/// Long lists end after ten ranges: a cell and a sentence should stay readable.
std::string shortened(const std::vector<FrameRange>& ranges) {
  constexpr std::size_t ranges_max = 10;
  if (ranges.size() <= ranges_max) return to_string(ranges);
  const std::vector<FrameRange> head(ranges.begin(), ranges.begin() + ranges_max);
  return to_string(head) + ", …";
}

/// Rendered on twos, threes … as far as one can tell.
bool is_stepped(const Item& sequence) {
  constexpr std::int64_t step_max = 8;
  return sequence.step > 1 && sequence.step <= step_max && sequence.files > 2;
}

/// What is missing of the step, too: the first of it, more than a sentence shows.
std::vector<FrameRange> lost_on_step(const Item& sequence) {
  constexpr std::size_t enough = 11;
  std::vector<FrameRange> lost;
  for (const FrameRange& gap : sequence.missing) {
    std::int64_t frame = gap.first - 1 + sequence.step;
    for (; frame <= gap.last && lost.size() < enough; frame += sequence.step) {
      lost.push_back({frame, frame});
    }
  }
  return lost;
}

}  // namespace

std::string problem_of(const Item& sequence) {
  std::string text;
  std::int64_t missing = 0;
  for (const FrameRange& range : sequence.missing) missing += range.last - range.first + 1;
  if (is_stepped(sequence)) {
    text = fmt::format("only every {}. frame is there: on {}s or {} missing", sequence.step,
                       sequence.step == 2 ? "two" : std::to_string(sequence.step), missing);
    const std::vector<FrameRange> lost = lost_on_step(sequence);
    if (!lost.empty()) text += ", and in any case " + shortened(lost);
  } else if (missing > 0) {
    text = fmt::format("{} frame{} missing: {}", missing, missing == 1 ? " is" : "s are",
                       shortened(sequence.missing));
  }
  if (!sequence.bad_frames.empty()) {
    if (!text.empty()) text += "; ";
    text += "empty or far too small: frame " + list_of(sequence.bad_frames);
  }
  return text;
}

}  // namespace tracker::media

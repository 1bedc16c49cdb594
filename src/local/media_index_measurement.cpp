// The part of the media index that says what a shot's file measures: what it holds, on the terms of
// the studio.
#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "local/media_index.hpp"
#include "probe/timing.hpp"

namespace tracker::local {
namespace {

constexpr std::size_t missing_ranges_max = 100;

std::string time_text(std::int64_t time_ns) {
  return format_rfc3339(Time(std::chrono::microseconds(time_ns / 1000)));
}

std::string rate_text(Rational rate) {
  return rate.denominator == 1 ? std::to_string(rate.numerator) : to_string(rate);
}

void add(std::string_view sentence, std::string& text) {
  if (!text.empty()) text += "; ";
  text += sentence;
}

void take_sequence(const media::Item& item, const std::optional<probe::Answer>& answer,
                   Rational otherwise, Measurement& m) {
  const bool states_rate = answer && answer->frame_rate;
  m.frames = media::frames_of(item);
  m.frame_rate = states_rate ? *answer->frame_rate : otherwise;
  m.missing_frames = item.missing;
  if (m.missing_frames.size() > missing_ranges_max) m.missing_frames.resize(missing_ranges_max);
  m.problem = media::problem_of(item);
  m.how = states_rate ? "file names, rate of the first picture" : "file names";
  m.measured_at = m.modified_at;
  m.duration = probe::duration_of(*m.frames, *m.frame_rate);
}

void take_movie(const probe::Answer& answer, Measurement& m) {
  m.problem = answer.problem;
  m.how = answer.how;
  if (answer.kind == probe::Kind::still) {
    if (m.problem.empty()) m.problem = "a still picture: it has no duration";
  } else {
    m.frames = answer.frames;
    m.frame_rate = answer.frame_rate;
    m.duration = answer.duration;
    m.start = answer.start;
  }
  if (m.problem.empty() && answer.variable_rate) m.problem = "the frame rate varies";
}

/// What is left between the handles is the shot's length; what the file holds is kept beside it.
void take_off_handles(std::int64_t handles, Measurement& m) {
  if (handles == 0 || !m.frames) return;
  const std::int64_t held = *m.frames;
  m.file_frames = std::exchange(m.frames, std::nullopt);
  m.duration.reset();
  if (held <= 2 * handles) {
    add(fmt::format("the file holds {} frames: without the handles, {} at each end, none is left",
                    held, handles),
        m.problem);
    return;
  }
  m.frames = held - 2 * handles;
  if (m.frame_rate) m.duration = probe::duration_of(*m.frames, *m.frame_rate);
  add(fmt::format("{} frames without the handles, {} at each end", held, handles), m.how);
}

}  // namespace

std::optional<Measurement> MediaIndex::measurement_of(std::size_t shot,
                                                      const Choice& choice) const {
  const auto own_rate = terms_.episode_rates.rate_of(matcher_->episode_of(shot));
  const Rational rate = own_rate.value_or(terms_.frame_rate);
  const media::Item& item = choice.known->named.item;
  Measurement m;
  m.path = canonical(media::path_of(item));
  m.version = choice.known->named.names.version_text;
  m.source_digest = content_digest(choice.known->key);
  m.modified_at = time_text(item.newest_mtime_ns);
  if (item.kind == media::ItemKind::sequence) {
    take_sequence(item, choice.known->answer, rate, m);
    if (*m.frame_rate != rate) m.flags.emplace_back("RATE_NOT_PROJECT");
  } else {
    m.measured_at = choice.known->measured_at;
    take_movie(*choice.known->answer, m);
    m.flags = probe::flags_of(*choice.known->answer, rate);
  }
  if (m.problem.empty() && m.frame_rate && *m.frame_rate != rate) {
    m.problem =
        fmt::format("the file runs at {} frames per second, the {} at {}", rate_text(*m.frame_rate),
                    own_rate ? "episode" : "project", rate_text(rate));
  }
  take_off_handles(terms_.handles, m);
  add(choice.reason, m.how);
  if (item.bytes_total == 0 || !item.bad_frames.empty()) m.flags.emplace_back("EMPTY");
  if (is_pinned(media::path_of(item))) m.flags.emplace_back("PINNED");
  return m;
}

}  // namespace tracker::local

#include "probe/mp4_samples.hpp"

#include <algorithm>
#include <limits>

namespace tracker::probe {
namespace {

constexpr std::size_t samples_max = 1'500'000;
constexpr std::uint64_t fragment_size_max = 16 << 20;
constexpr std::int64_t time_max = std::int64_t{1} << 56;

struct Sample {
  std::int64_t shown_at = 0;
  std::uint32_t duration = 0;
};

/// What the tables and the fragments say, collected while walking.
struct Walk {
  std::vector<Sample> samples;
  std::int64_t decode_time = 0;
  std::int64_t decode_begin = std::numeric_limits<std::int64_t>::max();
  std::int64_t decode_end = 0;
  std::int64_t stored = 0;
  std::int64_t present = 0;
  bool damaged = false;
  bool too_much = false;

  void add(std::uint32_t duration, std::int64_t offset) {
    if (samples.size() >= samples_max || decode_time > time_max) {
      too_much = true;
      return;
    }
    samples.push_back({decode_time + offset, duration});
    decode_begin = std::min(decode_begin, decode_time);
    decode_time += duration;
    decode_end = std::max(decode_end, decode_time);
  }
  bool goes_on() const { return !damaged && !too_much; }
};

void walk_times(const Track& track, Walk& walk) {
  for (std::uint64_t i = 0; i < track.time_to_sample.count() && walk.goes_on(); ++i) {
    Cursor record = track.time_to_sample.record(i);
    const std::uint32_t count = record.big32();
    const std::uint32_t duration = record.big32();
    // More times than samples: not ours to settle.
    if (count > track.samples - walk.samples.size()) walk.too_much = true;
    for (std::uint32_t n = 0; n < count && walk.goes_on(); ++n) walk.add(duration, 0);
  }
  walk.stored = static_cast<std::int64_t>(walk.samples.size());
  if (walk.samples.size() != track.samples) walk.too_much = true;
}

void walk_composition(const Track& track, Walk& walk) {
  std::size_t next = 0;
  for (std::uint64_t i = 0; i < track.composition.count(); ++i) {
    Cursor record = track.composition.record(i);
    const std::uint32_t count = record.big32();
    // Version 0 says unsigned, but every writer of negative offsets is read as signed.
    const std::int32_t offset = record.signed_big32();
    for (std::uint32_t n = 0; n < count && next < walk.samples.size(); ++n) {
      walk.samples[next++].shown_at += offset;
    }
  }
}

/// Counts the samples whose bytes lie inside the file, chunk by chunk.
std::int64_t count_present(const Track& track, std::uint64_t file_size) {
  std::int64_t present = 0;
  std::uint64_t sample = 0;
  std::uint64_t run = 0;
  std::uint64_t samples_in_chunk = 0;
  for (std::uint64_t chunk = 0; chunk < track.chunk_offsets.count(); ++chunk) {
    for (; run < track.sample_to_chunk.count(); ++run) {
      Cursor record = track.sample_to_chunk.record(run);
      if (record.big32() > chunk + 1) break;
      samples_in_chunk = record.big32();
    }
    std::uint64_t at = track.chunk_offsets.record(chunk).big(track.chunk_offsets.record_size);
    for (std::uint64_t n = 0; n < samples_in_chunk && sample < track.samples; ++n, ++sample) {
      const std::uint64_t size =
          track.sample_size != 0 ? track.sample_size : track.sample_sizes.record(sample).big(4);
      if (at > file_size || size > file_size - at) break;
      at += size;
      ++present;
    }
    if (sample >= track.samples) break;
  }
  return present;
}

/// The defaults of one track fragment.
struct FragmentHead {
  std::uint64_t data_at = 0;
  std::uint32_t duration = 0;
  std::uint32_t size = 0;
};

std::optional<FragmentHead> read_head(const Box& tfhd, const FileBox& moof, const Track& track) {
  Cursor cursor(tfhd.content);
  const std::uint32_t flags = cursor.big32() & 0xFFFFFF;
  if (cursor.big32() != track.id || !cursor.ok()) return std::nullopt;
  FragmentHead head{moof.start, track.fragment_duration, track.fragment_size};
  if ((flags & 0x01) != 0) head.data_at = cursor.big(8);
  if ((flags & 0x02) != 0) cursor.skip(4);
  if ((flags & 0x08) != 0) head.duration = cursor.big32();
  if ((flags & 0x10) != 0) head.size = cursor.big32();
  return cursor.ok() ? std::optional(head) : std::nullopt;
}

void walk_run(const Box& trun, const FragmentHead& head, std::uint64_t file_size,
              std::uint64_t& data_at, Walk& walk) {
  Cursor cursor(trun.content);
  const std::uint32_t flags = cursor.big32() & 0xFFFFFF;
  const std::uint32_t count = cursor.big32();
  if ((flags & 0x01) != 0) {
    data_at = head.data_at + static_cast<std::uint64_t>(std::int64_t{cursor.signed_big32()});
  }
  if ((flags & 0x04) != 0) cursor.skip(4);
  std::size_t record_size = 0;
  for (std::uint32_t bit : {0x100u, 0x200u, 0x400u, 0x800u}) {
    if ((flags & bit) != 0) record_size += 4;
  }
  walk.damaged = !cursor.ok() || (record_size > 0 && count > cursor.left() / record_size);
  for (std::uint32_t i = 0; i < count && walk.goes_on(); ++i) {
    const std::uint32_t duration = (flags & 0x100) != 0 ? cursor.big32() : head.duration;
    const std::uint32_t size = (flags & 0x200) != 0 ? cursor.big32() : head.size;
    if ((flags & 0x400) != 0) cursor.skip(4);
    const std::int32_t offset = (flags & 0x800) != 0 ? cursor.signed_big32() : 0;
    if (++walk.stored > static_cast<std::int64_t>(samples_max)) walk.too_much = true;
    // Of a cut fragment only what is there counts: the rest was perhaps never written.
    if (data_at > file_size || size > file_size - data_at) continue;
    data_at += size;
    walk.add(duration, offset);
    ++walk.present;
  }
}

void walk_fragment(FileBytes& bytes, const FileBox& moof, const Track& track, Walk& walk) {
  const auto content = moof.size() <= fragment_size_max
                           ? bytes.load(moof.begin, static_cast<std::size_t>(moof.size()))
                           : fail(ErrorCode::too_large, "a fragment's head");
  if (!content) {
    walk.damaged = true;
    return;
  }
  Boxes fragments(*content);
  while (const auto traf = fragments.next()) {
    if (traf->type != "traf") continue;
    std::optional<FragmentHead> head;
    std::uint64_t data_at = moof.start;
    Boxes boxes(traf->content);
    for (auto box = boxes.next(); box && walk.goes_on(); box = boxes.next()) {
      if (box->type == "tfhd") {
        head = read_head(*box, moof, track);
        if (head) data_at = head->data_at;
      } else if (box->type == "tfdt" && head) {
        Cursor cursor(box->content);
        const bool wide = cursor.big(1) == 1;
        cursor.skip(3);
        walk.decode_time = static_cast<std::int64_t>(cursor.big(wide ? 8 : 4) & INT64_MAX);
      } else if (box->type == "trun" && head) {
        walk_run(*box, *head, bytes.size(), data_at, walk);
      }
    }
  }
}

/// The part [begin, end) of the track's time line that one edit shows, moved by `shift`.
struct Span {
  std::int64_t begin = std::numeric_limits<std::int64_t>::min();
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
  std::int64_t shift = 0;
};

/// Nothing if an edit does what only a player can follow.
std::optional<std::vector<Span>> spans_of(const Movie& movie, const Track& track,
                                          bool is_fragmented) {
  std::vector<Span> spans;
  std::int64_t at = 0;
  for (const Edit& edit : track.edits) {
    const auto ticks = movie.timescale > 0 ? static_cast<__int128>(edit.duration) *
                                                 track.timescale / movie.timescale
                                           : 0;
    if (ticks > time_max || edit.media_time > time_max) return std::nullopt;
    const auto length = static_cast<std::int64_t>(ticks);
    if (edit.media_time >= 0) {  // else an empty edit: the picture starts late
      if (edit.rate != 1 << 16) return std::nullopt;
      Span span;
      span.begin = edit.media_time;
      span.shift = at - edit.media_time;
      // In fragmented files the length covers what was known at the start only.
      if (length > 0 && !is_fragmented) span.end = edit.media_time + length;
      spans.push_back(span);
    }
    at += length;
    if (at > time_max) return std::nullopt;
  }
  if (spans.empty()) spans.emplace_back();
  if (spans.size() == 1) spans.front().shift = 0;  // exact: nothing is converted
  return spans;
}

/// What empty edits put before the first picture, exact in the movie's ticks.
Rational start_of(const Movie& movie, const Track& track) {
  std::int64_t ticks = 0;
  for (const Edit& edit : track.edits) {
    if (edit.media_time >= 0) break;
    if (edit.duration > time_max - ticks) return {0, 1};
    ticks += edit.duration;
  }
  return movie.timescale > 0 && ticks > 0 ? reduced(ticks, movie.timescale) : Rational{0, 1};
}

/// When the picture shown last goes: as the next sample would come, or the edit ends.
std::int64_t last_duration_of(const Walk& walk, const Sample& last, const Span& span,
                              std::int64_t movie_tick) {
  std::int64_t begin = std::numeric_limits<std::int64_t>::max();
  std::int64_t next = std::numeric_limits<std::int64_t>::max();
  for (const Sample& sample : walk.samples) {
    begin = std::min(begin, sample.shown_at);
    if (sample.shown_at > last.shown_at) next = std::min(next, sample.shown_at);
  }
  // Pictures out of order may be shown after everything is decoded: then the last sample's own time
  // is all there is.
  std::int64_t end = walk.decode_end + (begin - walk.decode_begin);
  if (end <= last.shown_at) end = last.shown_at + walk.samples.back().duration;
  next = std::min(next, end);
  if (span.end < next - movie_tick) next = span.end;
  return next - last.shown_at;
}

void show(const Walk& walk, const Movie& movie, const Track& track, const std::vector<Span>& spans,
          Samples& out) {
  const std::int64_t movie_tick =
      movie.timescale > 0 ? (track.timescale + movie.timescale - 1) / movie.timescale : 0;
  if (spans.size() > 1) out.rounding = movie_tick;
  const Sample* last = nullptr;
  const Span* last_span = nullptr;
  for (const Span& span : spans) {
    for (const Sample& sample : walk.samples) {
      // One tick of the coarser clock is rounding, not another frame.
      const std::int64_t slack = std::min<std::int64_t>(movie_tick, sample.duration / 2);
      if (sample.shown_at < span.begin || sample.shown_at >= span.end - slack) continue;
      if (out.shown_at.size() >= samples_max) return;
      out.shown_at.push_back(sample.shown_at + span.shift);
      if (last_span != &span || sample.shown_at >= last->shown_at) {
        last = &sample;
        last_span = &span;
      }
    }
  }
  if (last != nullptr) out.last_duration = last_duration_of(walk, *last, *last_span, movie_tick);
  out.edited = out.shown_at.size() != walk.samples.size();
}

}  // namespace

std::optional<Samples> shown_samples(FileBytes& bytes, const Movie& movie, const Track& track,
                                     const std::vector<FileBox>& fragments) {
  if (track.packed_sizes || track.timescale <= 0) return std::nullopt;
  Walk walk;
  walk_times(track, walk);
  walk_composition(track, walk);
  walk.present = count_present(track, bytes.size());
  for (const FileBox& moof : fragments) {
    if (walk.goes_on()) walk_fragment(bytes, moof, track, walk);
  }
  const auto spans = spans_of(movie, track, !fragments.empty());
  if (walk.too_much || !spans) return std::nullopt;
  Samples out;
  out.damaged = walk.damaged;
  out.stored = walk.stored;
  out.present = walk.present;
  out.start = start_of(movie, track);
  if (!walk.damaged) show(walk, movie, track, *spans, out);
  return out;
}

}  // namespace tracker::probe

#include "probe/mp4_track.hpp"

#include <algorithm>

namespace tracker::probe {
namespace {

constexpr std::size_t mp4_tracks_max = 64;
constexpr std::size_t edits_max = 64;
constexpr std::uint64_t index_samples_max = 50'000'000;

/// Times are 32 or 64 bits wide, by the box's version. Moves `cursor` behind version and flags.
std::size_t time_size_of(Cursor& cursor) {
  const bool wide = cursor.big(1) == 1;
  cursor.skip(3);
  return wide ? 8 : 4;
}

/// "version, flags, count, records": the records, if all of them lie in the box.
bool read_table(Box box, std::size_t record_size, Table& table) {
  Cursor cursor(box.content);
  cursor.skip(4);
  const std::uint64_t count = cursor.big32();
  if (!cursor.ok() || count > cursor.left() / record_size) return false;
  table = {cursor.take(static_cast<std::size_t>(count) * record_size), record_size};
  return true;
}

bool read_edits(Box box, Track& track) {
  Cursor cursor(box.content);
  const std::size_t time_size = time_size_of(cursor);
  const std::uint64_t count = cursor.big32();
  if (count > edits_max) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    Edit edit;
    edit.duration = static_cast<std::int64_t>(cursor.big(time_size));
    edit.media_time =
        time_size == 8 ? static_cast<std::int64_t>(cursor.big(8)) : cursor.signed_big32();
    edit.rate = cursor.big32();
    edit.duration = std::max<std::int64_t>(edit.duration, 0);
    track.edits.push_back(edit);
  }
  return cursor.ok();
}

bool read_track_head(Box box, Track& track) {
  Cursor flags(box.content);
  track.enabled = (flags.big32() & 1) != 0;
  Cursor cursor(box.content);
  cursor.skip(2 * time_size_of(cursor));
  track.id = cursor.big32();
  return cursor.ok();
}

bool read_media_head(Box box, Track& track) {
  Cursor cursor(box.content);
  const std::size_t time_size = time_size_of(cursor);
  cursor.skip(2 * time_size);
  track.timescale = cursor.big32();
  track.duration = static_cast<std::int64_t>(cursor.big(time_size));
  return cursor.ok();
}

bool read_description(Box box, Track& track) {
  Cursor cursor(box.content);
  cursor.skip(12);
  track.codec = cursor.text(4);
  if (!cursor.ok()) return false;
  cursor.skip(24);
  if (track.handler == "soun" || cursor.left() < 4) return true;
  track.width = static_cast<std::int32_t>(cursor.big(2));
  track.height = static_cast<std::int32_t>(cursor.big(2));
  return true;
}

bool read_sizes(Box box, Track& track) {
  Cursor cursor(box.content);
  cursor.skip(4);
  track.sample_size = cursor.big32();
  track.samples = cursor.big32();
  if (!cursor.ok() || track.samples > index_samples_max) return false;
  if (track.sample_size != 0) return true;
  if (track.samples > cursor.left() / 4) return false;
  track.sample_sizes = {cursor.take(static_cast<std::size_t>(track.samples) * 4), 4};
  return true;
}

bool read_samples(Box stbl, Track& track) {
  Boxes boxes(stbl.content);
  bool ok = true;
  while (const auto box = boxes.next()) {
    if (box->type == "stsd") ok = read_description(*box, track) && ok;
    if (box->type == "stts") ok = read_table(*box, 8, track.time_to_sample) && ok;
    if (box->type == "ctts") ok = read_table(*box, 8, track.composition) && ok;
    if (box->type == "stsz") ok = read_sizes(*box, track) && ok;
    if (box->type == "stz2") track.packed_sizes = true;
    if (box->type == "stsc") ok = read_table(*box, 12, track.sample_to_chunk) && ok;
    if (box->type == "stco") ok = read_table(*box, 4, track.chunk_offsets) && ok;
    if (box->type == "co64") ok = read_table(*box, 8, track.chunk_offsets) && ok;
  }
  return ok && !boxes.is_damaged();
}

/// A data reference without the flag "in this file", and of a kind that names another one.
void read_data_references(Box dinf, Track& track) {
  const auto dref = find_box(dinf.content, "dref");
  if (!dref || dref->content.size() < 8) return;
  Boxes entries(dref->content.subspan(8));
  const auto first = entries.next();
  if (!first || first->content.size() < 4) return;
  track.elsewhere = (first->content[3] & 1) == 0 && first->content.size() > 4;
}

bool read_media(Box mdia, Track& track) {
  bool ok = true;
  if (const auto box = find_box(mdia.content, "mdhd")) ok = read_media_head(*box, track);
  if (const auto box = find_box(mdia.content, "hdlr")) {
    Cursor cursor(box->content);
    cursor.skip(8);
    track.handler = cursor.text(4);
  }
  const auto minf = find_box(mdia.content, "minf");
  if (!minf) return ok;
  if (const auto dinf = find_box(minf->content, "dinf")) read_data_references(*dinf, track);
  const auto stbl = find_box(minf->content, "stbl");
  return (!stbl || read_samples(*stbl, track)) && ok;
}

void read_references(Box tref, Track& track) {
  const auto box = find_box(tref.content, "chap");
  if (!box) return;
  Cursor cursor(box->content);
  while (cursor.left() >= 4 && track.chapters.size() < mp4_tracks_max) {
    track.chapters.push_back(cursor.big32());
  }
}

bool read_track(Box trak, Track& track) {
  bool ok = true;
  Boxes boxes(trak.content);
  while (const auto box = boxes.next()) {
    if (box->type == "tkhd") ok = read_track_head(*box, track) && ok;
    if (box->type == "mdia") ok = read_media(*box, track) && ok;
    if (box->type == "tref") read_references(*box, track);
    if (box->type != "edts") continue;
    if (const auto elst = find_box(box->content, "elst")) ok = read_edits(*elst, track) && ok;
  }
  return ok && !boxes.is_damaged();
}

void read_fragment_defaults(Box mvex, Movie& movie) {
  Boxes boxes(mvex.content);
  while (const auto box = boxes.next()) {
    if (box->type != "trex") continue;
    Cursor cursor(box->content);
    cursor.skip(4);
    const std::uint32_t id = cursor.big32();
    cursor.skip(4);
    const std::uint32_t duration = cursor.big32();
    const std::uint32_t size = cursor.big32();
    for (Track& track : movie.tracks) {
      if (!cursor.ok() || track.id != id) continue;
      track.fragment_duration = duration;
      track.fragment_size = size;
    }
  }
}

}  // namespace

std::optional<Movie> read_movie(std::span<const unsigned char> moov) {
  Movie movie;
  bool ok = true;
  Boxes boxes(moov);
  while (const auto box = boxes.next()) {
    if (box->type == "cmov") movie.compressed = true;
    if (box->type == "mvhd") {
      Cursor cursor(box->content);
      cursor.skip(2 * time_size_of(cursor));
      movie.timescale = cursor.big32();
      ok = ok && cursor.ok();
    }
    if (box->type == "trak" && movie.tracks.size() < mp4_tracks_max) {
      ok = read_track(*box, movie.tracks.emplace_back()) && ok;
    }
  }
  if (const auto mvex = find_box(moov, "mvex")) read_fragment_defaults(*mvex, movie);
  if (!ok || boxes.is_damaged()) return std::nullopt;
  for (Track& track : movie.tracks) {
    if (track.timescale == 0) track.timescale = movie.timescale;
  }
  return movie;
}

}  // namespace tracker::probe

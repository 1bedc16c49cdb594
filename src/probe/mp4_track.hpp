// What the head of an mp4 or mov file ("moov") says about its tracks. Tables stay where they stand:
// a Track holds views of them, checked to hold as many records as they say. Pure; the views live as
// long as the bytes of the moov. ISO/IEC 14496-12 sections 8.2-8.8, and QuickTime File Format.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probe/mp4_boxes.hpp"

namespace tracker::probe {

struct Edit {
  std::int64_t duration = 0;     ///< in the movie's ticks; 0 = to the end
  std::int64_t media_time = 0;   ///< in the track's ticks; -1 = nothing is shown
  std::uint32_t rate = 1 << 16;  ///< 16.16; 0 = one picture is held
};

/// `count` records of `record_size` bytes.
struct Table {
  std::span<const unsigned char> records;
  std::size_t record_size = 1;

  std::uint64_t count() const { return records.size() / record_size; }
  /// REQUIRES: number < count().
  Cursor record(std::uint64_t number) const {
    return Cursor(records.subspan(static_cast<std::size_t>(number) * record_size, record_size));
  }
};

struct Track {
  std::uint32_t id = 0;
  bool enabled = false;
  std::string handler;  ///< "vide", "soun"
  std::string codec;    ///< "avc1"
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int64_t timescale = 0;  ///< ticks a second
  std::int64_t duration = 0;   ///< in ticks, as the header claims
  bool elsewhere = false;      ///< its samples lie in another file
  bool packed_sizes = false;   ///< stz2: a table that is not read here
  std::vector<Edit> edits;     ///< at most 64
  Table time_to_sample;        ///< stts: count, ticks
  Table composition;           ///< ctts: count, ticks
  Table sample_sizes;          ///< stsz: bytes; empty where all have one size
  std::uint32_t sample_size = 0;
  std::uint64_t samples = 0;
  Table sample_to_chunk;                ///< stsc: first chunk, samples in a chunk, description
  Table chunk_offsets;                  ///< stco or co64
  std::vector<std::uint32_t> chapters;  ///< ids of the tracks that hold its chapter pictures
  std::uint32_t fragment_duration = 0;  ///< trex: default of its samples in fragments
  std::uint32_t fragment_size = 0;
};

struct Movie {
  std::int64_t timescale = 0;
  std::vector<Track> tracks;  ///< at most 64
  bool compressed = false;    ///< a compressed head ("cmov"): not for us
};

/// Nothing if the head contradicts itself: a table that is larger than its box, a damaged box.
std::optional<Movie> read_movie(std::span<const unsigned char> moov);

}  // namespace tracker::probe

// Which format a file has, by its first bytes alone: the extension decides nothing, and a play
// list that is named like a movie is refused here, before any demuxer sees it.
// Reads at most a few KiB; blocking.
#pragma once

#include <cstdint>

#include "probe/file_bytes.hpp"

namespace tracker::probe {

enum class Format : std::uint8_t {
  unknown,
  empty,     ///< no bytes
  all_zero,  ///< the head is NUL: preallocated, nothing copied yet
  text,      ///< also play lists
  mp4,       ///< mp4, mov, 3gp
  matroska,  ///< mkv, webm
  avi,
  webp,
  gif,
  png,  ///< also apng
  flv,
  asf,
  ogg,
  mxf,
  mpeg_ts,
  mpeg_ps,
  mpeg_video,  ///< raw mpeg-1/2
  annex_b,     ///< raw h264 or hevc
  y4m,
  jpeg,
  motion_jpeg,  ///< pictures one after the other
  picture,      ///< another format of stills: exr, tiff, dpx, bmp, …
  work_file,    ///< psd: somebody's work, not its result
  audio         ///< wav, flac, mp3, aiff
};

Format sniff(FileBytes& bytes);

}  // namespace tracker::probe

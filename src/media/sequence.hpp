// From the names in one folder to the media in it: movies, stills, and image sequences with their
// range, gaps and padding. No file is opened.
//
// Rules (each measured against names that real pipelines write):
// - Only pictures form sequences, two members at least. Movies never do.
// - The frame is the last number before the extension; a sign counts only after '.' or '_'.
// - One sequence = equal stem and extension, without regard to case; padding does not matter
//   (9999 -> 10000, f1 -> f10, 003 and 0003), a frame that stands twice counts once.
// - Digits after v, ver, version, rev, take, tk, sh, shot, sc, scene, sq, ep, and dates 20YYMMDD
//   are not frames: four versions of a still are four stills.
// - Length is last - first + 1: missing frames count into the length and are listed.
// Pure functions on plain values; safe on any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/measurement.hpp"

namespace tracker::media {

/// What a folder listing says of one regular file.
struct FileFact {
  std::string_view name;  ///< bytes as the file system has them; who lists it keeps them
  std::uint64_t bytes = 0;
  std::int64_t mtime_ns = 0;
  bool being_written = false;
  bool operator==(const FileFact&) const = default;
};

enum class ItemKind {
  movie,      ///< one file with a time line; the worker says which
  animation,  ///< gif, apng, webp: a still if it holds one picture
  sequence,   ///< numbered pictures
  still
};
std::string_view name_of(ItemKind kind);

struct Item {
  std::string folder;  ///< below the media root, '/' between, '' = the root itself
  std::string name;    ///< a file's name; of a sequence its pattern: "b_v003.%04d.exr"
  ItemKind kind = ItemKind::movie;
  std::int64_t newest_mtime_ns = 0;
  std::uint64_t bytes_total = 0;
  bool being_written = false;

  // Sequences only.
  FrameRange range;
  std::vector<FrameRange> missing;       ///< frames that no file stands for
  std::vector<std::int64_t> bad_frames;  ///< empty, or under a tenth of the median size
  std::int64_t step = 1;                 ///< 2 = every second frame is there: on twos, or half lost
  std::int64_t files = 1;
  std::string first_file;  ///< name of the file with the lowest frame

  bool operator==(const Item&) const = default;
};

/// "folder/name", or the name alone in the root.
std::string path_of(const Item& item);

/// True for names that are never a shot's media: dot files, "~$…", "._…", Thumbs.db, *.tmp, *.part,
/// *.crdownload, *.partial.
bool is_junk(std::string_view name);

/// True if the extension says movie, animation or picture.
bool is_media_name(std::string_view name);

/// The items of one folder, ordered by name. Junk and files that are no media are left out.
std::vector<Item> items_of(std::string_view folder, std::span<const FileFact> files);

/// What is wrong with a sequence, as a sentence for the producer; '' = nothing.
std::string problem_of(const Item& sequence);

/// Names of `count` of its frames, evenly from first to last; for a frame that is missing the one
/// before it. Fewer where it has fewer frames. REQUIRES: count > 0.
std::vector<std::string> sample_files_of(const Item& sequence, int count);

/// True if the pictures' format states the sequence's frame rate (exr, dpx).
bool may_state_rate(const Item& item);

/// Length of a sequence: last - first + 1.
std::int64_t frames_of(const Item& sequence);

}  // namespace tracker::media

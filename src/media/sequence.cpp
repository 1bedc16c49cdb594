#include "media/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace tracker::media {
namespace {

constexpr std::size_t frame_digits_max = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Only ASCII: other letters keep their case, as on the file systems that tell them apart.
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr std::array<std::string_view, 15> picture_extensions{"png",  "jpg", "jpeg", "exr", "tif",
                                                              "tiff", "dpx", "tga",  "bmp", "cin",
                                                              "sgi",  "jp2", "hdr",  "iff", "rgb"};
constexpr std::array<std::string_view, 3> animation_extensions{"gif", "apng", "webp"};
constexpr std::array<std::string_view, 31> movie_extensions{
    "mp4",  "mov", "m4v",  "mkv", "webm", "avi",   "mxf",  "ts",  "mts", "m2ts", "mpg",
    "mpeg", "m2v", "vob",  "flv", "f4v",  "wmv",   "asf",  "ogv", "ogg", "3gp",  "3g2",
    "h264", "264", "h265", "265", "hevc", "mjpeg", "mjpg", "y4m", "dv"};

struct NameParts {
  std::string_view stem;
  std::string extension;  ///< lower case, without the dot
};

NameParts parts_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {name, {}};
  return {name.substr(0, dot), lower(name.substr(dot + 1))};
}

bool is_date(std::string_view digits) {
  if (digits.size() != 8 || !digits.starts_with("20")) return false;
  const std::string_view month = digits.substr(4, 2);
  const std::string_view day = digits.substr(6, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

/// The letters that stand directly before a number say what it counts: these do not count frames.
bool counts_something_else(std::string_view before) {
  std::size_t begin = before.size();
  while (begin > 0 && is_letter(before[begin - 1])) --begin;
  static constexpr std::array<std::string_view, 12> words{
      "v", "ver", "version", "rev", "take", "tk", "sh", "shot", "sc", "scene", "sq", "ep"};
  return one_of(lower(before.substr(begin)), words);
}

struct Frame {
  std::string_view stem;  ///< what stands before the frame
  std::int64_t number = 0;
  std::size_t digits = 0;
};

std::optional<Frame> frame_of(std::string_view stem) {
  std::size_t begin = stem.size();
  while (begin > 0 && is_digit(stem[begin - 1])) --begin;
  const std::string_view digits = stem.substr(begin);
  if (digits.empty() || digits.size() > frame_digits_max || is_date(digits)) return std::nullopt;
  if (counts_something_else(stem.substr(0, begin))) return std::nullopt;
  Frame frame{stem.substr(0, begin), 0, digits.size()};
  std::from_chars(digits.data(), digits.data() + digits.size(), frame.number);
  const bool has_sign = begin >= 1 && stem[begin - 1] == '-';
  if (has_sign && (begin == 1 || stem[begin - 2] == '.' || stem[begin - 2] == '_')) {
    frame.stem = stem.substr(0, begin - 1);
    frame.number = -frame.number;
  }
  return frame;
}

struct Member {
  Frame frame;
  const FileFact* file;
};

/// The digit count that most members have: "%04d" for 9990..10009, "%d" where nothing is padded.
std::string pattern_of(const std::vector<Member>& members) {
  std::map<std::size_t, std::int64_t> counts;
  bool padded = false;
  for (const Member& member : members) {
    ++counts[member.frame.digits];
    const std::string plain = std::to_string(std::abs(member.frame.number));
    padded = padded || plain.size() < member.frame.digits;
  }
  std::size_t width = counts.begin()->first;
  if (padded) {
    width =
        std::ranges::max_element(counts, {}, [](const auto& pair) { return pair.second; })->first;
  }
  const std::string_view name = members.front().file->name;
  const std::string placeholder = width > 1 ? fmt::format("%0{}d", width) : std::string("%d");
  return std::string(members.front().frame.stem) + placeholder +
         std::string(name.substr(name.rfind('.')));
}

void list_missing(Item& item, const std::set<std::int64_t>& frames) {
  std::int64_t step = 0;
  std::int64_t expected = item.range.first;
  for (std::int64_t frame : frames) {
    if (frame > expected) item.missing.push_back({expected, frame - 1});
    if (frame != item.range.first) step = std::gcd(step, frame - expected + 1);
    expected = frame + 1;
  }
  item.step = std::max<std::int64_t>(step, 1);
}

void list_bad(Item& item, const std::vector<Member>& members) {
  std::vector<std::uint64_t> sizes;
  for (const Member& member : members) sizes.push_back(member.file->bytes);
  std::ranges::nth_element(sizes, sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2));
  const std::uint64_t median = sizes[sizes.size() / 2];
  for (const Member& member : members) {
    const FileFact& file = *member.file;
    if (file.being_written) continue;
    if (file.bytes == 0 || file.bytes < median / 10) item.bad_frames.push_back(member.frame.number);
  }
}

Item sequence_of(std::string_view folder, std::vector<Member> members) {
  std::ranges::sort(members, [](const Member& a, const Member& b) {
    return std::pair(a.frame.number, std::string_view(a.file->name)) <
           std::pair(b.frame.number, std::string_view(b.file->name));
  });
  Item item;
  item.folder = folder;
  item.kind = ItemKind::sequence;
  item.name = pattern_of(members);
  item.first_file = members.front().file->name;
  item.range = {members.front().frame.number, members.back().frame.number};
  item.files = static_cast<std::int64_t>(members.size());
  std::set<std::int64_t> frames;
  for (const Member& member : members) {
    frames.insert(member.frame.number);
    item.bytes_total += member.file->bytes;
    item.newest_mtime_ns = std::max(item.newest_mtime_ns, member.file->mtime_ns);
    item.being_written = item.being_written || member.file->being_written;
  }
  list_missing(item, frames);
  list_bad(item, members);
  return item;
}

Item single(std::string_view folder, const FileFact& file, ItemKind kind) {
  Item item;
  item.folder = folder;
  item.name = file.name;
  item.first_file = file.name;
  item.kind = kind;
  item.newest_mtime_ns = file.mtime_ns;
  item.bytes_total = file.bytes;
  item.being_written = file.being_written;
  return item;
}

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

}  // namespace

std::string_view name_of(ItemKind kind) {
  switch (kind) {
    case ItemKind::movie:
      return "movie";
    case ItemKind::animation:
      return "animation";
    case ItemKind::sequence:
      return "sequence";
    case ItemKind::still:
      return "still";
  }
  return "";
}

std::string path_of(const Item& item) {
  return item.folder.empty() ? item.name : item.folder + "/" + item.name;
}

bool is_junk(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.starts_with("~$")) return true;
  static constexpr std::array<std::string_view, 4> endings{"tmp", "part", "crdownload", "partial"};
  const NameParts parts = parts_of(name);
  return lower(name) == "thumbs.db" || one_of(parts.extension, endings);
}

bool is_media_name(std::string_view name) {
  const std::string extension = parts_of(name).extension;
  return one_of(extension, picture_extensions) || one_of(extension, animation_extensions) ||
         one_of(extension, movie_extensions);
}

std::vector<Item> items_of(std::string_view folder, std::span<const FileFact> files) {
  std::vector<Item> items;
  std::map<std::pair<std::string, std::string>, std::vector<Member>> groups;
  for (const FileFact& file : files) {
    if (is_junk(file.name)) continue;
    const NameParts parts = parts_of(file.name);
    if (one_of(parts.extension, movie_extensions)) {
      items.push_back(single(folder, file, ItemKind::movie));
    } else if (one_of(parts.extension, animation_extensions)) {
      items.push_back(single(folder, file, ItemKind::animation));
    } else if (one_of(parts.extension, picture_extensions)) {
      if (const auto frame = frame_of(parts.stem)) {
        groups[{lower(frame->stem), parts.extension}].push_back({*frame, &file});
      } else {
        items.push_back(single(folder, file, ItemKind::still));
      }
    }
  }
  for (auto& [key, members] : groups) {
    if (members.size() == 1) {
      items.push_back(single(folder, *members.front().file, ItemKind::still));
    } else {
      items.push_back(sequence_of(folder, std::move(members)));
    }
  }
  std::ranges::sort(items, {}, &Item::name);
  return items;
}

std::int64_t frames_of(const Item& sequence) {
  return sequence.range.last - sequence.range.first + 1;
}

std::string problem_of(const Item& sequence) {
  std::string text;
  std::int64_t missing = 0;
  for (const FrameRange& range : sequence.missing) missing += range.last - range.first + 1;
  if (sequence.step > 1) {
    text = fmt::format("only every {}. frame is there: rendered on {}s, or {} frames are missing",
                       sequence.step, sequence.step == 2 ? "two" : std::to_string(sequence.step),
                       missing);
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

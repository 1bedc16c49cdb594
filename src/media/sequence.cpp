#include "media/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "media/letters.hpp"

namespace tracker::media {
namespace {

constexpr std::size_t frame_digits_max = 12;

bool folded_less(std::string_view left, std::string_view right) {
  return std::ranges::lexicographical_compare(
      left, right, {}, [](char c) { return lower(c); }, [](char c) { return lower(c); });
}
bool folded_equal(std::string_view left, std::string_view right) {
  return std::ranges::equal(
      left, right, {}, [](char c) { return lower(c); }, [](char c) { return lower(c); });
}

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words,
                             [&](std::string_view word) { return folded_equal(text, word); });
}

enum class NameKind : std::uint8_t { other, picture, animation, movie };
struct Extension {
  std::string_view text;
  NameKind kind;
};
/// Sorted by text.
constexpr std::array<Extension, 49> extensions{
    {{"264", NameKind::movie},    {"265", NameKind::movie},      {"3g2", NameKind::movie},
     {"3gp", NameKind::movie},    {"apng", NameKind::animation}, {"asf", NameKind::movie},
     {"avi", NameKind::movie},    {"bmp", NameKind::picture},    {"cin", NameKind::picture},
     {"dpx", NameKind::picture},  {"dv", NameKind::movie},       {"exr", NameKind::picture},
     {"f4v", NameKind::movie},    {"flv", NameKind::movie},      {"gif", NameKind::animation},
     {"h264", NameKind::movie},   {"h265", NameKind::movie},     {"hdr", NameKind::picture},
     {"hevc", NameKind::movie},   {"iff", NameKind::picture},    {"jp2", NameKind::picture},
     {"jpeg", NameKind::picture}, {"jpg", NameKind::picture},    {"m2ts", NameKind::movie},
     {"m2v", NameKind::movie},    {"m4v", NameKind::movie},      {"mjpeg", NameKind::movie},
     {"mjpg", NameKind::movie},   {"mkv", NameKind::movie},      {"mov", NameKind::movie},
     {"mp4", NameKind::movie},    {"mpeg", NameKind::movie},     {"mpg", NameKind::movie},
     {"mts", NameKind::movie},    {"mxf", NameKind::movie},      {"ogg", NameKind::movie},
     {"ogv", NameKind::movie},    {"png", NameKind::picture},    {"rgb", NameKind::picture},
     {"sgi", NameKind::picture},  {"tga", NameKind::picture},    {"tif", NameKind::picture},
     {"tiff", NameKind::picture}, {"ts", NameKind::movie},       {"vob", NameKind::movie},
     {"webm", NameKind::movie},   {"webp", NameKind::animation}, {"wmv", NameKind::movie},
     {"y4m", NameKind::movie}}};
static_assert(std::ranges::is_sorted(extensions, {}, &Extension::text));

struct NameParts {
  std::string_view stem;
  std::string_view extension;  ///< as it is written, without the dot
};

NameParts parts_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {name, {}};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

/// A short text as a number: lower case, ordered as the texts are. 0 for one that is too long.
constexpr std::uint64_t packed(std::string_view text) {
  std::uint64_t number = 0;
  if (text.size() > sizeof number) return 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = number << 8 | (i < text.size() ? static_cast<unsigned char>(lower(text[i])) : 0u);
  }
  return number;
}

/// Asked once or twice for each name in a tree.
NameKind kind_of(std::string_view extension) {
  static constexpr auto numbers = [] {
    std::array<std::uint64_t, extensions.size()> all{};
    std::ranges::transform(extensions, all.begin(), packed, &Extension::text);
    return all;
  }();
  const std::uint64_t number = packed(extension);
  const auto found = std::ranges::lower_bound(numbers, number);
  if (found == numbers.end() || *found != number) return NameKind::other;
  return extensions[static_cast<std::size_t>(found - numbers.begin())].kind;
}

/// The letters that stand directly before a number say what it counts: these do not count frames.
bool counts_something_else(std::string_view before) {
  std::size_t begin = before.size();
  while (begin > 0 && is_ascii_letter(before[begin - 1])) --begin;
  static constexpr std::array<std::string_view, 12> words{
      "v", "ver", "version", "rev", "take", "tk", "sh", "shot", "sc", "scene", "sq", "ep"};
  return one_of(before.substr(begin), words);
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
  std::int64_t number = 0;
  std::size_t digits = 0;
  const FileFact* file = nullptr;
};

/// Files of one folder that are equal but for their frame.
struct Group {
  std::string_view stem;
  std::string_view extension;
  std::vector<Member> members;
};

/// The digit count that most members have: "%04d" for 9990..10009, "%d" where nothing is padded.
std::string pattern_of(const Group& group) {
  std::array<std::int64_t, frame_digits_max + 1> counts{};
  bool padded = false;
  for (const Member& member : group.members) {
    ++counts[member.digits];
    std::int64_t smallest = 1;  // with so many digits, if nothing is padded
    for (std::size_t i = 1; i < member.digits; ++i) smallest *= 10;
    padded = padded || (member.digits > 1 && std::abs(member.number) < smallest);
  }
  const auto most = padded ? std::ranges::max_element(counts)
                           : std::ranges::find_if(counts, [](auto count) { return count > 0; });
  const auto width = most - counts.begin();
  const Member& first = group.members.front();
  const std::string_view name = first.file->name;
  const std::string placeholder = width > 1 ? fmt::format("%0{}d", width) : std::string("%d");
  return std::string(name.substr(0, group.stem.size())) + placeholder +
         std::string(name.substr(name.rfind('.')));
}

/// `members`: in the order of their frames.
void list_missing(Item& item, const std::vector<Member>& members) {
  std::int64_t step = 0;
  std::int64_t before = item.range.first;
  for (const Member& member : members) {
    if (member.number == before) continue;  // the first, or a frame that stands twice
    if (member.number > before + 1) item.missing.push_back({before + 1, member.number - 1});
    step = std::gcd(step, member.number - before);
    before = member.number;
  }
  item.step = std::max<std::int64_t>(step, 1);
}

void list_bad(Item& item, const std::vector<Member>& members) {
  std::vector<std::uint64_t> sizes;
  sizes.reserve(members.size());
  for (const Member& member : members) sizes.push_back(member.file->bytes);
  std::ranges::nth_element(sizes, sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2));
  const std::uint64_t median = sizes[sizes.size() / 2];
  for (const Member& member : members) {
    const FileFact& file = *member.file;
    if (file.being_written) continue;
    if (file.bytes == 0 || file.bytes < median / 10) item.bad_frames.push_back(member.number);
  }
}

Item sequence_of(std::string_view folder, Group& group) {
  std::ranges::sort(group.members, [](const Member& a, const Member& b) {
    return a.number != b.number ? a.number < b.number : a.file->name < b.file->name;
  });
  Item item;
  item.folder = folder;
  item.kind = ItemKind::sequence;
  item.name = pattern_of(group);
  item.first_file = group.members.front().file->name;
  item.range = {group.members.front().number, group.members.back().number};
  item.files = static_cast<std::int64_t>(group.members.size());
  for (const Member& member : group.members) {
    item.bytes_total += member.file->bytes;
    item.newest_mtime_ns = std::max(item.newest_mtime_ns, member.file->mtime_ns);
    item.being_written = item.being_written || member.file->being_written;
  }
  list_missing(item, group.members);
  list_bad(item, group.members);
  return item;
}

/// The groups of a folder, found without making a string for each file: neighbours mostly belong
/// together.
class Groups {
 public:
  void add(std::string_view stem, std::string_view extension, Member member) {
    if (groups_.empty() || !is_of(groups_[last_], stem, extension)) {
      const auto [entry, is_new] = numbers_.try_emplace({stem, extension}, groups_.size());
      if (is_new) groups_.push_back({stem, extension, {}});
      last_ = entry->second;
    }
    groups_[last_].members.push_back(member);
  }
  std::vector<Group>& all() { return groups_; }

 private:
  using Key = std::pair<std::string_view, std::string_view>;
  struct Less {
    bool operator()(const Key& left, const Key& right) const {
      if (!folded_equal(left.first, right.first)) return folded_less(left.first, right.first);
      return folded_less(left.second, right.second);
    }
  };
  static bool is_of(const Group& group, std::string_view stem, std::string_view extension) {
    return (group.stem == stem && group.extension == extension) ||
           (folded_equal(group.stem, stem) && folded_equal(group.extension, extension));
  }

  std::vector<Group> groups_;
  std::map<Key, std::size_t, Less> numbers_;
  std::size_t last_ = 0;
};

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

/// The name that its pattern gives to a frame; of several ways to write a number only this one.
std::string file_of(const Item& sequence, std::int64_t frame) {
  const std::size_t percent = sequence.name.rfind('%');
  const std::size_t end = sequence.name.find('d', percent);
  const bool is_pattern = percent != std::string::npos && end != std::string::npos;
  if (!is_pattern || frame == sequence.range.first) return sequence.first_file;
  std::size_t width = 1;
  std::from_chars(sequence.name.data() + percent + 1, sequence.name.data() + end, width);
  const std::string number = fmt::format("{}{:0{}}", frame < 0 ? "-" : "", std::abs(frame), width);
  return sequence.name.substr(0, percent) + number + sequence.name.substr(end + 1);
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
  return folded_equal(name, "thumbs.db") || one_of(parts_of(name).extension, endings);
}

bool is_media_name(std::string_view name) {
  return kind_of(parts_of(name).extension) != NameKind::other;
}

std::vector<Item> items_of(std::string_view folder, std::span<const FileFact> files) {
  std::vector<Item> items;
  Groups groups;
  for (const FileFact& file : files) {
    const NameParts parts = parts_of(file.name);
    const NameKind kind = kind_of(parts.extension);
    if (kind == NameKind::other || is_junk(file.name)) continue;
    if (kind == NameKind::movie) {
      items.push_back(single(folder, file, ItemKind::movie));
    } else if (kind == NameKind::animation) {
      items.push_back(single(folder, file, ItemKind::animation));
    } else if (const auto frame = frame_of(parts.stem)) {
      groups.add(frame->stem, parts.extension, {frame->number, frame->digits, &file});
    } else {
      items.push_back(single(folder, file, ItemKind::still));
    }
  }
  for (Group& group : groups.all()) {
    if (group.members.size() == 1) {
      items.push_back(single(folder, *group.members.front().file, ItemKind::still));
    } else {
      items.push_back(sequence_of(folder, group));
    }
  }
  std::ranges::sort(items, {}, &Item::name);
  return items;
}

std::vector<std::string> sample_files_of(const Item& sequence, int count) {
  std::vector<std::string> files;
  for (int i = 0; i < count; ++i) {
    std::int64_t frame = sequence.range.first + frames_of(sequence) * (2 * i + 1) / (2 * count);
    for (const FrameRange& gap : sequence.missing) {
      if (frame >= gap.first && frame <= gap.last) frame = gap.first - 1;
    }
    std::string name = file_of(sequence, frame);
    if (files.empty() || files.back() != name) files.push_back(std::move(name));
  }
  return files;
}

bool may_state_rate(const Item& item) {
  static constexpr std::array<std::string_view, 2> stating{"exr", "dpx"};
  return item.kind == ItemKind::sequence && one_of(parts_of(item.name).extension, stating);
}

std::int64_t frames_of(const Item& sequence) {
  return sequence.range.last - sequence.range.first + 1;
}

}  // namespace tracker::media

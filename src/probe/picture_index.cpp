#include "probe/picture_index.hpp"

#include <cmath>
#include <numeric>
#include <utility>

#include "probe/timing.hpp"

namespace tracker::probe {
namespace {

constexpr std::int64_t ticks_max = std::int64_t{1} << 53;  ///< products with them fit
constexpr std::size_t blocks_max = 10'000'000;
constexpr Rational rate_without_delays{10, 1};  ///< of a gif

/// Pictures and the time they stand, collected while walking.
struct Shown {
  std::int64_t frames = 0;
  std::int64_t ticks = 0;  ///< sum of the delays
  std::int64_t ticks_per_second = 1000;
  bool whole = false;  ///< the end mark was there
};

/// The rate that the delays were rounded from: 8, 8, 9 hundredths are 12 fps.
std::optional<Rational> rate_of(const Shown& shown) {
  if (shown.ticks <= 0) return std::nullopt;
  const Rational exact = reduced(shown.frames * shown.ticks_per_second, shown.ticks);
  if (const auto known = nearest_known_rate(exact.value())) return known;
  const std::int64_t halves = std::llround(exact.value() * 2);
  const double rounded = static_cast<double>(halves) / 2;
  if (halves > 0 && std::abs(exact.value() - rounded) < rounded * 0.01) return reduced(halves, 2);
  return exact;
}

Answer answer_of(const Shown& shown, std::string codec, std::string how) {
  if (shown.frames == 0) return refused("no picture in this file can be read");
  Answer answer;
  answer.kind = shown.frames == 1 ? Kind::still : Kind::animation;
  answer.frames = shown.frames;
  answer.codec = std::move(codec);
  answer.how = std::move(how);
  answer.truncated = !shown.whole;
  if (answer.truncated) {
    answer.problem = shown.frames == 1
                         ? "the file is cut: its end is missing"
                         : "the file is cut: " + std::to_string(shown.frames) + " frames are there";
  }
  if (answer.kind == Kind::animation) {
    answer.frame_rate = rate_of(shown);
    if (shown.ticks > 0) answer.duration = reduced(shown.ticks, shown.ticks_per_second);
  }
  return answer;
}

/// Moves `at` behind the data blocks of a GIF (length byte, data, …, 0). False at the file's end.
bool skip_gif_data(FileBytes& bytes, std::uint64_t& at) {
  for (std::size_t block = 0; block < blocks_max; ++block) {
    const auto length = bytes.window(at, 1);
    if (!length) return false;
    at += 1 + (*length)[0];
    if ((*length)[0] == 0) return true;
  }
  return false;
}

std::uint64_t color_table_size(unsigned char flags) {
  return (flags & 0x80) != 0 ? std::uint64_t{3} << ((flags & 7) + 1) : 0;
}

}  // namespace

Answer read_png(FileBytes& bytes) {
  Shown shown;
  bool animated = false;
  Answer size;
  std::uint64_t at = 8;
  for (std::size_t block = 0; block < blocks_max; ++block) {
    const auto head = bytes.window(at, 8);
    if (!head) break;
    const std::uint64_t length = big_endian(head->first(4));
    const std::string type(tag(head->subspan(4, 4)));
    if (length > bytes.size() - at || at + length + 12 > bytes.size()) break;
    if (type == "IEND") {
      shown.whole = true;
      break;
    }
    if (type == "IHDR" && length >= 8) {
      const auto data = bytes.window(at + 8, 8);
      if (!data) break;
      size.width = static_cast<std::int32_t>(big_endian(data->first(4)) & 0x7FFFFFFF);
      size.height = static_cast<std::int32_t>(big_endian(data->subspan(4, 4)) & 0x7FFFFFFF);
    } else if (type == "acTL") {
      animated = true;
    } else if (type == "fcTL" && length >= 26) {
      const auto data = bytes.window(at + 8, 26);
      if (!data) break;
      const auto numerator = static_cast<std::int64_t>(big_endian(data->subspan(20, 2)));
      auto denominator = static_cast<std::int64_t>(big_endian(data->subspan(22, 2)));
      if (denominator == 0) denominator = 100;
      // All frames on one clock: the least common multiple, as long as it stays small.
      const std::int64_t clock = std::lcm(shown.ticks_per_second, denominator);
      const std::int64_t finer = clock / shown.ticks_per_second;
      if (clock <= 1'000'000'000 && shown.ticks <= ticks_max / finer) {
        shown.ticks *= finer;
        shown.ticks_per_second = clock;
      }
      shown.ticks += numerator * shown.ticks_per_second / denominator;
      if (shown.ticks > ticks_max) return refused("the delays of this animation are nonsense");
      ++shown.frames;
    } else if (type == "IDAT" && !animated) {
      shown.frames = 1;
    }
    at += length + 12;
  }
  Answer answer = answer_of(shown, animated ? "apng" : "png", "png chunks");
  answer.width = size.width;
  answer.height = size.height;
  return answer;
}

Answer read_gif(FileBytes& bytes) {
  const auto head = bytes.window(0, 13);
  if (!head) return refused("the file ends in its first bytes");
  Shown shown;
  shown.ticks_per_second = 100;
  const auto width = static_cast<std::int32_t>(little_endian(head->subspan(6, 2)));
  const auto height = static_cast<std::int32_t>(little_endian(head->subspan(8, 2)));
  std::uint64_t at = 13 + color_table_size((*head)[10]);
  std::int64_t delay = 0;
  for (std::size_t block = 0; block < blocks_max; ++block) {
    const auto kind = bytes.window(at, 1);
    if (!kind) break;
    const unsigned char code = (*kind)[0];
    if (code == 0x3B) {
      shown.whole = true;
      break;
    }
    if (code == 0x21) {
      const auto control = bytes.window(at, 8);
      if (control && (*control)[1] == 0xF9) {
        delay = static_cast<std::int64_t>(little_endian(control->subspan(4, 2)));
      }
      at += 2;
    } else if (code == 0x2C) {
      const auto picture = bytes.window(at, 11);
      if (!picture) break;
      at += 11 + color_table_size((*picture)[9]);
    } else {
      break;
    }
    if (!skip_gif_data(bytes, at)) break;
    if (code == 0x2C) {
      ++shown.frames;
      shown.ticks += std::exchange(delay, 0);
    }
  }
  Answer answer = answer_of(shown, "gif", "gif blocks");
  if (answer.kind == Kind::animation && shown.ticks == 0) {
    answer.frame_rate = rate_without_delays;
    answer.duration = duration_of(shown.frames, rate_without_delays);
    answer.rate_assumed = true;
    answer.how += ", no delays: 10 a second as browsers show it";
  }
  answer.width = width;
  answer.height = height;
  return answer;
}

Answer read_webp(FileBytes& bytes) {
  const auto head = bytes.window(0, 12);
  if (!head) return refused("the file ends in its first bytes");
  const std::uint64_t end = little_endian(head->subspan(4, 4)) + 8;
  Shown shown;
  shown.whole = end <= bytes.size() + 1;  // the last padding byte is often left out
  std::uint64_t at = 12;
  for (std::size_t block = 0; block < blocks_max && at < end; ++block) {
    const auto chunk = bytes.window(at, 8);
    if (!chunk) break;
    const std::uint64_t length = little_endian(chunk->subspan(4, 4));
    const std::string type(tag(chunk->first(4)));
    if (at + 8 + length > bytes.size()) {
      shown.whole = false;
      break;
    }
    if (type == "ANMF" && length >= 16) {
      const auto data = bytes.window(at + 20, 3);
      if (!data) break;
      ++shown.frames;
      shown.ticks += static_cast<std::int64_t>(little_endian(*data));
    } else if (type == "VP8 " || type == "VP8L") {
      shown.frames = 1;
    }
    at += 8 + length + (length & 1);
  }
  return answer_of(shown, "webp", "webp chunks");
}

}  // namespace tracker::probe

#include "probe/avi_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "probe/cursor.hpp"
#include "probe/timing.hpp"

namespace tracker::probe {
namespace {

constexpr std::size_t streams_max = 16;
constexpr std::int64_t entries_max = 10'000'000;
constexpr std::uint64_t header_size_max = 4 << 20;

struct Chunk {
  std::string id;  ///< "movi" of a list, too
  bool is_list = false;
  std::uint64_t begin = 0;  ///< of the content
  std::uint64_t end = 0;    ///< behind it; beyond the file if the file is cut
  std::uint64_t next = 0;   ///< where the next chunk begins
};

std::optional<Chunk> read_chunk(FileBytes& bytes, std::uint64_t at) {
  const auto head = bytes.window(at, 8);
  if (!head) return std::nullopt;
  Cursor cursor(*head);
  Chunk chunk;
  chunk.id = cursor.text(4);
  const std::uint64_t size = cursor.little32();
  chunk.begin = at + 8;
  chunk.end = chunk.begin + size;
  chunk.next = chunk.end + (size & 1);
  chunk.is_list = chunk.id == "LIST" || chunk.id == "RIFF";
  if (chunk.is_list) {
    const auto kind = bytes.window(chunk.begin, 4);
    if (!kind || size < 4) return std::nullopt;
    chunk.id = tag(*kind);
    chunk.begin += 4;
  }
  return chunk;
}

struct Stream {
  bool is_picture = false;
  bool is_sound = false;
  std::string codec;
  std::uint32_t scale = 0;
  std::uint32_t rate = 0;
  std::uint32_t length = 0;  ///< in scale / rate seconds
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::optional<Chunk> super_index;  ///< "indx"

  double seconds() const {
    return rate == 0 ? 0 : static_cast<double>(length) * scale / static_cast<double>(rate);
  }
};

class AviReader {
 public:
  explicit AviReader(FileBytes& bytes) : bytes_(bytes) {}

  std::optional<Answer> read() {
    const auto riff = read_chunk(bytes_, 0);
    if (!riff) return refused("the file ends in its first bytes");
    walk(*riff);
    if (picture_ == streams_.size()) return without_picture();
    if (streams_[picture_].rate == 0 || streams_[picture_].scale == 0) return std::nullopt;
    const std::optional<std::int64_t> frames = count();
    if (!frames || *frames > entries_max) return std::nullopt;
    if (*frames == 0) {
      return refused(cut_ ? "the file is cut: no frame of it is there" : "no picture in this file");
    }
    return answer(*frames);
  }

 private:
  void walk(const Chunk& riff) {
    cut_ = riff.end > bytes_.size();
    std::uint64_t at = riff.begin;
    while (at + 8 <= std::min(riff.end, bytes_.size())) {
      const auto chunk = read_chunk(bytes_, at);
      if (!chunk) break;
      if (chunk->is_list && chunk->id == "hdrl") read_headers(*chunk);
      if (chunk->is_list && chunk->id == "movi" && !movi_) movi_ = chunk;
      if (!chunk->is_list && chunk->id == "idx1" && chunk->end <= bytes_.size()) idx1_ = chunk;
      at = chunk->next;
    }
    picture_ = 0;
    while (picture_ < streams_.size() && !streams_[picture_].is_picture) ++picture_;
    picture_id_ = fmt::format("{:02}d", picture_);
  }

  void read_headers(const Chunk& hdrl) {
    std::uint64_t at = hdrl.begin;
    while (at + 8 <= std::min(hdrl.end, bytes_.size())) {
      const auto chunk = read_chunk(bytes_, at);
      if (!chunk) return;
      if (chunk->is_list && chunk->id == "strl" && streams_.size() < streams_max) {
        read_stream(*chunk);
      }
      at = chunk->next;
    }
  }

  void read_stream(const Chunk& strl) {
    Stream& stream = streams_.emplace_back();
    std::uint64_t at = strl.begin;
    while (at + 8 <= std::min(strl.end, bytes_.size())) {
      const auto chunk = read_chunk(bytes_, at);
      if (!chunk) return;
      if (chunk->id == "strh") read_stream_head(*chunk, stream);
      if (chunk->id == "strf" && stream.is_picture) read_picture_format(*chunk, stream);
      if (chunk->id == "indx") stream.super_index = chunk;
      at = chunk->next;
    }
  }

  Result<std::vector<unsigned char>> content(const Chunk& chunk, std::uint64_t size_max) {
    const std::uint64_t size = std::min(chunk.end - chunk.begin, size_max);
    return bytes_.load(chunk.begin, static_cast<std::size_t>(size));
  }

  void read_stream_head(const Chunk& chunk, Stream& stream) {
    const auto data = content(chunk, 64);
    if (!data) return;
    Cursor cursor(*data);
    const std::string_view type = cursor.text(4);
    stream.is_picture = type == "vids";
    stream.is_sound = type == "auds";
    stream.codec = cursor.text(4);
    cursor.skip(12);  // flags, priority, language, initial frames
    stream.scale = cursor.little32();
    stream.rate = cursor.little32();
    cursor.skip(4);  // start
    stream.length = cursor.little32();
  }

  void read_picture_format(const Chunk& chunk, Stream& stream) {
    const auto data = content(chunk, 40);
    if (!data) return;
    Cursor cursor(*data);
    cursor.skip(4);
    stream.width = static_cast<std::int32_t>(cursor.little32() & 0xFFFFFF);
    // A negative height is a picture stored from the top.
    const auto height = static_cast<std::int64_t>(static_cast<std::int32_t>(cursor.little32()));
    stream.height = static_cast<std::int32_t>(std::min<std::int64_t>(std::abs(height), 0xFFFFFF));
  }

  /// "00dc" or "00db" of the picture stream.
  bool is_picture_chunk(std::string_view id) const {
    return id.starts_with(picture_id_) && (id.ends_with('c') || id.ends_with('b'));
  }

  std::optional<std::int64_t> count() {
    if (streams_[picture_].super_index) {
      how_ = "avi OpenDML index";
      return count_super_index(*streams_[picture_].super_index);
    }
    if (idx1_) {
      how_ = "avi index";
      return count_idx1(*idx1_);
    }
    cut_ = true;  // the index is written last
    how_ = "avi chunks";
    return movi_ ? count_chunks(*movi_) : 0;
  }

  std::optional<std::int64_t> count_idx1(const Chunk& idx1) {
    std::int64_t frames = 0;
    constexpr std::uint64_t entry_size = 16;
    constexpr std::uint64_t entries_at_once = 2048;
    for (std::uint64_t at = idx1.begin; at + entry_size <= idx1.end;) {
      const std::uint64_t entries = std::min((idx1.end - at) / entry_size, entries_at_once);
      const auto window = bytes_.window(at, static_cast<std::size_t>(entries * entry_size));
      if (!window) return std::nullopt;
      for (std::uint64_t i = 0; i < entries; ++i) {
        if (is_picture_chunk(tag(window->subspan(static_cast<std::size_t>(i * entry_size), 4)))) {
          ++frames;
        }
      }
      at += entries * entry_size;
      if (frames > entries_max) return std::nullopt;
    }
    return frames;
  }

  /// Entries of 16 bytes: where a part of the index stands, its size, its duration.
  std::optional<std::int64_t> count_super_index(const Chunk& indx) {
    if (indx.end > bytes_.size()) return std::nullopt;
    const auto data = content(indx, header_size_max);
    if (!data) return std::nullopt;
    Cursor cursor(*data);
    const std::uint64_t words_per_entry = cursor.little(2);
    cursor.skip(1);
    const std::uint64_t type = cursor.little(1);
    const std::uint64_t entries = cursor.little32();
    cursor.skip(16);
    if (type == 1) return static_cast<std::int64_t>(entries);  // one index, right here
    if (type != 0 || words_per_entry != 4 || entries > cursor.left() / 16) return std::nullopt;
    std::int64_t frames = 0;
    for (std::uint64_t i = 0; i < entries; ++i) {
      const std::uint64_t at = cursor.little(8);
      cursor.skip(8);
      const auto part = at < bytes_.size() ? bytes_.window(at, 16) : fail(ErrorCode::corrupt, "");
      if (!part) {
        cut_ = true;
        continue;
      }
      Cursor head(*part);
      head.skip(12);
      frames += static_cast<std::int64_t>(head.little32());
    }
    return frames;
  }

  std::optional<std::int64_t> count_chunks(const Chunk& movi) {
    std::int64_t frames = 0;
    std::int64_t chunks = 0;
    std::uint64_t at = movi.begin;
    const std::uint64_t end = std::min(movi.end, bytes_.size());
    while (at + 8 <= end) {
      const auto chunk = read_chunk(bytes_, at);
      if (!chunk || chunk->end > bytes_.size()) break;
      if (++chunks > entries_max) return std::nullopt;
      if (is_picture_chunk(chunk->id)) ++frames;
      at = chunk->is_list ? chunk->begin : chunk->next;  // "rec " groups chunks
    }
    return frames;
  }

  Answer without_picture() const {
    const bool sound = std::ranges::any_of(streams_, &Stream::is_sound);
    Answer answer = refused(sound ? "no picture in this file, only sound"
                                  : "the movie's beginning is damaged: render or copy it again");
    if (sound) answer.kind = Kind::audio;
    return answer;
  }

  Answer answer(std::int64_t frames) const {
    const Stream& stream = streams_[picture_];
    Answer answer;
    answer.kind = Kind::video;
    answer.codec = stream.codec;
    answer.width = stream.width;
    answer.height = stream.height;
    answer.frames = frames;
    answer.how = how_;
    const Rational exact = reduced(stream.rate, stream.scale);
    answer.frame_rate = nearest_known_rate(exact.value()).value_or(exact);
    answer.duration = duration_of(frames, *answer.frame_rate);
    answer.audio_longer = std::ranges::any_of(streams_, [&](const Stream& other) {
      return other.is_sound && other.seconds() > answer.duration->value() + sound_longer_by;
    });
    answer.truncated = cut_;
    if (cut_) answer.problem = fmt::format("the file is cut: {} frames are there", frames);
    return answer;
  }

  FileBytes& bytes_;
  std::vector<Stream> streams_;
  std::size_t picture_ = 0;
  std::string picture_id_;
  std::optional<Chunk> movi_;
  std::optional<Chunk> idx1_;
  bool cut_ = false;
  std::string how_;
};

}  // namespace

std::optional<Answer> read_avi(FileBytes& bytes) { return AviReader(bytes).read(); }

}  // namespace tracker::probe

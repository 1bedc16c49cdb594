#include "probe/index.hpp"

#include "probe/avi_index.hpp"
#include "probe/matroska_index.hpp"
#include "probe/mp4_index.hpp"
#include "probe/picture_head.hpp"
#include "probe/picture_index.hpp"

namespace tracker::probe {
namespace {

Answer still_picture() {
  Answer answer;
  answer.kind = Kind::still;
  answer.frames = 1;
  answer.how = "first bytes";
  return answer;
}

Answer sound_only() {
  Answer answer = refused("no picture in this file, only sound");
  answer.kind = Kind::audio;
  return answer;
}

}  // namespace

std::optional<Answer> read_index(FileBytes& bytes, Format format) {
  switch (format) {
    case Format::empty:
      return refused("the file is empty (0 bytes)");
    case Format::all_zero:
      return refused("only zeros: the file is still being copied, or the copy failed");
    case Format::text:
      return refused("not a media file: it holds text");
    case Format::unknown:
      return refused(unknown_format);
    case Format::work_file:
      return refused("a work file, not a rendered picture");
    case Format::jpeg:
      return still_picture();
    case Format::picture: {
      Answer answer = still_picture();
      answer.frame_rate = stated_rate(bytes);
      return answer;
    }
    case Format::audio:
      return sound_only();
    case Format::mp4:
      return read_mp4(bytes);
    case Format::matroska:
      return read_matroska(bytes);
    case Format::avi:
      return read_avi(bytes);
    case Format::png:
      return read_png(bytes);
    case Format::gif:
      return read_gif(bytes);
    case Format::webp:
      return read_webp(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace tracker::probe

#include "probe/libav/input.hpp"

#include <algorithm>
#include <array>

namespace tracker::probe::libav {
namespace {

constexpr int buffer_size = 32768;

/// The HEVC parameter sets and delimiters cannot be taken for an H.264 unit in the first place.
bool is_hevc(FileBytes& bytes) {
  const auto head = bytes.window(0, 5);
  if (!head) return false;
  const unsigned char unit = (*head)[2] == 1 ? (*head)[3] : (*head)[4];
  return unit == 0x40 || unit == 0x42 || unit == 0x44 || unit == 0x46 || unit == 0x4E;
}

/// The formats of stills that sniff() does not tell apart.
const char* still_demuxer(FileBytes& bytes) {
  struct Still {
    std::string_view begin;
    const char* demuxer;
  };
  static constexpr std::array<Still, 7> stills{{{"\x76\x2F\x31\x01", "exr_pipe"},
                                                {"II*", "tiff_pipe"},
                                                {"MM", "tiff_pipe"},
                                                {"SDPX", "dpx_pipe"},
                                                {"XPDS", "dpx_pipe"},
                                                {"BM", "bmp_pipe"},
                                                {"\x01\xDA", "sgi_pipe"}}};
  const auto head = bytes.window(0, 4);
  for (const Still& still : stills) {
    if (head && tag(*head).starts_with(still.begin)) return still.demuxer;
  }
  return nullptr;
}

const char* demuxer_of(Format format, FileBytes& bytes) {
  switch (format) {
    case Format::mp4:
      return "mov";
    case Format::matroska:
      return "matroska";
    case Format::avi:
      return "avi";
    case Format::flv:
      return "flv";
    case Format::asf:
      return "asf";
    case Format::ogg:
      return "ogg";
    case Format::mxf:
      return "mxf";
    case Format::mpeg_ts:
      return "mpegts";
    case Format::mpeg_ps:
      return "mpeg";
    case Format::mpeg_video:
      return "mpegvideo";
    case Format::annex_b:
      return is_hevc(bytes) ? "hevc" : "h264";
    case Format::y4m:
      return "yuv4mpegpipe";
    case Format::motion_jpeg:
      return "mjpeg";
    case Format::jpeg:
      return "jpeg_pipe";
    case Format::png:
      return "png_pipe";
    case Format::gif:
      return "gif";
    case Format::webp:
      return "webp_pipe";
    case Format::picture:
      return still_demuxer(bytes);
    default:
      return nullptr;
  }
}

std::string message_of(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

bool needs_a_look_inside(const AVFormatContext& context) {
  if (context.nb_streams == 0) return true;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVCodecParameters& codec = *context.streams[i]->codecpar;
    if (codec.codec_type == AVMEDIA_TYPE_VIDEO && (codec.width == 0 || codec.codec_id == 0)) {
      return true;
    }
  }
  return false;
}

}  // namespace

int Input::read(void* self, std::uint8_t* out, int count) {
  auto& input = *static_cast<Input*>(self);
  if (input.position_ >= input.bytes_.size()) return AVERROR_EOF;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(
      static_cast<std::uint64_t>(count), input.bytes_.size() - input.position_));
  if (!input.bytes_.read(input.position_, {out, wanted})) return AVERROR(EIO);
  input.position_ += wanted;
  return static_cast<int>(wanted);
}

std::int64_t Input::seek(void* self, std::int64_t offset, int whence) {
  auto& input = *static_cast<Input*>(self);
  const auto size = static_cast<std::int64_t>(input.bytes_.size());
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return size;
    case SEEK_CUR:
      offset += static_cast<std::int64_t>(input.position_);
      break;
    case SEEK_END:
      offset += size;
      break;
    default:
      break;
  }
  if (offset < 0) return AVERROR(EINVAL);
  input.position_ = static_cast<std::uint64_t>(offset);
  return offset;
}

Result<std::unique_ptr<Input>> Input::open(FileBytes& bytes, Format format) {
  const char* name = demuxer_of(format, bytes);
  const AVInputFormat* demuxer = name != nullptr ? av_find_input_format(name) : nullptr;
  if (demuxer == nullptr) return fail(ErrorCode::unsupported, "no reader for this format");
  std::unique_ptr<Input> input(new Input(bytes));
  auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_size));
  if (buffer == nullptr) return fail(ErrorCode::too_large, "no memory");
  input->io_ = avio_alloc_context(buffer, buffer_size, 0, input.get(), &read, nullptr, &seek);
  input->context_ = avformat_alloc_context();
  if (input->io_ == nullptr || input->context_ == nullptr) {
    return fail(ErrorCode::too_large, "no memory");
  }
  input->context_->pb = input->io_;
  input->context_->flags |= AVFMT_FLAG_CUSTOM_IO;
  AVDictionary* options = nullptr;
  av_dict_set(&options, "format_whitelist", demuxer->name, 0);
  av_dict_set(&options, "protocol_whitelist", "", 0);
  int code = avformat_open_input(&input->context_, "", demuxer, &options);
  av_dict_free(&options);
  if (code < 0) return fail(ErrorCode::corrupt, message_of(code));
  if (needs_a_look_inside(*input->context_)) {
    code = avformat_find_stream_info(input->context_, nullptr);
    if (code < 0) return fail(ErrorCode::corrupt, message_of(code));
  }
  return input;
}

Input::~Input() {
  avformat_close_input(&context_);
  if (io_ != nullptr) av_freep(&io_->buffer);
  avio_context_free(&io_);
}

AVStream* Input::picture() const {
  AVStream* first = nullptr;
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    AVStream* stream = context_->streams[i];
    const bool is_picture = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
                            (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
    if (!is_picture) continue;
    if ((stream->disposition & AV_DISPOSITION_DEFAULT) != 0) return stream;
    if (first == nullptr) first = stream;
  }
  return first;
}

}  // namespace tracker::probe::libav

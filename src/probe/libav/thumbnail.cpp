#include "probe/libav/thumbnail.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <memory>

#include "probe/libav/encoder.hpp"
#include "probe/libav/input.hpp"

namespace tracker::probe::libav {
namespace {

constexpr std::int64_t pixels_max = std::int64_t{8192} * 8192;
constexpr int packets_per_picture_max = 2000;  ///< read for one picture
constexpr int jpeg_quality = 5;                ///< 2 is best, 31 worst

struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeCodec {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeScaler {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;
using Codec = std::unique_ptr<AVCodecContext, FreeCodec>;
using Scaler = std::unique_ptr<SwsContext, FreeScaler>;

int even(std::int64_t value) { return static_cast<int>(std::max<std::int64_t>(value & ~1, 2)); }

Result<Codec> open_decoder(const AVStream& stream, bool key_frames_only) {
  const AVCodec* codec = avcodec_find_decoder(stream.codecpar->codec_id);
  Codec context(avcodec_alloc_context3(codec));
  if (codec == nullptr || !context) return fail(ErrorCode::unsupported, "no decoder for this file");
  int code = avcodec_parameters_to_context(context.get(), stream.codecpar);
  context->thread_count = 1;
  context->max_pixels = pixels_max;
  context->skip_loop_filter = AVDISCARD_ALL;
  if (key_frames_only) context->skip_frame = AVDISCARD_NONKEY;
  if (code >= 0) code = avcodec_open2(context.get(), codec, nullptr);
  if (code < 0) return std::unexpected(libav_error(code, "the decoder does not start"));
  return context;
}

class Decoder {
 public:
  static Result<Decoder> open(FileBytes& bytes, bool key_frames_only) {
    TRY(std::unique_ptr<Input> input, Input::open(bytes, sniff(bytes)));
    AVStream* stream = input->picture();
    if (stream == nullptr) return fail(ErrorCode::not_found, "no picture in this file");
    TRY(Codec codec, open_decoder(*stream, key_frames_only));
    for (unsigned i = 0; i < input->context()->nb_streams; ++i) {
      AVStream* other = input->context()->streams[i];
      if (other != stream) other->discard = AVDISCARD_ALL;
    }
    return Decoder(std::move(input), stream, std::move(codec));
  }

  /// The picture that is shown at `part` (0 to 1) of the movie, or the next that can be had, or the
  /// last. Valid until the next call. `exact` is meant for several calls in the order of time: what
  /// lies between two of them is decoded once.
  Result<const AVFrame*> at(double part, bool exact) {
    const std::int64_t wanted = time_at(part);
    const bool is_timed = wanted != AV_NOPTS_VALUE;
    const bool goes_on = exact && is_timed && is_on_the_way_to(wanted);
    if (is_timed && !goes_on) seek(wanted);
    needed_from_ = exact ? wanted : AV_NOPTS_VALUE;
    bool is_there = goes_on && shown_->best_effort_timestamp >= wanted;
    while (!is_there && receive()) {
      std::swap(frame_, shown_);
      is_there = !exact || !is_timed || shown_->best_effort_timestamp >= wanted;
    }
    if (!has_shown()) return fail(ErrorCode::corrupt, "no picture of this file can be decoded");
    return shown_.get();
  }

 private:
  Decoder(std::unique_ptr<Input> input, AVStream* stream, Codec codec)
      : input_(std::move(input)), stream_(stream), codec_(std::move(codec)) {}

  bool has_shown() const { return shown_->buf[0] != nullptr; }

  /// No later key frame than the one that the decoder started from helps.
  bool is_on_the_way_to(std::int64_t wanted) const {
    if (!has_shown()) return false;
    const AVIndexEntry* key =
        avformat_index_get_entry_from_timestamp(stream_, wanted, AVSEEK_FLAG_BACKWARD);
    return key != nullptr && key->timestamp <= shown_->best_effort_timestamp;
  }

  /// Where it can't be sought, the next picture serves.
  void seek(std::int64_t wanted) {
    (void)av_seek_frame(input_->context(), stream_->index, wanted, AVSEEK_FLAG_BACKWARD);
    avcodec_flush_buffers(codec_.get());
    draining_ = false;
  }

  /// Pictures before the wanted one are decoded only where others are made from them.
  void skip_what_nobody_needs() const {
    if (needed_from_ == AV_NOPTS_VALUE) return;
    const bool is_before = packet_->pts != AV_NOPTS_VALUE && packet_->pts < needed_from_;
    codec_->skip_frame = is_before ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
  }

  std::int64_t time_at(double part) const {
    std::int64_t length = stream_->duration;
    if (length == AV_NOPTS_VALUE && input_->context()->duration != AV_NOPTS_VALUE) {
      length = av_rescale_q(input_->context()->duration, AVRational{1, AV_TIME_BASE},
                            stream_->time_base);
    }
    if (length == AV_NOPTS_VALUE || length <= 0) return AV_NOPTS_VALUE;
    const std::int64_t start = stream_->start_time == AV_NOPTS_VALUE ? 0 : stream_->start_time;
    return start + static_cast<std::int64_t>(static_cast<double>(length) * part);
  }

  /// The next decoded picture into frame_. False at the end.
  bool receive() {
    for (int packets = 0; packets < packets_per_picture_max;) {
      const int code = avcodec_receive_frame(codec_.get(), frame_.get());
      if (code >= 0) return true;
      if (code != AVERROR(EAGAIN) || draining_) return false;
      const int read = av_read_frame(input_->context(), packet_.get());
      draining_ = read < 0;
      if (read >= 0 && packet_->stream_index != stream_->index) {
        av_packet_unref(packet_.get());
        continue;
      }
      skip_what_nobody_needs();
      // A damaged packet is no reason to stop: the next may be sound.
      (void)avcodec_send_packet(codec_.get(), draining_ ? nullptr : packet_.get());
      av_packet_unref(packet_.get());
      ++packets;
    }
    return false;
  }

  std::unique_ptr<Input> input_;
  AVStream* stream_;
  Codec codec_;
  Frame frame_{av_frame_alloc()};
  Frame shown_{av_frame_alloc()};
  Packet packet_{av_packet_alloc()};
  bool draining_ = false;
  std::int64_t needed_from_ = AV_NOPTS_VALUE;
};

/// An empty picture for the JPEG encoder, black.
Result<Frame> canvas(int width, int height) {
  Frame frame(av_frame_alloc());
  if (!frame) return fail(ErrorCode::too_large, "no memory");
  frame->format = AV_PIX_FMT_YUVJ420P;
  frame->width = width;
  frame->height = height;
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) {
    return std::unexpected(libav_error(code, "no memory for a picture"));
  }
  for (int plane = 0; plane < 3; ++plane) {
    const int rows = plane == 0 ? height : height / 2;
    std::fill_n(frame->data[plane], static_cast<std::ptrdiff_t>(frame->linesize[plane]) * rows,
                static_cast<std::uint8_t>(plane == 0 ? 0 : 128));
  }
  return frame;
}

/// Draws `picture` into the tile of `width` at column `left`.
Status scale_into(const AVFrame& picture, AVFrame& target, int left, int width) {
  Scaler scaler(sws_getContext(picture.width, picture.height,
                               static_cast<AVPixelFormat>(picture.format), width, target.height,
                               AV_PIX_FMT_YUVJ420P, SWS_AREA, nullptr, nullptr, nullptr));
  if (!scaler) return fail(ErrorCode::unsupported, "pixels of this kind cannot be converted");
  std::uint8_t* planes[4] = {target.data[0] + left, target.data[1] + left / 2,
                             target.data[2] + left / 2, nullptr};
  sws_scale(scaler.get(), picture.data, picture.linesize, 0, picture.height, planes,
            target.linesize);
  return {};
}

Result<std::string> to_jpeg(AVFrame& picture) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  Codec context(avcodec_alloc_context3(codec));
  Packet packet(av_packet_alloc());
  if (codec == nullptr || !context || !packet) {
    return fail(ErrorCode::unsupported, "this FFmpeg cannot write JPEG");
  }
  context->width = picture.width;
  context->height = picture.height;
  context->pix_fmt = AV_PIX_FMT_YUVJ420P;
  context->time_base = {1, 25};
  context->thread_count = 1;
  context->flags |= AV_CODEC_FLAG_QSCALE;
  context->global_quality = FF_QP2LAMBDA * jpeg_quality;
  picture.quality = context->global_quality;
  picture.pts = 0;
  int code = avcodec_open2(context.get(), codec, nullptr);
  if (code >= 0) code = avcodec_send_frame(context.get(), &picture);
  if (code >= 0) code = avcodec_receive_packet(context.get(), packet.get());
  if (code < 0) return std::unexpected(libav_error(code, "a picture cannot be encoded"));
  std::string bytes(reinterpret_cast<const char*>(packet->data),
                    static_cast<std::size_t>(packet->size));
  if (!is_jpeg(bytes)) return fail(ErrorCode::too_large, "the small picture is not small");
  return bytes;
}

int height_for(const AVFrame& picture, int width) {
  const std::int64_t height = std::int64_t{picture.height} * width / std::max(picture.width, 1);
  return even(std::min<std::int64_t>(height, width * 2));
}

/// The first picture of it that is drawn says how high all are.
Status draw_tile(const AVFrame& shown, int tile, int tiles, int width, Frame& target) {
  if (!target) {
    TRY(target, canvas(width * tiles, height_for(shown, width)));
  }
  return scale_into(shown, *target, tile * width, width);
}

Result<std::string> draw_one(int file, Picture picture) {
  FileBytes bytes(file);
  const bool strip = picture == Picture::strip;
  TRY(Decoder decoder, Decoder::open(bytes, !strip));
  const int tiles = strip ? strip_tiles : 1;
  const int width = strip ? strip_tile_width : thumbnail_width;
  Frame target;
  for (int tile = 0; tile < tiles; ++tile) {
    TRY(const AVFrame* shown, decoder.at((tile + 0.5) / tiles, strip));
    CHECK_OK(draw_tile(*shown, tile, tiles, width, target));
  }
  return to_jpeg(*target);
}

Result<std::string> draw_side_by_side(std::span<const Descriptor> files) {
  Frame target;
  for (int tile = 0; tile < strip_tiles; ++tile) {
    const std::size_t place = static_cast<std::size_t>(tile) * files.size() / strip_tiles;
    FileBytes bytes(files[place].number());
    auto decoder = Decoder::open(bytes, true);
    const auto shown = decoder ? decoder->at(0, false) : fail(ErrorCode::corrupt, "");
    if (shown) CHECK_OK(draw_tile(**shown, tile, strip_tiles, strip_tile_width, target));
  }
  if (!target) return fail(ErrorCode::corrupt, "no picture of this sequence can be decoded");
  return to_jpeg(*target);
}

}  // namespace

Result<std::string> draw(std::span<const Descriptor> files, Picture picture) {
  return files.size() == 1 ? draw_one(files.front().number(), picture) : draw_side_by_side(files);
}

}  // namespace tracker::probe::libav

#include "probe/libav/encoder.hpp"

#include <array>

#include "probe/libav/drawing.hpp"

extern "C" {
#include <libavutil/opt.h>
}

namespace tracker::probe::libav {
namespace {

struct Recipe {
  std::string_view extension;
  const char* encoder;
  AVPixelFormat pixels;
  const char* option;  ///< of the encoder; or null
  const char* value;
};
/// The first encoder that this FFmpeg has wins.
constexpr std::array<Recipe, 8> recipes{
    {{"mp4", "libx264", AV_PIX_FMT_YUV420P, "preset", "ultrafast"},
     {"mp4", "mpeg4", AV_PIX_FMT_YUV420P, nullptr, nullptr},
     {"mkv", "libx264", AV_PIX_FMT_YUV420P, "preset", "ultrafast"},
     {"mkv", "mpeg4", AV_PIX_FMT_YUV420P, nullptr, nullptr},
     {"mov", "prores", AV_PIX_FMT_YUV422P10LE, nullptr, nullptr},
     {"png", "png", AV_PIX_FMT_RGB24, "pred", "up"},
     {"jpg", "mjpeg", AV_PIX_FMT_YUVJ420P, nullptr, nullptr},
     {"exr", "exr", AV_PIX_FMT_GBRPF32LE, "compression", "zip16"}}};

}  // namespace

Error libav_error(int code, std::string what, std::string where) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return Error{ErrorCode::io, std::move(what) + ": " + text.data(), {}, std::move(where)};
}

Result<std::unique_ptr<Encoder>> Encoder::open(std::string_view extension, Rational frame_rate,
                                               bool global_header) {
  const Recipe* recipe = nullptr;
  const AVCodec* codec = nullptr;
  for (const Recipe& one : recipes) {
    if (one.extension != extension || codec != nullptr) continue;
    recipe = &one;
    codec = avcodec_find_encoder_by_name(one.encoder);
  }
  if (codec == nullptr) {
    return fail(ErrorCode::unsupported, "no encoder for files of this kind", {},
                std::string(extension));
  }
  std::unique_ptr<Encoder> encoder(new Encoder);
  AVCodecContext* context = encoder->context_ = avcodec_alloc_context3(codec);
  encoder->frame_ = av_frame_alloc();
  encoder->packet_ = av_packet_alloc();
  context->width = drawing_width;
  context->height = drawing_height;
  context->pix_fmt = recipe->pixels;
  context->time_base = {static_cast<int>(frame_rate.denominator),
                        static_cast<int>(frame_rate.numerator)};
  context->framerate = av_inv_q(context->time_base);
  context->thread_count = 1;
  if (global_header) context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (recipe->option != nullptr) av_opt_set(context->priv_data, recipe->option, recipe->value, 0);
  av_opt_set(context->priv_data, "crf", "30", 0);
  if (const int code = avcodec_open2(context, codec, nullptr); code < 0) {
    return std::unexpected(libav_error(code, "the encoder does not start", recipe->encoder));
  }
  encoder->converter_ =
      sws_getContext(drawing_width, drawing_height, AV_PIX_FMT_RGB24, drawing_width, drawing_height,
                     recipe->pixels, SWS_BILINEAR, nullptr, nullptr, nullptr);
  encoder->frame_->format = recipe->pixels;
  encoder->frame_->width = drawing_width;
  encoder->frame_->height = drawing_height;
  const int code = av_frame_get_buffer(encoder->frame_, 0);
  if (encoder->converter_ == nullptr || code < 0) {
    return fail(ErrorCode::internal, "pixels cannot be converted", {}, recipe->encoder);
  }
  return encoder;
}

Encoder::~Encoder() {
  avcodec_free_context(&context_);
  sws_freeContext(converter_);
  av_frame_free(&frame_);
  av_packet_free(&packet_);
}

Status Encoder::encode(const std::vector<std::uint8_t>& pixels, const OnPacket& on_packet) {
  if (const int code = av_frame_make_writable(frame_); code < 0) {
    return std::unexpected(libav_error(code, "no memory for a picture"));
  }
  const std::array<const std::uint8_t*, 1> rows{pixels.data()};
  const std::array<int, 1> stride{drawing_width * 3};
  sws_scale(converter_, rows.data(), stride.data(), 0, drawing_height, frame_->data,
            frame_->linesize);
  frame_->pts = next_time_++;
  if (const int code = avcodec_send_frame(context_, frame_); code < 0) {
    return std::unexpected(libav_error(code, "a picture cannot be encoded"));
  }
  return drain(on_packet);
}

Status Encoder::finish(const OnPacket& on_packet) {
  avcodec_send_frame(context_, nullptr);
  return drain(on_packet);
}

Status Encoder::drain(const OnPacket& on_packet) {
  while (avcodec_receive_packet(context_, packet_) >= 0) {
    if (packet_->duration == 0) packet_->duration = 1;
    Status taken = on_packet(packet_);
    av_packet_unref(packet_);
    if (!taken) return taken;
  }
  return {};
}

}  // namespace tracker::probe::libav

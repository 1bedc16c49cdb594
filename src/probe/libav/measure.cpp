#include "probe/libav/measure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probe/file_bytes.hpp"
#include "probe/index.hpp"
#include "probe/libav/input.hpp"
#include "probe/sniff.hpp"
#include "probe/timing.hpp"

namespace tracker::probe::libav {
namespace {

constexpr std::size_t packets_max = 20'000'000;

std::optional<Rational> rational_of(AVRational value) {
  if (value.num <= 0 || value.den <= 0) return std::nullopt;
  return reduced(value.num, value.den);
}

void describe_codec(const AVStream& stream, Answer& answer) {
  answer.codec = avcodec_get_name(stream.codecpar->codec_id);
  answer.width = stream.codecpar->width;
  answer.height = stream.codecpar->height;
}

/// VP8 alt-ref pictures are decoded, but never shown.
bool is_hidden(const AVStream& stream, const AVPacket& packet) {
  return stream.codecpar->codec_id == AV_CODEC_ID_VP8 && packet.size > 0 &&
         (packet.data[0] & 0x10) == 0;
}

struct Count {
  Moments moments;
  bool all_have_times = true;
  bool corrupt = false;
  std::int64_t frames = 0;
};

Count count_packets(AVFormatContext* context, const AVStream& stream) {
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    context->streams[i]->discard =
        context->streams[i] == &stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  Count count;
  std::int64_t latest = INT64_MIN;
  AVPacket* packet = av_packet_alloc();
  while (static_cast<std::size_t>(count.frames) < packets_max &&
         av_read_frame(context, packet) >= 0) {
    const bool counts = packet->stream_index == stream.index && packet->size > 0 &&
                        (packet->flags & AV_PKT_FLAG_DISCARD) == 0 && !is_hidden(stream, *packet);
    if (counts && (packet->flags & AV_PKT_FLAG_CORRUPT) != 0) {
      count.corrupt = true;
    } else if (counts) {
      ++count.frames;
      const std::int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
      if (time == AV_NOPTS_VALUE) {
        count.all_have_times = false;
      } else {
        count.moments.shown_at.push_back(time);
        if (time >= latest) {
          latest = time;
          count.moments.last_duration = packet->duration;
        }
      }
    }
    av_packet_unref(packet);
  }
  av_packet_free(&packet);
  return count;
}

/// Raw streams carry no times: their rate stands in the stream itself, or nowhere.
void time_without_clock(const AVStream& stream, Format format, Answer& answer) {
  answer.frame_rate = rational_of(stream.avg_frame_rate);
  if (!answer.frame_rate) answer.frame_rate = rational_of(stream.r_frame_rate);
  if (!answer.frame_rate || format == Format::motion_jpeg) {
    answer.frame_rate = Rational{25, 1};
    answer.rate_assumed = true;
  }
  answer.frame_rate = nearest_known_rate(answer.frame_rate->value()).value_or(*answer.frame_rate);
  answer.duration = duration_of(*answer.frames, *answer.frame_rate);
}

bool is_raw(Format format) {
  return format == Format::annex_b || format == Format::mpeg_video || format == Format::motion_jpeg;
}

void time_by_clock(const AVStream& stream, Count count, Answer& answer) {
  count.moments.tick = {stream.time_base.num, stream.time_base.den};
  count.moments.declared_rate = rational_of(stream.avg_frame_rate);
  const Timing timing = timing_of(std::move(count.moments));
  answer.frame_rate = timing.frame_rate;
  answer.duration = timing.duration;
  answer.variable_rate = timing.variable_rate;
}

/// MXF says its length in edit units, which are frames.
bool take_mxf_header(const AVFormatContext& context, const AVStream& stream, Answer& answer) {
  const auto rate = rational_of(av_inv_q(stream.time_base));
  const bool exact = context.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE;
  if (!exact || stream.duration <= 0 || !rate) return false;
  answer.frames = stream.duration;
  answer.frame_rate = nearest_known_rate(rate->value()).value_or(*rate);
  answer.duration = duration_of(*answer.frames, *answer.frame_rate);
  answer.how = "mxf header";
  return true;
}

Answer without_picture(const AVFormatContext& context) {
  Answer answer = refused("no picture in this file, only sound");
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    if (context.streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) answer.kind = Kind::audio;
  }
  if (answer.kind == Kind::none) answer.problem = "no picture in this file";
  return answer;
}

Answer by_libavformat(FileBytes& bytes, Format format) {
  const auto opened = Input::open(bytes, format);
  if (!opened) return refused("unreadable: " + opened.error().what);
  AVFormatContext* context = (*opened)->context();
  AVStream* stream = (*opened)->picture();
  if (stream == nullptr) return without_picture(*context);
  Answer answer;
  answer.kind = Kind::video;
  describe_codec(*stream, answer);
  if (format == Format::mxf && take_mxf_header(*context, *stream, answer)) return answer;
  Count count = count_packets(context, *stream);
  if (count.frames == 0) return refused("no picture in this file can be read");
  answer.frames = count.frames;
  answer.how = fmt::format("{} packets", context->iformat->name);
  const bool cut_stream = format == Format::mpeg_ts && bytes.size() % 188 != 0 &&
                          bytes.size() % 192 != 0 && bytes.size() % 204 != 0;
  answer.truncated = count.corrupt || cut_stream;
  if (is_raw(format) || !count.all_have_times) {
    time_without_clock(*stream, format, answer);
  } else {
    time_by_clock(*stream, std::move(count), answer);
  }
  if (answer.truncated) {
    answer.problem = fmt::format("the file is cut: {} frames are there", count.frames);
  }
  return answer;
}

}  // namespace

Answer measure(int fd) {
  FileBytes bytes(fd);
  const Format format = sniff(bytes);
  if (auto answer = read_index(bytes, format)) return *std::move(answer);
  return by_libavformat(bytes, format);
}

}  // namespace tracker::probe::libav

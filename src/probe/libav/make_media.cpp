#include "probe/libav/make_media.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>

#include "probe/libav/drawing.hpp"
#include "probe/libav/encoder.hpp"

extern "C" {
#include <libavformat/avformat.h>
}

namespace tracker::probe::libav {
namespace {

namespace json = boost::json;

constexpr std::int64_t frames_max = 10'000;

std::uint32_t seed_of(std::string_view path) {
  std::uint32_t seed = 2166136261;
  for (unsigned char c : path) seed = (seed ^ c) * 16777619;
  return seed;
}

std::string extension_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// Owns the muxer of one file.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    if (context_ != nullptr) avio_closep(&context_->pb);
    avformat_free_context(context_);
  }
  int open(const std::string& path) {
    const int code = avformat_alloc_output_context2(&context_, nullptr, nullptr, path.c_str());
    return code < 0 ? code : avio_open(&context_->pb, path.c_str(), AVIO_FLAG_WRITE);
  }
  AVFormatContext* context() const { return context_; }

 private:
  AVFormatContext* context_ = nullptr;
};

Status write_movie(const std::string& file, const MediaPlan& plan) {
  Output output;
  if (const int code = output.open(file); code < 0) {
    return std::unexpected(libav_error(code, "cannot write", file));
  }
  const bool global_header = (output.context()->oformat->flags & AVFMT_GLOBALHEADER) != 0;
  TRY(const auto encoder, Encoder::open(extension_of(file), plan.frame_rate, global_header));
  AVStream* stream = avformat_new_stream(output.context(), nullptr);
  stream->time_base = encoder->context()->time_base;
  stream->avg_frame_rate = encoder->context()->framerate;
  avcodec_parameters_from_context(stream->codecpar, encoder->context());
  if (const int code = avformat_write_header(output.context(), nullptr); code < 0) {
    return std::unexpected(libav_error(code, "cannot write", file));
  }
  const auto write = [&](AVPacket* packet) -> Status {
    av_packet_rescale_ts(packet, encoder->context()->time_base, stream->time_base);
    packet->stream_index = stream->index;
    const int code = av_interleaved_write_frame(output.context(), packet);
    if (code < 0) return std::unexpected(libav_error(code, "cannot write", file));
    return {};
  };
  const std::uint32_t seed = seed_of(plan.path);
  for (std::int64_t frame = 0; frame < plan.frames; ++frame) {
    CHECK_OK(encoder->encode(drawing(seed, frame, plan.frames), write));
  }
  CHECK_OK(encoder->finish(write));
  if (const int code = av_write_trailer(output.context()); code < 0) {
    return std::unexpected(libav_error(code, "cannot write", file));
  }
  return {};
}

std::string numbered(const std::string& pattern, std::int64_t frame) {
  constexpr std::string_view placeholder = "%04d";
  std::string number = std::to_string(frame);
  if (number.size() < 4) number.insert(0, 4 - number.size(), '0');
  std::string name = pattern;
  return name.replace(name.find(placeholder), placeholder.size(), number);
}

Status write_sequence(const std::string& pattern, const MediaPlan& plan) {
  const std::uint32_t seed = seed_of(plan.path);
  for (std::int64_t i = 0; i < plan.frames; ++i) {
    const std::int64_t frame = plan.first_frame + i;
    if (std::ranges::find(plan.missing_frames, frame) != plan.missing_frames.end()) continue;
    const std::string file = numbered(pattern, frame);
    std::ofstream out(file, std::ios::binary);
    const auto write = [&](AVPacket* packet) -> Status {
      out.write(reinterpret_cast<const char*>(packet->data), packet->size);
      return {};
    };
    TRY(const auto encoder, Encoder::open(extension_of(file), plan.frame_rate, false));
    CHECK_OK(encoder->encode(drawing(seed, i, plan.frames), write));
    CHECK_OK(encoder->finish(write));
    out.close();
    if (!out) return fail(ErrorCode::io, "cannot write", "is the disk full?", file);
  }
  return {};
}

Result<MediaPlan> parse_plan(const json::value& value) {
  try {
    const json::object& object = value.as_object();
    MediaPlan plan;
    plan.path = json::value_to<std::string>(object.at("path"));
    plan.frames = object.at("frames").to_number<std::int64_t>();
    const auto rate = parse_frame_rate(json::value_to<std::string>(object.at("fps")));
    plan.first_frame = object.at("first").to_number<std::int64_t>();
    plan.missing_frames = json::value_to<std::vector<std::int64_t>>(object.at("missing"));
    plan.cut_short = object.at("cut").as_bool();
    const bool sane = rate && plan.frames > 0 && plan.frames <= frames_max &&
                      !plan.path.starts_with('/') && plan.path.find("..") == std::string::npos;
    if (!sane) return fail(ErrorCode::invalid_input, "not a plan of a media file", {}, plan.path);
    plan.frame_rate = *rate;
    return plan;
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::invalid_input,
                std::string("not a plan of a media file: ") + thrown.what());
  }
}

}  // namespace

Result<std::vector<MediaPlan>> parse_plans(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  const json::array* list = error ? nullptr : value.if_array();
  if (list == nullptr) return fail(ErrorCode::invalid_input, "the plan is no JSON array");
  std::vector<MediaPlan> plans;
  for (const json::value& one : *list) {
    TRY(MediaPlan plan, parse_plan(one));
    plans.push_back(std::move(plan));
  }
  return plans;
}

Status make_media(const std::filesystem::path& folder, const MediaPlan& plan) {
  const std::filesystem::path file = folder / plan.path;
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return fail(ErrorCode::io, error.message(), {}, file.parent_path().string());
  if (plan.path.find("%04d") != std::string::npos) return write_sequence(file.string(), plan);
  CHECK_OK(write_movie(file.string(), plan));
  if (plan.cut_short) {
    const auto size = std::filesystem::file_size(file, error);
    if (!error) std::filesystem::resize_file(file, size / 5 * 3, error);
    if (error) return fail(ErrorCode::io, error.message(), {}, file.string());
  }
  return {};
}

}  // namespace tracker::probe::libav

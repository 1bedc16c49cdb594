// Drawings in, packets out: a thin owner of libavcodec's encoder and the pixel conversion before
// it. Blocking; one thread. Packets are handed to a callback and are valid during it only.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
}

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/rational.hpp"
#include "core/result.hpp"

namespace tracker::probe::libav {

class Encoder {
 public:
  using OnPacket = std::function<Status(AVPacket*)>;

  /// By the file's extension: mp4, mkv, mov, png, jpg, exr. `global_header`: the container wants
  /// it.
  static Result<std::unique_ptr<Encoder>> open(std::string_view extension, Rational frame_rate,
                                               bool global_header);
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  const AVCodecContext* context() const { return context_; }

  /// `pixels` as drawing() gives them.
  Status encode(const std::vector<std::uint8_t>& pixels, const OnPacket& on_packet);
  Status finish(const OnPacket& on_packet);

 private:
  Encoder() = default;
  Status drain(const OnPacket& on_packet);

  AVCodecContext* context_ = nullptr;
  SwsContext* converter_ = nullptr;
  AVFrame* frame_ = nullptr;
  AVPacket* packet_ = nullptr;
  std::int64_t next_time_ = 0;
};

/// "FILE: what libav says".
Error libav_error(int code, std::string what, std::string where = {});

}  // namespace tracker::probe::libav

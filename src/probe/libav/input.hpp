// A file opened through libavformat, from an open descriptor and nothing else: one demuxer, chosen
// by the sniffed format, and no way to open another file or an address. Blocking; one thread.
#pragma once

extern "C" {
#include <libavformat/avformat.h>
}

#include <memory>

#include "core/result.hpp"
#include "probe/file_bytes.hpp"
#include "probe/sniff.hpp"

namespace tracker::probe::libav {

class Input {
 public:
  /// REQUIRES: `bytes` outlives the Input.
  static Result<std::unique_ptr<Input>> open(FileBytes& bytes, Format format);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  AVFormatContext* context() const { return context_; }
  /// The stream whose pictures count: the first default one that is no cover art; or null.
  AVStream* picture() const;

 private:
  explicit Input(FileBytes& bytes) : bytes_(bytes) {}
  static int read(void* self, std::uint8_t* out, int count);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  FileBytes& bytes_;
  std::uint64_t position_ = 0;
  AVIOContext* io_ = nullptr;
  AVFormatContext* context_ = nullptr;
};

}  // namespace tracker::probe::libav

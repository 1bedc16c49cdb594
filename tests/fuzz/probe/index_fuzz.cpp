// Any bytes as a media file: sniffed, and read by every index reader whatever their beginning says.
// Seeds: the media tree of bench/media_tree.sh.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "probe/avi_index.hpp"
#include "probe/index.hpp"
#include "probe/matroska_index.hpp"
#include "probe/mp4_index.hpp"
#include "probe/picture_index.hpp"

namespace {

using namespace tracker::probe;

constexpr std::int64_t frames_max = 100'000'000;

/// What no reader may ever say.
void check(const Answer& answer) {
  const bool sane = !answer.frames || (*answer.frames > 0 && *answer.frames <= frames_max);
  const bool positive = (!answer.duration || answer.duration->numerator >= 0) &&
                        (!answer.frame_rate || answer.frame_rate->numerator >= 0);
  const bool said = answer.frames.has_value() || !answer.problem.empty();
  const auto back = parse_answer(to_text(answer));
  if (!sane || !positive || !said || !back) std::abort();
}

void check(const std::optional<Answer>& answer) {
  if (answer) check(*answer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("media", MFD_CLOEXEC);
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, data, size, 0) < 0) std::abort();
  FileBytes bytes(file);
  check(read_index(bytes, sniff(bytes)));
  check(read_mp4(bytes));
  check(read_matroska(bytes));
  check(read_avi(bytes));
  check(read_png(bytes));
  check(read_gif(bytes));
  check(read_webp(bytes));
  return 0;
}

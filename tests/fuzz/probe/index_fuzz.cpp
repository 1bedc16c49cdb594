// Any bytes as a media file: sniffed, and read by every index reader whatever their beginning says.
// READER=mp4|matroska|avi|png|gif|webp: by that one alone, for a campaign of its own.
// Seeds: the media tree of bench/media_tree.sh.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

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
  if (sane && positive && said && back) return;
  std::fprintf(stderr, "no reader may say this: %s\n", to_text(answer).c_str());
  std::abort();
}

void check(const std::optional<Answer>& answer) {
  if (answer) check(*answer);
}

std::string_view wanted_reader() {
  const char* name = std::getenv("READER");
  return name != nullptr ? name : "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("media", MFD_CLOEXEC);
  static const std::string_view wanted = wanted_reader();
  const auto is_wanted = [](std::string_view name) { return wanted.empty() || wanted == name; };
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, data, size, 0) < 0) std::abort();
  FileBytes bytes(file);
  if (wanted.empty()) check(read_index(bytes, sniff(bytes)));
  if (is_wanted("mp4")) check(read_mp4(bytes));
  if (is_wanted("matroska")) check(read_matroska(bytes));
  if (is_wanted("avi")) check(read_avi(bytes));
  if (is_wanted("png")) check(read_png(bytes));
  if (is_wanted("gif")) check(read_gif(bytes));
  if (is_wanted("webp")) check(read_webp(bytes));
  return 0;
}

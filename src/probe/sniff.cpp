#include "probe/sniff.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/text.hpp"

namespace tracker::probe {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t head_size = 1024;

bool is_mp4_box(std::string_view type) {
  static constexpr std::array<std::string_view, 9> types{"ftyp", "moov", "mdat", "free", "skip",
                                                         "wide", "pnot", "styp", "moof"};
  return std::ranges::find(types, type) != types.end();
}

bool is_transport_stream(std::string_view head) {
  for (const auto& [packet_size, first] : {std::pair{188u, 0u}, {192u, 4u}, {204u, 0u}}) {
    std::size_t found = 0;
    while (found < 3 && first + found * packet_size < head.size() &&
           head[first + found * packet_size] == '\x47') {
      ++found;
    }
    if (found == 3) return true;
  }
  return false;
}

bool is_text(std::string_view head) {
  for (int cut = 0; cut < 3 && !is_utf8(head); ++cut) head.remove_suffix(1);  // half a letter
  if (!is_utf8(head)) return false;
  return std::ranges::all_of(head, [](unsigned char c) {
    return (c >= ' ' && c != 0x7F) || c == '\n' || c == '\r' || c == '\t';
  });
}

/// After the first picture's end: does another one follow at once?
bool several_jpegs(FileBytes& bytes) {
  constexpr std::uint64_t steps_max = 200;
  std::uint64_t at = 2;
  for (std::uint64_t step = 0; step < steps_max; ++step) {
    const auto marker = bytes.window(at, 4);
    if (!marker || (*marker)[0] != 0xFF) return false;
    const unsigned char code = (*marker)[1];
    at += 2 + big_endian(marker->subspan(2, 2));
    if (code == 0xDA) break;  // picture data follows, up to the end marker
  }
  constexpr std::uint64_t picture_size_max = 64 << 20;
  const std::uint64_t end = std::min(bytes.size(), at + picture_size_max);
  while (at + 4 <= end) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, 32768));
    const auto part = bytes.window(at, count);
    if (!part) return false;
    const std::string_view text = tag(*part);
    if (const auto found = text.find("\xFF\xD9"sv); found != text.npos) {
      const auto next = bytes.window(at + found + 2, 2);
      return next && (*next)[0] == 0xFF && (*next)[1] == 0xD8;
    }
    at += count - 1;
  }
  return false;
}

Format riff(std::string_view head) {
  if (head.size() < 12) return Format::unknown;
  const std::string_view form = head.substr(8, 4);
  if (form == "AVI ") return Format::avi;
  if (form == "WEBP") return Format::webp;
  return form == "WAVE" ? Format::audio : Format::unknown;
}

Format start_code(std::string_view head) {
  const std::size_t at = head.starts_with("\0\0\0\1"sv) ? 4 : 3;
  const auto code = static_cast<unsigned char>(head[at]);
  if (at == 3 && code == 0xBA) return Format::mpeg_ps;
  if (code == 0xB3) return Format::mpeg_video;
  return code == 0x00 || (code & 0x80) != 0 ? Format::unknown : Format::annex_b;
}

struct Magic {
  std::string_view bytes;
  Format format;
};
constexpr std::array<Magic, 25> magics{{{"\x1A\x45\xDF\xA3"sv, Format::matroska},
                                        {"GIF87a"sv, Format::gif},
                                        {"GIF89a"sv, Format::gif},
                                        {"\x89PNG\r\n\x1A\n"sv, Format::png},
                                        {"FLV\x01"sv, Format::flv},
                                        {"\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, Format::asf},
                                        {"OggS"sv, Format::ogg},
                                        {"\x06\x0E\x2B\x34"sv, Format::mxf},
                                        {"YUV4MPEG2 "sv, Format::y4m},
                                        {"\x76\x2F\x31\x01"sv, Format::picture},
                                        {"II*\0"sv, Format::picture},
                                        {"MM\0*"sv, Format::picture},
                                        {"SDPX"sv, Format::picture},
                                        {"XPDS"sv, Format::picture},
                                        {"BM"sv, Format::picture},
                                        {"\x01\xDA"sv, Format::picture},
                                        {"#?RADIANCE"sv, Format::picture},
                                        {"\x80\x2A\x5F\xD7"sv, Format::picture},
                                        {"\xD7\x5F\x2A\x80"sv, Format::picture},
                                        {"\0\0\0\x0CjP  "sv, Format::picture},
                                        {"8BPS"sv, Format::work_file},
                                        {"ID3"sv, Format::audio},
                                        {"fLaC"sv, Format::audio},
                                        {"\xFF\xFB"sv, Format::audio},
                                        {"FORM"sv, Format::audio}}};

}  // namespace

Format sniff(FileBytes& bytes) {
  if (bytes.size() == 0) return Format::empty;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), head_size));
  const auto window = bytes.window(0, count);
  if (!window) return Format::unknown;
  const std::string_view head = tag(*window);
  for (const Magic& magic : magics) {
    if (head.starts_with(magic.bytes)) return magic.format;
  }
  if (head.starts_with("RIFF")) return riff(head);
  if (head.size() >= 8 && is_mp4_box(head.substr(4, 4))) return Format::mp4;
  if (head.starts_with("\xFF\xD8\xFF")) {
    return several_jpegs(bytes) ? Format::motion_jpeg : Format::jpeg;
  }
  if (std::ranges::all_of(head, [](char c) { return c == '\0'; })) return Format::all_zero;
  if (head.size() > 4 && (head.starts_with("\0\0\1"sv) || head.starts_with("\0\0\0\1"sv))) {
    return start_code(head);
  }
  if (is_transport_stream(head)) return Format::mpeg_ts;
  return is_text(head) ? Format::text : Format::unknown;
}

}  // namespace tracker::probe

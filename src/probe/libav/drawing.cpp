#include "probe/libav/drawing.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace tracker::probe::libav {
namespace {

using Color = std::array<std::uint8_t, 3>;
constexpr Color white{250, 250, 250};
constexpr Color black{0, 0, 0};

Color color_of(std::uint32_t seed, int base, int spread) {
  Color color{};
  for (std::uint8_t& part : color) {
    seed = seed * 1664525 + 1013904223;
    part = static_cast<std::uint8_t>(base + static_cast<int>((seed >> 24) % 256) * spread / 256);
  }
  return color;
}

}  // namespace

std::vector<std::uint8_t> drawing(std::uint32_t seed, std::int64_t frame, std::int64_t frames) {
  const Color sky = color_of(seed, 110, 120);
  const Color hill = color_of(seed + 1, 20, 90);
  const Color ball = color_of(seed + 2, 160, 95);
  const double time = static_cast<double>(frame) / static_cast<double>(frames);
  const double x = 12 + time * (drawing_width - 24);
  const double y = 66 - std::abs(std::sin(time * 9.42)) * 46;
  const int done = static_cast<int>(static_cast<double>(frame + 1) / static_cast<double>(frames) *
                                    drawing_width);
  std::array<int, drawing_width> ground{};
  for (int column = 0; column < drawing_width; ++column) {
    ground[static_cast<std::size_t>(column)] =
        static_cast<int>(70 - 8 * std::sin(column * 0.04 + (seed % 7)));
  }
  const int center_x = static_cast<int>(x);
  const int center_y = static_cast<int>(y);
  std::vector<std::uint8_t> pixels(std::size_t{drawing_width} * drawing_height * 3);
  std::uint8_t* out = pixels.data();
  for (int row = 0; row < drawing_height; ++row) {
    for (int column = 0; column < drawing_width; ++column, out += 3) {
      const int dx = column - center_x;
      const int dy = row - center_y;
      const Color* color = row > ground[static_cast<std::size_t>(column)] ? &hill : &sky;
      if (dx * dx + dy * dy < 81) color = &ball;
      if (row >= drawing_height - 3) color = column < done ? &white : &black;
      std::memcpy(out, color->data(), 3);
    }
  }
  return pixels;
}

}  // namespace tracker::probe::libav

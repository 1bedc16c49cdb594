// From the moments at which a file shows its pictures to frames, rate and duration.
//
// A constant rate is recognised through the container's coarse clock (41, 42, 42 ms are 24 fps),
// set to the film or video rate within 0.1 %, and the duration is then frames / rate: never a
// header's float. Where the rate really varies the duration is the span plus the last picture's
// own time. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/rational.hpp"

namespace tracker::probe {

struct Moments {
  std::vector<std::int64_t> shown_at;     ///< in ticks, any order
  Rational tick{1, 1};                    ///< seconds of one tick
  std::int64_t last_duration = 0;         ///< ticks of the picture shown last; 0 = not said
  std::int64_t rounding = 0;              ///< ticks by which a moment may be off, beside its own
  std::optional<Rational> declared_rate;  ///< what the header says, used if it agrees
};

struct Timing {
  std::optional<Rational> frame_rate;
  std::optional<Rational> duration;
  bool variable_rate = false;
};

Timing timing_of(Moments moments);

/// frames / rate in seconds.
Rational duration_of(std::int64_t frames, Rational frame_rate);

}  // namespace tracker::probe

#include "probe/timing.hpp"

#include <algorithm>
#include <cmath>

namespace tracker::probe {
namespace {

/// Beyond this a clock is nonsense, and products would overflow: 3,000 years in nanoseconds / 10^4.
constexpr std::int64_t span_max = std::int64_t{1} << 53;

std::optional<Rational> multiplied(std::int64_t ticks, Rational tick) {
  const auto product = static_cast<__int128>(ticks) * tick.numerator;
  if (product <= 0 || product > INT64_MAX) return std::nullopt;
  return reduced(static_cast<std::int64_t>(product), tick.denominator);
}

struct Steps {
  std::int64_t smallest = 0;
  std::int64_t largest = 0;
  std::int64_t span = 0;
  double mean = 0;
};

Steps steps_of(const std::vector<std::int64_t>& sorted) {
  Steps steps;
  steps.smallest = INT64_MAX;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const std::int64_t step = sorted[i] - sorted[i - 1];
    steps.smallest = std::min(steps.smallest, step);
    steps.largest = std::max(steps.largest, step);
  }
  steps.span = sorted.back() - sorted.front();
  steps.mean = static_cast<double>(steps.span) / static_cast<double>(sorted.size() - 1);
  return steps;
}

/// Nothing for what no clock of pictures says: products with it would overflow.
std::optional<Rational> sane(Rational rate) {
  constexpr std::int64_t part_max = std::int64_t{1} << 32;
  const bool fits = rate.numerator > 0 && rate.numerator <= part_max && rate.denominator > 0 &&
                    rate.denominator <= part_max;
  return fits ? std::optional(rate) : std::nullopt;
}

std::optional<Rational> rounded_rate(double rate) {
  if (!(rate > 0) || rate > 1e6) return std::nullopt;
  if (const auto known = nearest_known_rate(rate)) return known;
  return sane(reduced(std::llround(rate * 1000), 1000));
}

/// The rate of pictures that come every `steps.mean` ticks.
std::optional<Rational> rate_of(const Steps& steps, const Moments& moments, std::size_t frames) {
  const double seconds = static_cast<double>(steps.span) * moments.tick.value();
  if (moments.declared_rate) {
    const double declared = static_cast<double>(frames - 1) / moments.declared_rate->value();
    if (std::abs(declared - seconds) * moments.declared_rate->value() < 0.5) {
      return nearest_known_rate(moments.declared_rate->value()).value_or(*moments.declared_rate);
    }
  }
  const double measured = static_cast<double>(frames - 1) / seconds;
  if (steps.smallest == steps.largest && steps.smallest <= INT64_MAX / moments.tick.numerator) {
    const auto exact =
        sane(reduced(moments.tick.denominator, steps.smallest * moments.tick.numerator));
    if (exact) return nearest_known_rate(exact->value()).value_or(*exact);
  }
  return rounded_rate(measured);
}

Timing timing_of_one(const Moments& moments) {
  Timing timing;
  if (moments.declared_rate && moments.declared_rate->numerator > 0) {
    timing.frame_rate =
        nearest_known_rate(moments.declared_rate->value()).value_or(*moments.declared_rate);
    timing.duration = duration_of(1, *timing.frame_rate);
  } else if (moments.last_duration > 0 && moments.last_duration < span_max) {
    timing.duration = multiplied(moments.last_duration, moments.tick);
    if (timing.duration) {
      timing.frame_rate = reduced(timing.duration->denominator, timing.duration->numerator);
    }
  }
  return timing;
}

}  // namespace

Rational duration_of(std::int64_t frames, Rational frame_rate) {
  return reduced(frames * frame_rate.denominator, frame_rate.numerator);
}

Timing timing_of(Moments moments) {
  const std::size_t frames = moments.shown_at.size();
  if (frames == 0 || moments.tick.numerator <= 0) return {};
  if (frames == 1) return timing_of_one(moments);
  std::ranges::sort(moments.shown_at);
  if (moments.shown_at.back() / 2 - moments.shown_at.front() / 2 > span_max / 2) return {};
  const Steps steps = steps_of(moments.shown_at);
  if (steps.span <= 0) return {};
  const double tolerance =
      std::max({1.0, steps.mean * 0.02, static_cast<double>(moments.rounding)});
  const bool constant = static_cast<double>(steps.largest) - steps.mean <= tolerance &&
                        steps.mean - static_cast<double>(steps.smallest) <= tolerance;
  Timing timing;
  if (constant) {
    timing.frame_rate = rate_of(steps, moments, frames);
    if (timing.frame_rate) {
      timing.duration = duration_of(static_cast<std::int64_t>(frames), *timing.frame_rate);
    }
    return timing;
  }
  timing.variable_rate = true;
  const bool last_is_sane = moments.last_duration > 0 && moments.last_duration < span_max;
  const std::int64_t last = last_is_sane ? moments.last_duration : steps.smallest;
  timing.duration = multiplied(steps.span + std::max<std::int64_t>(last, 0), moments.tick);
  if (timing.duration) {
    timing.frame_rate = reduced(static_cast<std::int64_t>(frames) * timing.duration->denominator,
                                timing.duration->numerator);
  }
  return timing;
}

}  // namespace tracker::probe

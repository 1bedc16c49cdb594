#include "domain/doubts.hpp"

#include <algorithm>
#include <array>

namespace tracker {
namespace {

constexpr std::array<std::string_view, 6> names{"no_file", "older_than_retake", "empty",
                                                "gaps",    "wrong_rate",        "problem"};

bool has_flag(const Measurement& measurement, std::string_view flag) {
  return std::ranges::find(measurement.flags, flag) != measurement.flags.end();
}

bool is_older_than_retake(const Entry& entry) {
  const Measurement& measurement = *entry.measurement;
  const auto modified = parse_rfc3339(measurement.modified_at.empty() ? measurement.measured_at
                                                                      : measurement.modified_at);
  return entry.retake_at && modified && *modified < *entry.retake_at;
}

}  // namespace

std::string_view name_of(Doubt doubt) { return names[static_cast<std::size_t>(doubt)]; }

std::vector<Doubt> doubts_about(const Entry& entry) {
  if (!entry.measurement) return {Doubt::no_file};
  const Measurement& measurement = *entry.measurement;
  std::vector<Doubt> doubts;
  if (is_older_than_retake(entry)) doubts.push_back(Doubt::older_than_retake);
  if (has_flag(measurement, "EMPTY")) doubts.push_back(Doubt::empty);
  if (!measurement.missing_frames.empty()) doubts.push_back(Doubt::gaps);
  if (has_flag(measurement, "RATE_NOT_PROJECT")) doubts.push_back(Doubt::wrong_rate);
  const bool is_told =
      std::ranges::any_of(doubts, [](Doubt doubt) { return doubt != Doubt::older_than_retake; });
  if (!measurement.problem.empty() && !is_told) doubts.push_back(Doubt::problem);
  return doubts;
}

}  // namespace tracker

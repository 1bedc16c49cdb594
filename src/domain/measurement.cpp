#include "domain/measurement.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "domain/json_read.hpp"

namespace tracker {
namespace {

namespace json = boost::json;

std::optional<Rational> fraction(const json::object& object, std::string_view key) {
  const std::string text = text_of(object, key);
  if (text.empty()) return std::nullopt;
  return parse_frame_rate(text);
}

/// At most 16 words; anything else is left out.
std::vector<std::string> flags_of(const json::value& value) {
  constexpr std::size_t flags_max = 16;
  constexpr std::size_t length_max = 32;
  std::vector<std::string> flags;
  const json::array* list = value.if_array();
  for (std::size_t i = 0; list != nullptr && i < list->size() && i < flags_max; ++i) {
    const json::string* flag = (*list)[i].if_string();
    if (flag != nullptr && flag->size() <= length_max) flags.emplace_back(*flag);
  }
  return flags;
}

}  // namespace

std::string seconds_text(Rational duration) {
  std::string text = fmt::format("{:.6f}", duration.value());
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string to_string(const std::vector<FrameRange>& ranges) {
  std::string text;
  for (const FrameRange& range : ranges) {
    if (!text.empty()) text += ", ";
    text += std::to_string(range.first);
    if (range.last != range.first) text += "-" + std::to_string(range.last);
  }
  return text;
}

json::object to_json(const Measurement& m) {
  json::object out;
  out["frames"] = m.frames ? json::value(*m.frames) : json::value(nullptr);
  out["file_frames"] = m.file_frames ? json::value(*m.file_frames) : json::value(nullptr);
  out["fps"] = m.frame_rate ? json::value(to_string(*m.frame_rate)) : json::value(nullptr);
  out["duration_seconds"] =
      m.duration ? json::value(std::round(m.duration->value() * 1e6) / 1e6) : json::value(nullptr);
  out["duration"] = m.duration ? json::value(to_string(*m.duration)) : json::value(nullptr);
  out["start"] = m.start ? json::value(to_string(*m.start)) : json::value(nullptr);
  json::array missing;
  for (const FrameRange& range : m.missing_frames) {
    missing.push_back(json::array{range.first, range.last});
  }
  out["missing_frames"] = std::move(missing);
  out["problem"] = m.problem.empty() ? json::value(nullptr) : json::value(m.problem);
  out["path"] = m.path;
  out["version"] = m.version;
  out["how"] = m.how;
  out["flags"] = json::array(m.flags.begin(), m.flags.end());
  out["source_digest"] = m.source_digest;
  out["modified_at"] = m.modified_at;
  out["measured_at"] = m.measured_at;
  return out;
}

Result<Measurement> parse_measurement(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "a measurement is an object");
  Measurement m;
  if (const json::value* frames = object->if_contains("frames"); frames != nullptr) {
    if (frames->is_int64()) m.frames = frames->get_int64();
  }
  if (const json::value* frames = object->if_contains("file_frames"); frames != nullptr) {
    if (frames->is_int64()) m.file_frames = frames->get_int64();
  }
  m.frame_rate = fraction(*object, "fps");
  m.duration = fraction(*object, "duration");
  m.start = fraction(*object, "start");
  if (const json::value* missing = object->if_contains("missing_frames");
      missing != nullptr && missing->is_array()) {
    for (const json::value& pair : missing->get_array()) {
      const json::array* ends = pair.if_array();
      if (ends == nullptr || ends->size() != 2 || !(*ends)[0].is_int64() ||
          !(*ends)[1].is_int64()) {
        return fail(ErrorCode::invalid_input, "missing_frames holds pairs [first, last]");
      }
      m.missing_frames.push_back({(*ends)[0].get_int64(), (*ends)[1].get_int64()});
    }
  }
  m.problem = text_of(*object, "problem");
  m.path = text_of(*object, "path");
  m.version = text_of(*object, "version");
  m.how = text_of(*object, "how");
  if (const json::value* flags = object->if_contains("flags"); flags != nullptr) {
    m.flags = flags_of(*flags);
  }
  m.source_digest = text_of(*object, "source_digest");
  m.modified_at = text_of(*object, "modified_at");
  m.measured_at = text_of(*object, "measured_at");
  return m;
}

}  // namespace tracker

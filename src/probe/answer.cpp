#include "probe/answer.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "core/text.hpp"

namespace tracker::probe {
namespace {

namespace json = boost::json;

constexpr std::size_t text_length_max = 500;
constexpr std::int64_t frames_max = 1'000'000'000;

constexpr std::array<std::string_view, 5> kind_names{"video", "animation", "still", "audio",
                                                     "none"};

json::value pair_of(const std::optional<Rational>& rational) {
  if (!rational) return nullptr;
  return json::array{rational->numerator, rational->denominator};
}

std::optional<Rational> rational_of(const json::value* value) {
  const json::array* pair = value != nullptr ? value->if_array() : nullptr;
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_int64() || !(*pair)[1].is_int64()) {
    return std::nullopt;
  }
  const std::int64_t numerator = (*pair)[0].get_int64();
  const std::int64_t denominator = (*pair)[1].get_int64();
  if (numerator < 0 || denominator <= 0) return std::nullopt;
  return reduced(numerator, denominator);
}

bool flag(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::int64_t integer(const json::object& object, std::string_view key, std::int64_t max) {
  const json::value* value = object.if_contains(key);
  const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
  return number != nullptr && *number >= 0 && *number <= max ? *number : 0;
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  std::string out = canonical(value->get_string());
  std::erase_if(out, [](unsigned char c) { return c < ' '; });
  if (out.size() > text_length_max) out.clear();
  return out;
}

/// A file may say anything as its codec; what is no text would make an answer that nobody can read.
std::string printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace

std::string_view name_of(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

Answer refused(std::string problem) {
  Answer answer;
  answer.problem = std::move(problem);
  return answer;
}

std::vector<std::string> flags_of(const Answer& answer, Rational project_rate) {
  std::vector<std::string> flags;
  if (answer.variable_rate) flags.emplace_back("VFR");
  if (answer.edit_list) flags.emplace_back("EDIT_LIST");
  if (answer.truncated) flags.emplace_back("TRUNCATED");
  if (answer.rate_assumed) flags.emplace_back("RATE_ASSUMED");
  if (answer.kind == Kind::still) flags.emplace_back("STILL");
  if (answer.audio_longer) flags.emplace_back("AUDIO_LONGER");
  const bool other_rate = answer.frame_rate && !answer.variable_rate &&
                          *answer.frame_rate != project_rate && answer.kind != Kind::still;
  if (other_rate) flags.emplace_back("RATE_NOT_PROJECT");
  return flags;
}

std::string to_text(const Answer& answer) {
  json::object out;
  out["kind"] = name_of(answer.kind);
  out["frames"] = answer.frames ? json::value(*answer.frames) : json::value(nullptr);
  out["frame_rate"] = pair_of(answer.frame_rate);
  out["duration"] = pair_of(answer.duration);
  out["start"] = pair_of(answer.start);
  out["variable_rate"] = answer.variable_rate;
  out["edit_list"] = answer.edit_list;
  out["truncated"] = answer.truncated;
  out["rate_assumed"] = answer.rate_assumed;
  out["audio_longer"] = answer.audio_longer;
  out["crashed"] = answer.crashed;
  out["width"] = answer.width;
  out["height"] = answer.height;
  out["codec"] = printable(answer.codec);
  out["how"] = answer.how;
  out["problem"] = answer.problem;
  return json::serialize(out);
}

Result<Answer> parse_answer(std::string_view bytes) {
  boost::system::error_code error;
  const json::value value = json::parse(bytes, error);
  const json::object* object = error ? nullptr : value.if_object();
  if (object == nullptr) return fail(ErrorCode::corrupt, "the media worker's answer is no object");
  Answer answer;
  const std::string kind = text(*object, "kind");
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    if (kind == kind_names[i]) answer.kind = static_cast<Kind>(i);
  }
  if (const json::value* frames = object->if_contains("frames"); frames && frames->is_int64()) {
    answer.frames = integer(*object, "frames", frames_max);
  }
  answer.frame_rate = rational_of(object->if_contains("frame_rate"));
  answer.duration = rational_of(object->if_contains("duration"));
  answer.start = rational_of(object->if_contains("start"));
  answer.variable_rate = flag(*object, "variable_rate");
  answer.edit_list = flag(*object, "edit_list");
  answer.truncated = flag(*object, "truncated");
  answer.rate_assumed = flag(*object, "rate_assumed");
  answer.audio_longer = flag(*object, "audio_longer");
  answer.crashed = flag(*object, "crashed");
  answer.width = static_cast<std::int32_t>(integer(*object, "width", 1'000'000));
  answer.height = static_cast<std::int32_t>(integer(*object, "height", 1'000'000));
  answer.codec = text(*object, "codec");
  answer.how = text(*object, "how");
  answer.problem = text(*object, "problem");
  return answer;
}

}  // namespace tracker::probe
